-- caller: src/delivery/turns.ts
-- The batches that may go now, at most so many, campaign by campaign: first those that were posted and never answered,
-- whatever the hour, since their people may have it already and were counted; then those that are new, lane by lane. A lane
-- that waits is passed over as a whole, by its first batch: ten thousand that wait for the next hour cost no more than one.
-- `rules` and `mailbox` are null where nothing is to be counted. A function, so that its plans are kept: made anew with each
-- claim they cost more than what they found.
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
    -- Lane 0 is all those without a lane of their own. A range of one lane, and not `=`, so that the order comes from the index
    -- of those that are due: by the primary key the planner walked 10,000 batches of other lanes (5 ms).
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
