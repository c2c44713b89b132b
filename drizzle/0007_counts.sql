DROP INDEX "subscriptions_confirmed";--> statement-breakpoint
DROP INDEX "subscriptions_plain";--> statement-breakpoint
CREATE INDEX "subscriptions_unsendable" ON "subscriptions" USING btree ("list","subscriber") WHERE not "subscriptions"."sendable";--> statement-breakpoint
CREATE INDEX "subscriptions_confirmed" ON "subscriptions" USING btree ("list","confirmed_at","granted","not_before","sendable_until") WHERE "subscriptions"."sendable";--> statement-breakpoint
CREATE INDEX "subscriptions_plain" ON "subscriptions" USING btree ("list","subscriber") WHERE "subscriptions"."sendable" and ("subscriptions"."granted" = '{newsletter}' and "subscriptions"."not_before" is null and "subscriptions"."sendable_until" is null);