-- A value or tag belongs to the list that it was given to. Until now the key of a field meant the same on every list, and each
-- list read the values of all others. A value goes to every list that asks for its key and that the person has a subscription
-- to, a tag to every list of the person. What no list of the person asks for stays with the person in "unassigned", which nothing
-- reads: a list that asks for the key later must not get a value that was given to another.
-- Nobody writes to people meanwhile; sign-ups are still taken, and wait.
LOCK TABLE "subscribers" IN SHARE ROW EXCLUSIVE MODE;--> statement-breakpoint
CREATE TABLE "details" (
	"list" bigint NOT NULL,
	"subscriber" bigint NOT NULL,
	"attributes" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"tags" integer[] DEFAULT '{}'::integer[] NOT NULL,
	CONSTRAINT "details_list_subscriber_pk" PRIMARY KEY("list","subscriber")
);
--> statement-breakpoint
INSERT INTO "details" ("list", "subscriber", "attributes", "tags")
SELECT s.list, s.subscriber, coalesce(asked.attributes, '{}'), p.tags
FROM subscribers AS p
JOIN subscriptions AS s ON s.subscriber = p.id
CROSS JOIN LATERAL (
	SELECT jsonb_object_agg(a.key, a.value) AS attributes
	FROM jsonb_each(p.attributes) AS a
	JOIN fields AS f ON f.list = s.list AND f.key = a.key
) AS asked
WHERE s.state <> 'erased' AND (asked.attributes IS NOT NULL OR p.tags <> '{}')
ORDER BY s.list, s.subscriber;--> statement-breakpoint
ALTER TABLE "details" ADD CONSTRAINT "details_of_subscription" FOREIGN KEY ("subscriber","list") REFERENCES "public"."subscriptions"("subscriber","list") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "details_attributes" ON "details" USING gin ("attributes" jsonb_path_ops);--> statement-breakpoint
CREATE INDEX "details_tags" ON "details" USING gin ("tags");--> statement-breakpoint
ALTER TABLE "subscribers" ADD COLUMN "unassigned" jsonb;--> statement-breakpoint
UPDATE subscribers AS p SET unassigned = rest.kept
FROM (
	SELECT p.id, jsonb_strip_nulls(jsonb_build_object(
		'fields', (
			SELECT jsonb_object_agg(a.key, a.value)
			FROM jsonb_each(p.attributes) AS a
			WHERE NOT EXISTS (
				SELECT FROM subscriptions AS s
				JOIN fields AS f ON f.list = s.list AND f.key = a.key
				WHERE s.subscriber = p.id AND s.state <> 'erased')),
		'tags', (
			SELECT jsonb_agg(t.name ORDER BY t.name)
			FROM tags AS t
			WHERE t.id = ANY (p.tags) AND NOT EXISTS (SELECT FROM subscriptions AS s WHERE s.subscriber = p.id))
	)) AS kept
	FROM subscribers AS p
	WHERE (p.attributes <> '{}' OR p.tags <> '{}')
		-- Of somebody who was erased from every list, nothing is kept.
		AND (
			NOT EXISTS (SELECT FROM subscriptions AS s WHERE s.subscriber = p.id)
			OR EXISTS (SELECT FROM subscriptions AS s WHERE s.subscriber = p.id AND s.state <> 'erased'))
) AS rest
WHERE p.id = rest.id AND rest.kept <> '{}';--> statement-breakpoint
DROP INDEX "subscribers_attributes";--> statement-breakpoint
DROP INDEX "subscribers_tags";--> statement-breakpoint
ALTER TABLE "subscribers" DROP COLUMN "attributes";--> statement-breakpoint
ALTER TABLE "subscribers" DROP COLUMN "tags";--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "removed" boolean DEFAULT false NOT NULL;
