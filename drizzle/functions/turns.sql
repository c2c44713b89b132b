-- caller: src/delivery/due-batches.ts, src/reports/throttle-reason.ts
-- Up to `most` batches that may be sent now, campaign by campaign: first batches that were posted and never answered, whatever
-- the hour, since their people may have the mail already and were counted; then new batches, lane by lane. A lane that waits is
-- skipped as a whole, by its first batch: ten thousand batches that wait for the next hour cost no more than one. `rules` and
-- `mailbox` are null where nothing is to be counted. A function, so that its plans are kept: planning anew with each claim cost
-- more than the rows found.
create or replace function batches_in_turn(
  at timestamptz, key_life interval, most integer, locking boolean, only_campaign bigint, only_batch integer
) returns table (campaign bigint, batch_no integer, rules jsonb, mailbox text, size integer, counted_at timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
  house constant jsonb := (select s.value from settings as s where s.name = 'sending');
  c record;
  l record;
  head record;
  taken integer;
begin
  for c in
    select k.number from campaigns as k
    where k.state = 'sending' and (only_campaign is null or k.number = only_campaign)
    order by k.number
  loop
    if locking then
      return query
        select b.campaign, b.batch_no, null::jsonb, null::text, b.size, b.counted_at
        from batches as b
        where b.campaign = c.number and b.state = 'posting' and b.lease_until <= now()
          and coalesce(b.first_attempt_at > now() - key_life, true) and (only_batch is null or b.batch_no = only_batch)
        order by b.lane, b.batch_no
        limit most
        for update skip locked;
    else
      return query
        select b.campaign, b.batch_no, null::jsonb, null::text, b.size, b.counted_at
        from batches as b
        where b.campaign = c.number and b.state = 'posting' and b.lease_until <= now()
          and coalesce(b.first_attempt_at > now() - key_life, true) and (only_batch is null or b.batch_no = only_batch)
        order by b.lane, b.batch_no
        limit most;
    end if;
    get diagnostics taken = row_count;
    most := most - taken;
    if most = 0 then return; end if;
    -- Lane 0 holds all batches without a lane of their own. A range of one lane instead of `=`, so that the order comes
    -- from the index of due batches: by the primary key the planner walked 10,000 batches of other lanes (5 ms).
    for l in
      select 0 as lane, null::text as mailbox, null::text as zone, null::timestamptz as not_before
      union all
      select k.lane, k.mailbox, k.zone, k.not_before from lanes as k where k.campaign = c.number
      order by lane
    loop
      select b.size, b.counted_at into head
      from batches as b
      where b.campaign = c.number and b.state = 'queued' and b.lane >= l.lane and b.lane <= l.lane
        and coalesce(b.lease_until <= now(), true)
      order by b.lane, b.batch_no
      limit 1;
      continue when not found;
      if house is not null or l.lane > 0 then
        perform from pace_hold(house, l.mailbox, l.zone, l.not_before, head.size, head.counted_at, at);
        continue when found;
      end if;
      if locking then
        return query
          select b.campaign, b.batch_no, house, l.mailbox, b.size, b.counted_at
          from batches as b
          where b.campaign = c.number and b.state = 'queued' and b.lane >= l.lane and b.lane <= l.lane
            and coalesce(b.lease_until <= now(), true) and (only_batch is null or b.batch_no = only_batch)
          order by b.lane, b.batch_no
          limit most
          for update skip locked;
      else
        return query
          select b.campaign, b.batch_no, house, l.mailbox, b.size, b.counted_at
          from batches as b
          where b.campaign = c.number and b.state = 'queued' and b.lane >= l.lane and b.lane <= l.lane
            and coalesce(b.lease_until <= now(), true) and (only_batch is null or b.batch_no = only_batch)
          order by b.lane, b.batch_no
          limit most;
      end if;
      get diagnostics taken = row_count;
      most := most - taken;
      if most = 0 then return; end if;
    end loop;
  end loop;
end $$;

-- Seconds until this batch may be sent, 0 at least; null where it is settled, or its campaign is not sending. `may_go`: whether
-- this deployment may hand over anything; if not, the answer is at least a minute.
create or replace function seconds_to_turn(
  at timestamptz, key_life interval, mailer text, may_go boolean, of_campaign bigint, of_batch integer
) returns float8
language sql stable as $$
  -- the batch with its campaign, its lane, the provider pause and the rules
  select extract(epoch from greatest(b.lease_until, p.closed_until, now(),
    case when b.state = 'queued' then now() + (hold.until - at) end,
    case when not may_go then now() + interval '1 minute' end) - now())::float8
  from batches as b
  join campaigns as c on c.number = b.campaign and c.state = 'sending'
  left join settings as s on s.name = 'sending'
  left join lanes as l on l.campaign = b.campaign and l.lane = b.lane
  left join pace as p on p.provider = mailer
  left join lateral pace_hold(s.value, l.mailbox, l.zone, l.not_before, b.size, b.counted_at, at) as hold on true
  where b.campaign = of_campaign and b.batch_no = of_batch and b.state in ('queued', 'posting')
    and coalesce(b.first_attempt_at > now() - key_life, true)
$$;

-- Why the rules stop a campaign, until when, and for which mailbox provider where the reason is its limit: taken from the lane
-- that continues first. No row where a lane may be sent now, or no lane has a batch left that was never posted.
create or replace function standstill(of_campaign bigint, at timestamptz)
returns table (reason text, until timestamptz, mailbox text)
language sql stable rows 1 as $$
  select first.reason, first.until, case first.reason when 'cap' then first.mailbox end
  from (
    -- the lanes of the campaign, the first queued batch of each, and what holds it
    select hold.reason, hold.until, l.mailbox
    from campaigns as c
    left join settings as s on s.name = 'sending'
    cross join lateral (
      select 0 as lane, null::text as mailbox, null::text as zone, null::timestamptz as not_before
      union all
      select k.lane, k.mailbox, k.zone, k.not_before from lanes as k where k.campaign = c.number
    ) as l
    cross join lateral (
      select b.size, b.counted_at
      from batches as b
      where b.campaign = c.number and b.state = 'queued' and b.lane >= l.lane and b.lane <= l.lane
        and coalesce(b.lease_until <= now(), true)
      order by b.lane, b.batch_no
      limit 1
    ) as h
    left join lateral pace_hold(s.value, l.mailbox, l.zone, l.not_before, h.size, h.counted_at, at) as hold on true
    where c.number = of_campaign and c.state = 'sending'
    order by hold.until nulls first, l.lane
    limit 1
  ) as first
  where first.until is not null
$$;
