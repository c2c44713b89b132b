// sql · why a campaign stands still by the rules of the house, and until when
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import { moment } from '../platform/database/values.ts'

export const throttleReasons = ['quiet_hours', 'warm_up', 'cap', 'local_time'] as const

export interface ThrottleReason {
  readonly reason: (typeof throttleReasons)[number]
  /** When the first of those who wait may go. */
  readonly until: Date
  /** Whose limit it is, where one mailbox provider's holds them back. */
  readonly mailbox?: string
}

const heldRow = z.object({
  reason: z.enum(throttleReasons),
  until: moment,
  mailbox: z.string().nullable(),
})

/**
 * Null where one of its batches may go now, or none is left that nobody posted yet. Of several lanes that wait, the one that
 * goes on first says why.
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
