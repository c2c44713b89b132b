// shell · writes down a part of an audience: its recipients, and the batches that carry them, lane by lane where a rule asks
import { type SQL, sql } from 'drizzle-orm'
import type { Campaign } from '../campaigns/campaign.ts'
import { wallTime } from '../i18n/zones.ts'
import { batchSize, cappedProviders, type SendingRules } from '../pacing/rules.ts'
import type { Tx } from '../platform/database.ts'

/** Recipients of one batch, and mails of one request to the provider, at most. */
const batchMost = 100

export interface Range {
  readonly campaign: Campaign
  /** From `audience`, narrowed to the range; over `s` (subscriptions) and `p` (subscribers). */
  readonly people: SQL
  readonly rules: SendingRules
  readonly now: Date
}

/**
 * Batches hold whoever comes next, in subscriber order. Only where the rules treat people apart at this moment are they
 * apart, each in the lane of its mailbox provider and zone: then a range ends with a batch that is not full in each lane.
 */
export async function writeRange(tx: Tx, range: Range): Promise<void> {
  const { campaign, rules } = range
  const [next] = await tx.execute<{ batch: number }>(sql`
    select coalesce(max(batch_no) + 1, 0) as batch from batches where campaign = ${campaign.number}`)
  const first = next?.batch ?? 0
  const isApart =
    cappedProviders(rules).length > 0 || rules.quiet_hours !== null || campaign.localTime !== null
  await (isApart ? writeLanes(tx, range, first) : writeAll(tx, range, first))
}

async function writeAll(tx: Tx, range: Range, first: number): Promise<void> {
  const { number } = range.campaign
  await tx.execute(sql`
    insert into recipients (campaign, batch_no, subscriber, consent_seq)
    select ${number}, ${first}::int + (row_number() over (order by s.subscriber) - 1) / ${sizeFor(range, null)}::int,
      s.subscriber, s.seq
    ${range.people}`)
  await tx.execute(sql`
    insert into batches (campaign, batch_no, size)
    select campaign, batch_no, count(*)::int
    from recipients
    where campaign = ${number} and batch_no >= ${first}
    group by campaign, batch_no`)
}

const sizeFor = ({ rules, now }: Range, mailbox: string | null): number =>
  batchSize(rules, { mailbox, today: wallTime(rules.timezone, now).slice(0, 10), most: batchMost })

/** One statement, so that nobody is asked for twice: who is in the range, their lanes, their places, then the rows. */
async function writeLanes(tx: Tx, range: Range, first: number): Promise<void> {
  const { campaign, rules } = range
  const capped = cappedProviders(rules)
  const sizes = Object.fromEntries(capped.map((mailbox) => [mailbox, sizeFor(range, mailbox)]))
  const hasZones = rules.quiet_hours !== null || campaign.localTime !== null
  await tx.execute(sql`
    with people as materialized (
      select s.subscriber, s.seq,
        case when p.mailbox_provider = any (${`{${capped.join(',')}}`}::text[]) then p.mailbox_provider end as mailbox,
        ${hasZones ? sql`p.timezone` : sql`null::text`} as zone
      ${range.people}
    ), wanted as (
      select mailbox, zone from people group by mailbox, zone
    ), new_lanes as (
      insert into lanes (campaign, lane, mailbox, zone, not_before)
      select ${campaign.number},
        (select coalesce(max(lane), 0) from lanes where campaign = ${campaign.number})
          + row_number() over (order by w.mailbox nulls first, w.zone nulls first),
        w.mailbox, w.zone,
        ${campaign.localTime}::timestamp at time zone coalesce(w.zone, ${rules.timezone})
      from wanted as w
      where not exists (
        select from lanes as l where l.campaign = ${campaign.number}
          and l.mailbox is not distinct from w.mailbox and l.zone is not distinct from w.zone)
      returning lane, mailbox, zone
    ), known as (
      select lane, mailbox, zone from lanes where campaign = ${campaign.number} union all select * from new_lanes
    ), parts as (
      select p.subscriber, p.seq, k.lane,
        (row_number() over (partition by k.lane order by p.subscriber) - 1)
          / coalesce((${JSON.stringify(sizes)}::jsonb ->> p.mailbox)::int, ${sizeFor(range, null)}::int) as part
      from people as p
      join known as k
        on coalesce(k.mailbox, '') = coalesce(p.mailbox, '') and coalesce(k.zone, '') = coalesce(p.zone, '')
    ), placed as materialized (
      select subscriber, seq, lane, ${first}::int - 1 + dense_rank() over (order by lane, part) as batch_no from parts
    ), written as (
      insert into recipients (campaign, batch_no, subscriber, consent_seq)
      select ${campaign.number}, batch_no, subscriber, seq from placed
    )
    insert into batches (campaign, batch_no, lane, size)
    select ${campaign.number}, batch_no, lane, count(*)::int from placed group by batch_no, lane`)
}
