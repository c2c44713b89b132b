CREATE TABLE "idempotency_keys" (
	"holder" text NOT NULL,
	"key" "bytea" NOT NULL,
	"request" "bytea" NOT NULL,
	"status" integer NOT NULL,
	"id" uuid NOT NULL,
	"answer" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_holder_key_pk" PRIMARY KEY("holder","key"),
	CONSTRAINT "idempotency_keys_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "kept_forms" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sealed" "bytea" NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "operators" (
	"id" uuid PRIMARY KEY NOT NULL,
	"address_index" "bytea" NOT NULL,
	"address" "bytea" NOT NULL,
	"name" "bytea" NOT NULL,
	"role" text NOT NULL,
	"lists" bigint[],
	"timezone" text DEFAULT 'UTC' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"joined_at" timestamp (3) with time zone,
	"disabled_at" timestamp (3) with time zone,
	CONSTRAINT "operators_address_index_unique" UNIQUE("address_index"),
	CONSTRAINT "operators_role" CHECK ("operators"."role" in ('owner', 'editor', 'sender', 'analyst', 'auditor'))
);
--> statement-breakpoint
CREATE TABLE "passkeys" (
	"id" text PRIMARY KEY NOT NULL,
	"operator" uuid NOT NULL,
	"name" text NOT NULL,
	"public_key" text NOT NULL,
	"algorithm" text NOT NULL,
	"transports" text[] NOT NULL,
	"counter" bigint NOT NULL,
	"synced" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"hash" "bytea" NOT NULL,
	"operator" uuid NOT NULL,
	"method" text NOT NULL,
	"device" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "sessions_hash_unique" UNIQUE("hash"),
	CONSTRAINT "sessions_method" CHECK ("sessions"."method" in ('link', 'passkey'))
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_in_links" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"operator" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	CONSTRAINT "sign_in_links_kind" CHECK ("sign_in_links"."kind" in ('first_owner', 'sign_in', 'invitation')),
	CONSTRAINT "sign_in_links_operator" CHECK (("sign_in_links"."kind" = 'first_owner') = ("sign_in_links"."operator" is null))
);
--> statement-breakpoint
ALTER TABLE "service_mails" DROP CONSTRAINT "service_mails_kind";--> statement-breakpoint
ALTER TABLE "service_mails" DROP CONSTRAINT "service_mails_about";--> statement-breakpoint
ALTER TABLE "passkeys" ADD CONSTRAINT "passkeys_operator_operators_id_fk" FOREIGN KEY ("operator") REFERENCES "public"."operators"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_operator_operators_id_fk" FOREIGN KEY ("operator") REFERENCES "public"."operators"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in_links" ADD CONSTRAINT "sign_in_links_operator_operators_id_fk" FOREIGN KEY ("operator") REFERENCES "public"."operators"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "passkeys_operator" ON "passkeys" USING btree ("operator");--> statement-breakpoint
CREATE INDEX "sessions_operator" ON "sessions" USING btree ("operator") WHERE "sessions"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "sign_in_links_operator" ON "sign_in_links" USING btree ("operator");--> statement-breakpoint
ALTER TABLE "service_mails" ADD CONSTRAINT "service_mails_kind" CHECK ("service_mails"."kind" in ('confirmation', 'already_subscribed', 'sign_in', 'invitation'));--> statement-breakpoint
ALTER TABLE "service_mails" ADD CONSTRAINT "service_mails_about" CHECK (("service_mails"."kind" = 'already_subscribed') = ("service_mails"."subscription" is not null) and ("service_mails"."kind" <> 'already_subscribed') = ("service_mails"."request" is not null));