// shell · writes down a part of an audience: its recipients, and the batches that carry them, lane by lane where a rule asks
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Campaign } from '../../campaigns/campaign.ts'
import { wallTime } from '../../i18n/zones.ts'
import type { Tx } from '../../platform/database/database.ts'
import { readRow } from '../../platform/database/rows.ts'
import { whole } from '../../platform/database/values.ts'
import { batchSize, cappedProviders, type SendingRules } from '../../sending-rules/rules.ts'

/** Recipients of one batch, and mails of one request to the provider, at most. */
export const maxBatch = 100

export interface Range {
  readonly campaign: Campaign
  /** From `audience`, narrowed to the range; over `s` (subscriptions) and `p` (subscribers). */
  readonly people: SQL
  readonly rules: SendingRules
  /** People of one batch at most: fewer than a hundred where their mails are large. */
  readonly most: number
  readonly now: Date
}

/**
 * Batches hold whoever comes next, in subscriber order. Only where the rules treat people apart at this moment are they
 * apart, each in the lane of its mailbox provider and zone: then a range ends with a batch that is not full in each lane.
 */
export async function writeRange(tx: Tx, range: Range): Promise<void> {
  const { campaign, rules } = range
  const next = await readRow(
    tx,
    nextRow,
    sql`
      select coalesce(max(batch_no) + 1, 0) as batch from batches where campaign = ${campaign.number}`,
  )
  const first = next?.batch ?? 0
  const isApart =
    cappedProviders(rules).length > 0 || rules.quiet_hours !== null || campaign.localTime !== null
  await (isApart ? writeLanes(tx, range, first) : writeAll(tx, range, first))
}

const nextRow = z.object({ batch: whole })

async function writeAll(tx: Tx, range: Range, first: number): Promise<void> {
  const { number } = range.campaign
  const size = sizeFor(range, null)
  const { count } = await tx.execute(sql`
    insert into recipients (campaign, batch_no, subscriber, consent_seq)
    select ${number}, ${first}::int + (row_number() over (order by s.subscriber) - 1) / ${size}::int, s.subscriber, s.seq
    ${range.people}`)
  // By arithmetic: to count the rows again, every range read all those before it (a quarter of a freeze to a million).
  await tx.execute(sql`
    insert into batches (campaign, batch_no, size)
    select ${number}, ${first}::int + n, least(${size}::int, ${count}::int - n * ${size}::int)
    from generate_series(0, ${Math.ceil(count / size) - 1}::int) as n`)
}

const sizeFor = ({ rules, now, most }: Range, mailbox: string | null): number =>
  batchSize(rules, { mailbox, today: wallTime(rules.timezone, now).slice(0, 10), most })

/** Each with the lane of its mailbox provider and zone; by a function, which is told who is in the range. */
async function writeLanes(tx: Tx, range: Range, first: number): Promise<void> {
  const { campaign, rules, people } = range
  const sizes = Object.fromEntries(
    [null, ...cappedProviders(rules)].map((mailbox) => [mailbox ?? '', sizeFor(range, mailbox)]),
  )
  await tx.execute(sql`
    select write_lanes(${campaign.number}, ${first}::int, coalesce(array_agg(s.subscriber), '{}'),
      coalesce(array_agg(s.seq), '{}'), ${JSON.stringify(sizes)}::jsonb,
      ${rules.quiet_hours !== null || campaign.localTime !== null}, ${rules.timezone})
    ${people}`)
}
