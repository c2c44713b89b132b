// sql · delivery health of a campaign, counted from its deliveries and rejects
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { isSenderRefusal } from '../mail/feedback.ts'
import type { Executor } from '../platform/database/database.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'

const problemsRow = z.object({
  bounced: z.number(),
  complained: z.number(),
  refused: z.number(),
  unsent: z.number().default(0),
})
const healthRow = problemsRow.extend({ delivered: z.number() })

const noProblems = { bounced: 0, complained: 0, refused: 0, unsent: 0 }

/**
 * `refused`: sender problems, in a report or during the SMTP conversation. `unsent`: stopped by a failure of the account.
 * `delivered`: accepted by the recipient's server and not bounced since.
 */
export type HealthCounts = z.output<typeof healthRow>

/** A reader's own refusal says nothing about the sender. */
const isSenderBounce = sql`(bounce like 'sender%' and bounce not like '%personal')`

const problemColumns = sql`
  count(bounced_at)::int as bounced,
  count(complained_at)::int as complained,
  (count(*) filter (where ${isSenderBounce}))::int as refused,
  (count(*) filter (where failure in ('domain', 'key', 'quota')))::int as unsent`

/** Sender problems: at most `most` recipients each from reports and from SMTP conversations. */
export async function refusedOf(
  db: Executor,
  campaign: number,
  most = maxRefused,
): Promise<{ readonly subscribers: readonly number[]; readonly inConversation: number }> {
  const reported = await readRows(
    db,
    reportedRow,
    sql`
      select subscriber from deliveries
      where campaign = ${campaign} and ${isSenderBounce}
      limit ${most}`,
  )
  const rejects = await readRows(
    db,
    rejectRow,
    sql`
      select (pair -> 0)::bigint as subscriber, pair ->> 1 as reason
      from batches as b, jsonb_array_elements(b.rejects) as pair
      where b.campaign = ${campaign} and b.rejects <> '[]'
      limit ${most}`,
  )
  const refused = rejects.filter(({ reason }) => isSenderRefusal(reason))
  return {
    subscribers: [...reported, ...refused].map(({ subscriber }) => subscriber),
    inConversation: refused.length,
  }
}

const reportedRow = z.object({ subscriber: whole })
const rejectRow = z.object({ subscriber: whole, reason: z.string() })

/** A larger sample tells no more. */
const maxRefused = 1000

/** Uses only the index on trouble: 65 ms where 20,000 of a million bounced. */
export async function problemCounts(
  db: Executor,
  campaign: number,
): Promise<Omit<HealthCounts, 'delivered'>> {
  const row = await readRow(
    db,
    problemsRow,
    sql`
      select ${problemColumns}
      from deliveries
      where campaign = ${campaign}
        and (bounced_at is not null or complained_at is not null or failed_at is not null)`,
  )
  return withConversation(db, campaign, row ?? noProblems)
}

/** Refusals in reports and in SMTP conversations count alike. */
async function withConversation<T extends { readonly refused: number }>(
  db: Executor,
  campaign: number,
  counts: T,
): Promise<T> {
  const { inConversation } = await refusedOf(db, campaign)
  return { ...counts, refused: counts.refused + inConversation }
}

/** Reads every delivery: about three times as slow as a bare count. */
export async function deliveryHealthOf(db: Executor, campaign: number): Promise<HealthCounts> {
  const row = await readRow(
    db,
    healthRow,
    sql`
      select ${problemColumns}, (count(*) filter (where delivered_at is not null and bounced_at is null))::int as delivered
      from deliveries
      where campaign = ${campaign}`,
  )
  return withConversation(db, campaign, row ?? { ...noProblems, delivered: 0 })
}

/** As of the last resume; all zero if never resumed. */
export const readHealth = (stored: unknown): HealthCounts =>
  healthRow.catch({ ...noProblems, delivered: 0 }).parse(stored)
