// sql · the sending rule that holds back a campaign, and until when
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import { moment } from '../platform/database/values.ts'

export const throttleReasons = ['quiet_hours', 'warm_up', 'cap', 'local_time'] as const

export interface ThrottleReason {
  readonly reason: (typeof throttleReasons)[number]
  /** When the first waiting throttle group may go. */
  readonly until: Date
  /** The mailbox provider whose limit applies. */
  readonly mailbox?: string
}

const heldRow = z.object({
  reason: z.enum(throttleReasons),
  until: moment,
  mailbox: z.string().nullable(),
})

/**
 * Null where a batch of the campaign may go now, or every batch was posted. Of several waiting throttle groups, the one that
 * continues first gives the reason.
 */
export async function throttleReasonOf(
  db: Executor,
  campaign: number,
  at: Date,
): Promise<ThrottleReason | null> {
  const found = await readRow(
    db,
    heldRow,
    sql`
        select reason, until, mailbox
        from standstill(${campaign}, ${at.toISOString()}::timestamptz)`,
  )
  if (found === undefined) return null
  const { mailbox, ...held } = found
  return mailbox === null ? held : { ...held, mailbox }
}
