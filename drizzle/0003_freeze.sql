ALTER TABLE "campaigns" ADD COLUMN "pinned" jsonb;--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "frozen_to" bigint;