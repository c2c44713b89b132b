// shell · writes one range of an audience: its recipients and their batches, by throttle group where a rule requires
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Campaign } from '../../campaigns/campaign.ts'
import { wallTime } from '../../i18n/zones.ts'
import type { Tx } from '../../platform/database/database.ts'
import { readRow } from '../../platform/database/rows.ts'
import { whole } from '../../platform/database/values.ts'
import { batchSize, cappedProviders, type SendingRules } from '../../sending-rules/rules.ts'

/** Maximum recipients of one batch, and mails of one request to the provider. */
export const maxBatch = 100

export interface Range {
  readonly campaign: Campaign
  /** From `audience`, narrowed to the range; over `s` (subscriptions), `p` (subscribers) and `d` (details). */
  readonly people: SQL
  readonly rules: SendingRules
  /** Maximum recipients per batch: fewer than a hundred where their mails are large. */
  readonly most: number
  readonly now: Date
}

/**
 * Fills batches in subscriber order. Only where the current rules treat recipients differently are batches split by throttle
 * group (mailbox provider and zone): each group's last batch of a range may then be partly filled.
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
  const isGrouped =
    cappedProviders(rules).length > 0 || rules.quiet_hours !== null || campaign.localTime !== null
  await (isGrouped ? writeThrottleGroups(tx, range, first) : writeUngrouped(tx, range, first))
}

const nextRow = z.object({ batch: whole })

async function writeUngrouped(tx: Tx, range: Range, first: number): Promise<void> {
  const { number } = range.campaign
  const size = sizeFor(range, null)
  const { count } = await tx.execute(sql`
    insert into recipients (campaign, batch_no, subscriber, consent_seq)
    select ${number}, ${first}::int + (row_number() over (order by s.subscriber) - 1) / ${size}::int, s.subscriber, s.seq
    ${range.people}`)
  // Calculated: counting the rows again made every range read all those before it (a quarter of a freeze to a million).
  await tx.execute(sql`
    insert into batches (campaign, batch_no, size)
    select ${number}, ${first}::int + n, least(${size}::int, ${count}::int - n * ${size}::int)
    from generate_series(0, ${Math.ceil(count / size) - 1}::int) as n`)
}

const sizeFor = ({ rules, now, most }: Range, mailbox: string | null): number =>
  batchSize(rules, { mailbox, today: wallTime(rules.timezone, now).slice(0, 10), most })

/** Assigns each batch to its throttle group, in an SQL function that gets the range's subscribers. */
async function writeThrottleGroups(tx: Tx, range: Range, first: number): Promise<void> {
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
