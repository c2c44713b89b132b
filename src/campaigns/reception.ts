// sql · how a campaign was received, counted from the rows that say so
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database.ts'

const trouble = z.object({ bounced: z.number(), complained: z.number(), refused: z.number() })
const reception = trouble.extend({ delivered: z.number() })

/** `refused`: for a reason of the sender's. `delivered`: arrived and did not come back. */
export type ReceptionCounts = z.output<typeof reception>

/** By the index on trouble alone. */
export async function troubleCounts(
  db: Executor,
  campaign: number,
): Promise<Omit<ReceptionCounts, 'delivered'>> {
  const [row] = await db.execute(sql`
    select
      count(bounced_at)::int as bounced,
      count(complained_at)::int as complained,
      (count(*) filter (where bounce like 'sender%' or failure in ('domain', 'key', 'quota')))::int as refused
    from deliveries
    where campaign = ${campaign}
      and (bounced_at is not null or complained_at is not null or failed_at is not null)`)
  return trouble.parse(row)
}

/** Reads every delivery of the campaign. */
export async function receptionOf(db: Executor, campaign: number): Promise<ReceptionCounts> {
  const [row] = await db.execute<{ delivered: number }>(sql`
    select (count(*) filter (where delivered_at is not null and bounced_at is null))::int as delivered
    from deliveries
    where campaign = ${campaign}`)
  return { ...(await troubleCounts(db, campaign)), delivered: row?.delivered ?? 0 }
}

/** What was known when the campaign was last resumed; nothing, where it never was. */
export const readReception = (stored: unknown): ReceptionCounts =>
  reception.catch({ delivered: 0, bounced: 0, complained: 0, refused: 0 }).parse(stored)
