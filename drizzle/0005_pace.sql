CREATE TABLE "lanes" (
	"campaign" bigint NOT NULL,
	"lane" integer NOT NULL,
	"mailbox" text,
	"zone" text,
	"not_before" timestamp (3) with time zone,
	CONSTRAINT "lanes_campaign_lane_pk" PRIMARY KEY("campaign","lane")
);
--> statement-breakpoint
CREATE TABLE "pace_counts" (
	"name" text PRIMARY KEY NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"people" integer NOT NULL
);
--> statement-breakpoint
DROP INDEX "batches_due";--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "local_time" text;--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "lane" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "counted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "lanes" ADD CONSTRAINT "lanes_campaign_campaigns_number_fk" FOREIGN KEY ("campaign") REFERENCES "public"."campaigns"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "batches_due" ON "batches" USING btree ("campaign","state","lane","batch_no") WHERE "batches"."state" in ('queued', 'posting');