ALTER TABLE "api_keys" ADD COLUMN "lists" bigint[];--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "maker" uuid;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sign_in_links" ADD COLUMN "browser" "bytea";--> statement-breakpoint
ALTER TABLE "sign_in_links" ADD COLUMN "known" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_maker_operators_id_fk" FOREIGN KEY ("maker") REFERENCES "public"."operators"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_log_people" ON "audit_log" USING gin (("details" -> 'people') jsonb_path_ops) WHERE "audit_log"."details" ? 'people';--> statement-breakpoint
CREATE INDEX "api_keys_maker" ON "api_keys" USING btree ("maker") WHERE "api_keys"."revoked_at" is null;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_owner" CHECK ("api_keys"."role" <> 'owner' or "api_keys"."lists" is null);--> statement-breakpoint
-- The makers of keys that are there already stand in the audit log; without an entry there a key has none.
UPDATE "api_keys" AS k SET "maker" = o."id" FROM "audit_log" AS a JOIN "operators" AS o ON o."id"::text = a."actor_id"
WHERE a."verb" = 'key.create' AND a."subject_kind" = 'key' AND a."subject_id" = k."id"::text AND a."actor_kind" = 'operator';
