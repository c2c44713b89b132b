CREATE TABLE "smtp_handovers" (
	"mail" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"since" timestamp (3) with time zone NOT NULL,
	"until" timestamp (3) with time zone,
	CONSTRAINT "smtp_handovers_state" CHECK ("smtp_handovers"."state" in ('handing_over', 'accepted', 'refused', 'deferred', 'unknown'))
);
--> statement-breakpoint
CREATE INDEX "smtp_handovers_since" ON "smtp_handovers" USING btree ("since");