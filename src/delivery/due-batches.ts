// sql · due batches, in the order of sending, for every worker and both runtimes. Decided in drizzle/functions
import { type SQL, sql } from 'drizzle-orm'
import { isOriginal } from '../throttle/restored-copy.ts'

export interface BatchName {
  readonly campaign: number
  readonly batchNo: number
}

export interface DueQuery {
  /** The caller's clock, which hours, days and schedules go by; leases and permission go by the database's clock. */
  readonly at: Date
  /** After this time nothing is posted again automatically. */
  readonly keyLifeHours: number
  /** Name of the mailer. */
  readonly provider: string
  /** A condition: whether the provider takes anything now. */
  readonly isOpen: SQL
}

/** The caller's time, as an argument for a function of pace.sql. */
export const timeOf = ({ at }: Pick<DueQuery, 'at'>): SQL => sql`${at.toISOString()}::timestamptz`

/**
 * The batches that are due, at most `most`, in the order of sending. Rows: campaign, batch_no, size, counted_at, and rules
 * and mailbox, which are null where nothing is to be counted. With `locking`, batches locked by another worker are left out.
 */
export const dueBatches = (
  query: DueQuery,
  { most, locking, which = null }: { most: number; locking: boolean; which?: BatchName | null },
): SQL => sql`
  select * from batches_in_turn(${timeOf(query)}, ${query.keyLifeHours} * interval '1 hour', ${most}, ${locking},
    ${which?.campaign ?? null}, ${which?.batchNo ?? null})
  where ${query.isOpen}`

/** Seconds until this batch is due, at least 0; null where it is settled, or its campaign is not being sent. */
export const secondsUntilDue = (query: DueQuery, { campaign, batchNo }: BatchName): SQL => sql`
  select seconds_to_turn(${timeOf(query)}, ${query.keyLifeHours} * interval '1 hour', ${query.provider}, ${isOriginal},
    ${campaign}, ${batchNo}) as seconds`
