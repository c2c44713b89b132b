CREATE SCHEMA "keys";
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"uid" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"verb" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "audit_log_uid_unique" UNIQUE("uid")
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_hash_unique" UNIQUE("hash"),
	CONSTRAINT "api_keys_role" CHECK ("api_keys"."role" in ('owner', 'editor', 'sender', 'analyst', 'auditor'))
);
--> statement-breakpoint
CREATE TABLE "campaigns" (
	"number" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "campaigns_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" uuid NOT NULL,
	"list" bigint NOT NULL,
	"purpose" text NOT NULL,
	"segment" uuid,
	"filter" jsonb,
	"subject" text NOT NULL,
	"preheader" text DEFAULT '' NOT NULL,
	"content" jsonb NOT NULL,
	"tracking" text DEFAULT 'none' NOT NULL,
	"state" text DEFAULT 'draft' NOT NULL,
	"problem" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"scheduled_at" timestamp (3) with time zone,
	"launched_at" timestamp (3) with time zone,
	"frozen_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "campaigns_id_unique" UNIQUE("id"),
	CONSTRAINT "campaigns_state" CHECK ("campaigns"."state" in ('draft', 'scheduled', 'freezing', 'sending', 'paused', 'sent', 'cancelled'))
);
--> statement-breakpoint
CREATE TABLE "consent_events" (
	"eid" uuid PRIMARY KEY NOT NULL,
	"subscription" bigint,
	"seq" integer NOT NULL,
	"leaf" "bytea" NOT NULL,
	"leaf_hash" "bytea" NOT NULL,
	CONSTRAINT "consent_events_chain" UNIQUE("subscription","seq")
);
--> statement-breakpoint
CREATE TABLE "evidence" (
	"eid" uuid PRIMARY KEY NOT NULL,
	"blob" "bytea" NOT NULL,
	"retain_until" date
);
--> statement-breakpoint
CREATE TABLE "keys"."subscription_keys" (
	"subscription" bigint PRIMARY KEY NOT NULL,
	"wrapped" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "subscriptions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"subscriber" bigint NOT NULL,
	"list" bigint NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"granted" text[] DEFAULT '{}'::text[] NOT NULL,
	"requested_at" timestamp (3) with time zone,
	"confirmed_at" timestamp (3) with time zone,
	"withdrawn_at" timestamp (3) with time zone,
	"seq" integer DEFAULT -1 NOT NULL,
	"last_leaf" "bytea",
	"grade" char(1),
	"sendable_until" timestamp (3) with time zone,
	"not_before" timestamp (3) with time zone,
	"restricted" boolean DEFAULT false NOT NULL,
	"suppressed" boolean DEFAULT false NOT NULL,
	"sendable" boolean GENERATED ALWAYS AS (state = 'active' and not restricted and not suppressed) STORED NOT NULL,
	CONSTRAINT "subscriptions_once" UNIQUE("subscriber","list"),
	CONSTRAINT "subscriptions_state" CHECK ("subscriptions"."state" in ('pending', 'active', 'refused', 'expired', 'withdrawn', 'revoked', 'invalidated', 'erased'))
);
--> statement-breakpoint
CREATE TABLE "batches" (
	"campaign" bigint NOT NULL,
	"batch_no" integer NOT NULL,
	"size" integer NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"holder" text,
	"first_attempt_at" timestamp (3) with time zone,
	"idempotency_key" uuid DEFAULT gen_random_uuid() NOT NULL,
	"skips" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"open_attempts" integer[] DEFAULT '{}'::integer[] NOT NULL,
	"rejects" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"unknowns" bigint[] DEFAULT '{}'::bigint[] NOT NULL,
	"left_out" bigint[] DEFAULT '{}'::bigint[] NOT NULL,
	"provider_ids" uuid[],
	"inferred" boolean DEFAULT false NOT NULL,
	"sent_at" timestamp (3) with time zone,
	CONSTRAINT "batches_campaign_batch_no_pk" PRIMARY KEY("campaign","batch_no"),
	CONSTRAINT "batches_state" CHECK ("batches"."state" in ('queued', 'posting', 'sent', 'unknown'))
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "messages_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"subscription" bigint NOT NULL,
	"purpose" text NOT NULL,
	"kind" text NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	CONSTRAINT "messages_kind" CHECK ("messages"."kind" in ('sequence')),
	CONSTRAINT "messages_state" CHECK ("messages"."state" in ('queued', 'posting', 'sent', 'rejected', 'unknown'))
);
--> statement-breakpoint
CREATE TABLE "recipients" (
	"campaign" bigint NOT NULL,
	"batch_no" integer NOT NULL,
	"subscriber" bigint NOT NULL,
	"consent_seq" integer NOT NULL,
	CONSTRAINT "recipients_campaign_batch_no_subscriber_pk" PRIMARY KEY("campaign","batch_no","subscriber"),
	CONSTRAINT "recipients_once" UNIQUE("subscriber","campaign")
);
--> statement-breakpoint
CREATE TABLE "fields" (
	"list" bigint NOT NULL,
	"key" text NOT NULL,
	"position" integer NOT NULL,
	"type" text NOT NULL,
	"label" jsonb NOT NULL,
	"options" jsonb NOT NULL,
	"purpose" text NOT NULL,
	"legal_basis" text NOT NULL,
	"required" boolean NOT NULL,
	"protected" boolean NOT NULL,
	"filterable" boolean NOT NULL,
	"sensitive" boolean NOT NULL,
	CONSTRAINT "fields_list_key_pk" PRIMARY KEY("list","key"),
	CONSTRAINT "fields_cipher_is_not_filtered" CHECK (not ("fields"."protected" and "fields"."filterable"))
);
--> statement-breakpoint
CREATE TABLE "lists" (
	"number" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "lists_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" uuid NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"settings" jsonb NOT NULL,
	"notices" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"archived_at" timestamp (3) with time zone,
	CONSTRAINT "lists_id_unique" UNIQUE("id"),
	CONSTRAINT "lists_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "purposes" (
	"list" bigint NOT NULL,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"position" integer NOT NULL,
	"title" jsonb NOT NULL,
	"text" jsonb NOT NULL,
	CONSTRAINT "purposes_list_key_pk" PRIMARY KEY("list","key"),
	CONSTRAINT "purposes_kind" CHECK ("purposes"."kind" in ('mail', 'measure', 'data')),
	CONSTRAINT "purposes_key" CHECK ("purposes"."key" ~ '^[a-z][a-z0-9_]{0,39}$')
);
--> statement-breakpoint
CREATE TABLE "mailbox" (
	"number" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "mailbox_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" uuid NOT NULL,
	"idempotency_key" text NOT NULL,
	"position" integer NOT NULL,
	"sealed" "bytea" NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "mailbox_id_unique" UNIQUE("id"),
	CONSTRAINT "mailbox_once" UNIQUE("idempotency_key","position")
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"list" bigint NOT NULL,
	"locale" text NOT NULL,
	"bundle" text NOT NULL,
	"published_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "service_mails" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"request" uuid,
	"subscription" bigint,
	"locale" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"holder" text,
	"batch" uuid,
	"position" integer,
	"first_attempt_at" timestamp (3) with time zone,
	"sent_at" timestamp (3) with time zone,
	"provider_id" text,
	"body_hash" "bytea",
	"problem" text,
	CONSTRAINT "service_mails_kind" CHECK ("service_mails"."kind" in ('confirmation', 'already_subscribed')),
	CONSTRAINT "service_mails_state" CHECK ("service_mails"."state" in ('queued', 'posting', 'sent', 'dropped', 'rejected', 'unknown')),
	CONSTRAINT "service_mails_about" CHECK (("service_mails"."kind" = 'confirmation') = ("service_mails"."request" is not null) and ("service_mails"."kind" <> 'confirmation') = ("service_mails"."subscription" is not null))
);
--> statement-breakpoint
CREATE TABLE "deployment" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "limits" (
	"hash" "bytea" NOT NULL,
	"window" text NOT NULL,
	"count" integer NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "limits_hash_window_pk" PRIMARY KEY("hash","window")
);
--> statement-breakpoint
CREATE TABLE "pace" (
	"provider" text PRIMARY KEY NOT NULL,
	"next_slot_at" timestamp (3) with time zone NOT NULL,
	"closed_until" timestamp (3) with time zone,
	"slots" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "keys"."vault_keys" (
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"wrapped" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "vault_keys_name_version_pk" PRIMARY KEY("name","version")
);
--> statement-breakpoint
CREATE TABLE "segments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"list" bigint NOT NULL,
	"name" text NOT NULL,
	"filter" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "open_requests" (
	"subscription" bigint PRIMARY KEY NOT NULL,
	"request" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signup_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"list" bigint NOT NULL,
	"locale" text NOT NULL,
	"sealed" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"state" text DEFAULT 'received' NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "signup_requests_state" CHECK ("signup_requests"."state" in ('received', 'open', 'confirmed', 'refused', 'expired', 'stuck'))
);
--> statement-breakpoint
CREATE TABLE "subscribers" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "subscribers_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"uid" uuid NOT NULL,
	"address_index" "bytea" NOT NULL,
	"address" "bytea" NOT NULL,
	"locale" text NOT NULL,
	"timezone" text,
	"attributes" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"tags" integer[] DEFAULT '{}'::integer[] NOT NULL,
	"mailbox_provider" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "subscribers_uid_unique" UNIQUE("uid"),
	CONSTRAINT "subscribers_address_index_unique" UNIQUE("address_index")
);
--> statement-breakpoint
CREATE TABLE "tags" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "tags_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	CONSTRAINT "tags_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "suppressions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"hash" "bytea" NOT NULL,
	"scope" text NOT NULL,
	"reason" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "suppressions_once" UNIQUE("hash","scope","reason"),
	CONSTRAINT "suppressions_reason" CHECK ("suppressions"."reason" in ('bounce', 'complaint', 'erasure', 'operator', 'block_me'))
);
--> statement-breakpoint
ALTER TABLE "campaigns" ADD CONSTRAINT "campaigns_list_lists_number_fk" FOREIGN KEY ("list") REFERENCES "public"."lists"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consent_events" ADD CONSTRAINT "consent_events_subscription_subscriptions_id_fk" FOREIGN KEY ("subscription") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_eid_consent_events_eid_fk" FOREIGN KEY ("eid") REFERENCES "public"."consent_events"("eid") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "keys"."subscription_keys" ADD CONSTRAINT "subscription_keys_subscription_subscriptions_id_fk" FOREIGN KEY ("subscription") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_subscriber_subscribers_id_fk" FOREIGN KEY ("subscriber") REFERENCES "public"."subscribers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_list_lists_number_fk" FOREIGN KEY ("list") REFERENCES "public"."lists"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "batches" ADD CONSTRAINT "batches_campaign_campaigns_number_fk" FOREIGN KEY ("campaign") REFERENCES "public"."campaigns"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_subscription_subscriptions_id_fk" FOREIGN KEY ("subscription") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fields" ADD CONSTRAINT "fields_list_lists_number_fk" FOREIGN KEY ("list") REFERENCES "public"."lists"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "purposes" ADD CONSTRAINT "purposes_list_lists_number_fk" FOREIGN KEY ("list") REFERENCES "public"."lists"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_list_lists_number_fk" FOREIGN KEY ("list") REFERENCES "public"."lists"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "segments" ADD CONSTRAINT "segments_list_lists_number_fk" FOREIGN KEY ("list") REFERENCES "public"."lists"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "open_requests" ADD CONSTRAINT "open_requests_subscription_subscriptions_id_fk" FOREIGN KEY ("subscription") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "open_requests" ADD CONSTRAINT "open_requests_request_signup_requests_id_fk" FOREIGN KEY ("request") REFERENCES "public"."signup_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_log_subject" ON "audit_log" USING btree ("subject_kind","subject_id");--> statement-breakpoint
CREATE INDEX "campaigns_at_work" ON "campaigns" USING btree ("number") WHERE "campaigns"."state" in ('scheduled', 'freezing', 'sending', 'paused');--> statement-breakpoint
CREATE INDEX "subscriptions_sendable" ON "subscriptions" USING btree ("list","subscriber") WHERE "subscriptions"."sendable";--> statement-breakpoint
CREATE INDEX "batches_due" ON "batches" USING btree ("campaign","batch_no") WHERE "batches"."state" in ('queued', 'posting');--> statement-breakpoint
CREATE INDEX "messages_queued" ON "messages" USING btree ("subscription") WHERE "messages"."state" = 'queued';--> statement-breakpoint
CREATE INDEX "service_mails_due" ON "service_mails" USING btree ("created_at") WHERE "service_mails"."state" in ('queued', 'posting');--> statement-breakpoint
CREATE INDEX "service_mails_request" ON "service_mails" USING btree ("request");--> statement-breakpoint
CREATE INDEX "open_requests_request" ON "open_requests" USING btree ("request");--> statement-breakpoint
CREATE INDEX "signup_requests_received" ON "signup_requests" USING btree ("id") WHERE "signup_requests"."state" = 'received';--> statement-breakpoint
CREATE INDEX "signup_requests_expiry" ON "signup_requests" USING btree ("expires_at") WHERE "signup_requests"."state" = 'open';--> statement-breakpoint
CREATE INDEX "subscribers_attributes" ON "subscribers" USING gin ("attributes" jsonb_path_ops);--> statement-breakpoint
CREATE INDEX "subscribers_tags" ON "subscribers" USING gin ("tags");