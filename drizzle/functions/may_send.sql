-- caller: src/segments/audience.ts, src/consent/subscriptions-of.ts
-- The one rule on who may be mailed, used by freeze and gate, and by every claim through why_not_send. Plain SQL, so that the planner inlines it.
create or replace function may_send(subscription subscriptions, purpose text, at timestamptz) returns boolean
language sql stable parallel safe
return (subscription).sendable
  and purpose = any ((subscription).granted)
  and coalesce((subscription).not_before <= at, true)
  and coalesce(at < (subscription).sendable_until, true);
