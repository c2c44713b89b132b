-- caller: src/delivery/claim.ts, src/segments/left-out.ts
-- Why may_send refuses: the first reason that holds, in the order below; null where may_send allows. The meanings are in
-- src/consent/why-not-send.ts, whose whyNotSend is the twin of this function; a test compares both with may_send in every case.
-- may_send is not defined as `why_not_send(…) is null`: its own columns are all in the indexes of subscriptions, from which
-- audiences are counted and frozen without reading the table.
create or replace function why_not_send(subscription subscriptions, purpose text, at timestamptz) returns text
language sql stable parallel safe
return case
  when may_send(subscription, purpose, at) then null
  when (subscription).state <> 'active' then (subscription).state
  when purpose <> all ((subscription).granted) then 'not_granted'
  when (subscription).restricted then 'restricted'
  when (subscription).suppressed then 'suppressed'
  when (subscription).not_before > at then 'not_yet'
  else 'over'
end;
