-- Whose form is kept was known inside the seal alone, and strangers could fill the table: what is there lives a day at most, and goes.
DELETE FROM "kept_forms";--> statement-breakpoint
ALTER TABLE "kept_forms" ADD COLUMN "operator" uuid NOT NULL;--> statement-breakpoint
ALTER TABLE "kept_forms" ADD CONSTRAINT "kept_forms_operator_operators_id_fk" FOREIGN KEY ("operator") REFERENCES "public"."operators"("id") ON DELETE no action ON UPDATE no action;