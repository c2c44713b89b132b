-- caller: src/consent/subscribe.ts
-- A subscription begins with nothing granted; only the ledger changes its consent state.
create or replace function guard_subscription_insert() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.state <> 'pending' or new.granted <> '{}' or new.seq <> -1 or new.last_leaf is not null or new.restricted
    or new.requested_at is not null or new.confirmed_at is not null or new.withdrawn_at is not null
    or new.sendable_until is not null
  then
    raise exception 'subscriptions: consent is moved by the ledger alone' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

create or replace trigger subscriptions_begin_empty
  before insert on subscriptions
  for each row execute function guard_subscription_insert();

-- caller: src/consent/withdraw.ts
-- Deletes messages that may no longer be sent, queued or claimed, in the same transaction as the act that ended the consent.
create or replace function drop_queued_messages() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from messages
  where subscription = new.id
    and state in ('queued', 'posting')
    and (not new.sendable or purpose <> all (new.granted));
  return null;
end $$;

create or replace trigger subscriptions_drop_queued
  after update on subscriptions
  for each row
  when (old.sendable and (not new.sendable or old.granted is distinct from new.granted))
  execute function drop_queued_messages();

-- caller: src/consent/record.ts
-- Erasure takes what the list knew of the person, in the transaction of the event; with the last subscription also what no list
-- asked for. GDPR Art. 17(1).
create or replace function drop_erased_details() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from details where list = new.list and subscriber = new.subscriber;
  update subscribers set unassigned = null
  where id = new.subscriber
    and unassigned is not null
    and not exists (select from subscriptions as s where s.subscriber = new.subscriber and s.state <> 'erased');
  return null;
end $$;

create or replace trigger subscriptions_drop_erased
  after update on subscriptions
  for each row
  when (new.state = 'erased')
  execute function drop_erased_details();
