-- caller: src/delivery/freeze/write-range.ts
-- Writes part of an audience lane by lane: people with the same mailbox provider's limit and the same clock share their
-- batches. The clock of a person without a time zone is that of the list, else that of the house, which is null. `sizes`: the largest batch by mailbox provider, where it has a limit, and under "" for all others.
create or replace function write_lanes(
  of_campaign bigint, first integer, subscribers bigint[], seqs integer[], sizes jsonb, by_zone boolean, house text
) returns void
language sql as $$
  with people as materialized (
    select p.id as subscriber, a.seq, case when sizes ? p.mailbox_provider then p.mailbox_provider end as mailbox,
      case when by_zone then coalesce(p.timezone, of_list.zone) end as zone
    from unnest(subscribers, seqs) as a (subscriber, seq)
    join subscribers as p on p.id = a.subscriber
    cross join (
      select l.settings ->> 'timezone' as zone
      from campaigns as c join lists as l on l.number = c.list where c.number = of_campaign
    ) as of_list
  ), wanted as (
    select mailbox, zone from people group by mailbox, zone
  ), new_lanes as (
    insert into lanes (campaign, lane, mailbox, zone, not_before)
    select of_campaign,
      (select coalesce(max(lane), 0) from lanes where campaign = of_campaign)
        + row_number() over (order by w.mailbox nulls first, w.zone nulls first),
      w.mailbox, w.zone, c.local_time::timestamp at time zone coalesce(w.zone, house)
    from wanted as w
    join campaigns as c on c.number = of_campaign
    where not exists (
      select from lanes as l where l.campaign = of_campaign
        and l.mailbox is not distinct from w.mailbox and l.zone is not distinct from w.zone)
    returning lane, mailbox, zone
  ), known as (
    select lane, mailbox, zone from lanes where campaign = of_campaign union all select * from new_lanes
  ), parts as (
    select p.subscriber, p.seq, k.lane,
      (row_number() over (partition by k.lane order by p.subscriber) - 1)
        / (sizes ->> coalesce(p.mailbox, ''))::integer as part
    from people as p
    join known as k
      on coalesce(k.mailbox, '') = coalesce(p.mailbox, '') and coalesce(k.zone, '') = coalesce(p.zone, '')
  ), placed as materialized (
    select subscriber, seq, lane, first - 1 + dense_rank() over (order by lane, part) as batch_no from parts
  ), written as (
    insert into recipients (campaign, batch_no, subscriber, consent_seq)
    select of_campaign, batch_no, subscriber, seq from placed
  )
  insert into batches (campaign, batch_no, lane, size)
  select of_campaign, batch_no, lane, count(*)::integer from placed group by batch_no, lane
$$;
