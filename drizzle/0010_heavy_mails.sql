CREATE UNLOGGED TABLE "in_hand" (
	"campaign" bigint NOT NULL,
	"batch_no" integer NOT NULL,
	"process" uuid,
	"deaths" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "in_hand_campaign_batch_no_pk" PRIMARY KEY("campaign","batch_no")
);
--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "part_size" integer;