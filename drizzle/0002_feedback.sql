CREATE TABLE "deliveries" (
	"campaign" bigint NOT NULL,
	"subscriber" bigint NOT NULL,
	"delivered_at" timestamp (3) with time zone,
	"delayed_at" timestamp (3) with time zone,
	"bounced_at" timestamp (3) with time zone,
	"bounce" text,
	"complained_at" timestamp (3) with time zone,
	"failed_at" timestamp (3) with time zone,
	"failure" text,
	"suppressed_at" timestamp (3) with time zone,
	CONSTRAINT "deliveries_campaign_subscriber_pk" PRIMARY KEY("campaign","subscriber")
);
--> statement-breakpoint
CREATE TABLE "hook_events" (
	"id" text PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "acknowledged" jsonb;--> statement-breakpoint
ALTER TABLE "service_mails" ADD COLUMN "delivered_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "service_mails" ADD COLUMN "delayed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "service_mails" ADD COLUMN "bounced_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "service_mails" ADD COLUMN "bounce" text;--> statement-breakpoint
ALTER TABLE "service_mails" ADD COLUMN "complained_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "service_mails" ADD COLUMN "failed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "service_mails" ADD COLUMN "failure" text;--> statement-breakpoint
ALTER TABLE "service_mails" ADD COLUMN "suppressed_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "deliveries_trouble" ON "deliveries" USING btree ("campaign") WHERE "deliveries"."bounced_at" is not null or "deliveries"."complained_at" is not null or "deliveries"."failed_at" is not null;--> statement-breakpoint
CREATE INDEX "hook_events_at" ON "hook_events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "subscriptions_suppressed" ON "subscriptions" USING btree ("id") WHERE "subscriptions"."suppressed";