// sql · why a campaign stands still by the rules of the house, and until when
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database.ts'
import { holdOfLane, lanesWaiting } from './turns.ts'

export const standstillReasons = ['quiet_hours', 'warm_up', 'cap', 'local_time'] as const

export interface Standstill {
  readonly reason: (typeof standstillReasons)[number]
  /** When the first of those who wait may go. */
  readonly until: Date
  /** Whose limit it is, where one mailbox provider's holds them back. */
  readonly mailbox?: string
}

const waiting = z.array(
  z.object({
    reason: z.enum(standstillReasons).nullable(),
    until: z.coerce.date().nullable(),
    mailbox: z.string().nullable(),
  }),
)

/**
 * Null where one of its batches may go now, or none is left that nobody posted yet. Of several lanes that wait, the one that
 * goes on first says why.
 */
export async function standstillOf(db: Executor, campaign: number, at: Date): Promise<Standstill | null> {
  const rows = await db.execute(sql`
    select hold.reason, to_json(hold.until) #>> '{}' as until, l.mailbox
    from ${lanesWaiting}
    left join lateral ${holdOfLane({ at })} as hold on true
    where c.number = ${campaign} and c.state = 'sending'
    order by hold.until nulls first, l.lane
    limit 1`)
  const [first] = waiting.parse(rows)
  if (first === undefined || first.reason === null || first.until === null) return null
  const { reason, until, mailbox } = first
  return { reason, until, ...(reason === 'cap' && mailbox !== null ? { mailbox } : {}) }
}
