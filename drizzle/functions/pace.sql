-- caller: src/delivery/claim.ts
-- The one place that decides whether a batch may be sent now, and if not, why and until when. `rules`: the setting `sending`
-- (src/sending-rules/rules.ts), null where there is none. `at`: the time of the caller, as for schedules.

-- The end of the present quiet hours in a time zone; null outside them. Both ends are read on the local clock, so that a day of
-- 23 or 25 hours has the same night as any other.
create or replace function pace_quiet_until(rules jsonb, zone text, at timestamptz) returns timestamptz
language plpgsql stable as $$
declare
  begins constant time := rules #>> '{quiet_hours,from}';
  ends constant time := rules #>> '{quiet_hours,to}';
  place text;
  wall timestamp;
begin
  if begins is null then return null; end if;
  place := coalesce(zone, rules ->> 'timezone', 'UTC');
  wall := at at time zone place;
  return case
    when begins < ends then
      case when wall::time >= begins and wall::time < ends then (wall::date + ends) at time zone place end
    when wall::time >= begins then (wall::date + 1 + ends) at time zone place
    when wall::time < ends then (wall::date + ends) at time zone place
  end;
end $$;

-- The limits that hold now for this mailbox provider (null: none of its own): how many people from `since` until `next`.
create or replace function pace_limits(rules jsonb, mailbox text, at timestamptz)
returns table (name text, reason text, since timestamptz, next timestamptz, most integer)
language sql stable as $$
  with today as (
    select date_trunc('day', at, h.place) as since,
      ((at at time zone h.place)::date + 1)::timestamp at time zone h.place as next,
      (at at time zone h.place)::date - (rules #>> '{warm_up,start}')::date as day
    from (select coalesce(rules ->> 'timezone', 'UTC') as place) as h
  ), hour as (
    select date_trunc('hour', at, 'UTC') as since, date_trunc('hour', at, 'UTC') + interval '1 hour' as next
  )
  select l.name, l.reason, l.since, l.next, l.most::integer
  from (
    -- A negative index would count from the end of the array.
    select 'warm_up', 'warm_up', t.since, t.next,
      case when t.day >= 0 then rules #>> array['warm_up', 'people_per_day', t.day::text] end
    from today as t
    union all
    select mailbox || '/day', 'cap', t.since, t.next, rules #>> array['caps', mailbox, 'per_day'] from today as t
    union all
    select mailbox || '/hour', 'cap', h.since, h.next, rules #>> array['caps', mailbox, 'per_hour'] from hour as h
  ) as l (name, reason, since, next, most)
  where l.most is not null
$$;

-- Limits that have no room for a batch of this size; none where the batch was already counted in the same hour or day. A batch
-- larger than a limit that was lowered after the freeze fits only an untouched hour or day, and takes up the following ones as
-- well: over all of them less than allowed is sent, never more, and no batch is stuck.
create or replace function pace_full(
  rules jsonb, mailbox text, size integer, counted_at timestamptz, at timestamptz
) returns table (reason text, until timestamptz)
language sql stable as $$
  select l.reason, case when k.since > at then k.since else l.next end
  from pace_limits(rules, mailbox, at) as l
  join pace_counts as k on k.name = l.name
  where k.since >= l.since
    and coalesce(counted_at < l.since, true)
    and (k.since > at or k.people + size > l.most)
$$;

-- Why a batch may not be sent, and until when; no row where it may. The clock is checked first, and limits only for batches
-- that the clock lets go (a fifth of the time, where hundreds of lanes wait for their morning).
create or replace function pace_hold(
  rules jsonb, mailbox text, zone text, not_before timestamptz, size integer, counted_at timestamptz, at timestamptz
) returns table (reason text, until timestamptz)
language plpgsql stable rows 1 as $$
begin
  until := pace_quiet_until(rules, zone, at);
  reason := 'quiet_hours';
  if not_before > at and coalesce(not_before >= until, true) then
    until := not_before;
    reason := 'local_time';
  end if;
  if until is null and (rules #>> '{warm_up}' is not null or rules #> array['caps', mailbox] is not null) then
    select f.reason, f.until into reason, until
    from pace_full(rules, mailbox, size, counted_at, at) as f order by f.until desc limit 1;
  end if;
  if until is null then return; end if;
  until := coalesce(pace_quiet_until(rules, zone, until), until);
  return next;
end $$;

-- Counts a batch into every limit, or into none and returns false where a concurrent claim took the room: limits are checked
-- again behind row locks, which are taken in one order and held until the claim's transaction ends.
create or replace function pace_take(
  rules jsonb, mailbox text, size integer, counted_at timestamptz, at timestamptz
) returns boolean
language plpgsql as $$
begin
  insert into pace_counts (name, since, people)
    select l.name, '-infinity', 0 from pace_limits(rules, mailbox, at) as l order by l.name
    on conflict do nothing;
  perform from pace_counts as k
    where k.name in (select l.name from pace_limits(rules, mailbox, at) as l) order by k.name for update;
  if exists (select from pace_full(rules, mailbox, size, counted_at, at)) then return false; end if;
  update pace_counts as k set
    since = greatest(k.since, l.since) + (ceil(size::numeric / l.most) - 1) * (l.next - l.since),
    people = case when k.since >= l.since then k.people else 0 end + size - (ceil(size::numeric / l.most)::int - 1) * l.most
  from pace_limits(rules, mailbox, at) as l
  where k.name = l.name and coalesce(counted_at < l.since, true);
  return true;
end $$;
