DROP INDEX "subscriptions_sendable";--> statement-breakpoint
CREATE INDEX "subscriptions_confirmed" ON "subscriptions" USING btree ("list","confirmed_at") WHERE "subscriptions"."sendable";--> statement-breakpoint
CREATE INDEX "subscriptions_plain" ON "subscriptions" USING btree ("list") WHERE "subscriptions"."sendable" and ("subscriptions"."granted" = '{newsletter}' and "subscriptions"."not_before" is null and "subscriptions"."sendable_until" is null);--> statement-breakpoint
CREATE INDEX "subscriptions_particular" ON "subscriptions" USING btree ("list","granted","not_before","sendable_until") WHERE "subscriptions"."sendable" and not ("subscriptions"."granted" = '{newsletter}' and "subscriptions"."not_before" is null and "subscriptions"."sendable_until" is null);--> statement-breakpoint
CREATE INDEX "subscribers_locale" ON "subscribers" USING btree ("locale","id");--> statement-breakpoint
CREATE INDEX "subscribers_mailbox" ON "subscribers" USING btree ("mailbox_provider","id");--> statement-breakpoint
CREATE INDEX "subscriptions_sendable" ON "subscriptions" USING btree ("list","subscriber","granted","not_before","sendable_until") WHERE "subscriptions"."sendable";