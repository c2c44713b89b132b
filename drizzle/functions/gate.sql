-- caller: src/delivery/freeze.ts
-- I1: a marketing row cannot exist without a live grant for its list and purpose. A comparison of two counts over the
-- transition table (an anti-join measured 1.4 times, a foreign key 2.2 times slower on a million rows).
create or replace function gate_recipients() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  asked bigint;
  allowed bigint;
begin
  select count(*) into asked from arrived;
  -- the campaign of each row and its purpose, then the subscription of that person to the campaign's list
  select count(*) into allowed
  from arrived as r
  join campaigns as c on c.number = r.campaign and c.state = 'freezing'
  join purposes as p on p.list = c.list and p.key = c.purpose and p.kind = 'mail'
  join subscriptions as s on s.subscriber = r.subscriber and s.list = c.list and s.seq = r.consent_seq
  where may_send(s, c.purpose, now());
  if asked <> allowed then
    raise exception 'recipients: % of % have no live grant', asked - allowed, asked using errcode = 'insufficient_privilege';
  end if;
  return null;
end $$;

create or replace trigger recipients_gate
  after insert on recipients
  referencing new table as arrived
  for each statement execute function gate_recipients();

create or replace function gate_messages() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  asked bigint;
  allowed bigint;
begin
  perform from subscriptions where id in (select subscription from arrived) order by id for share;
  select count(*) into asked from arrived;
  select count(*) into allowed
  from arrived as m
  join subscriptions as s on s.id = m.subscription
  join purposes as p on p.list = s.list and p.key = m.purpose and p.kind = 'mail'
  where may_send(s, m.purpose, now());
  if asked <> allowed then
    raise exception 'messages: % of % have no live grant', asked - allowed, asked using errcode = 'insufficient_privilege';
  end if;
  return null;
end $$;

create or replace trigger messages_gate
  after insert on messages
  referencing new table as arrived
  for each statement execute function gate_messages();
