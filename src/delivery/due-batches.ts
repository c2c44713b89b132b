// sql · whose turn it is: the batches that may go now, for every worker and both runtimes. Decided in drizzle/functions
import { type SQL, sql } from 'drizzle-orm'
import { isOriginal } from '../throttle/restored-copy.ts'

export interface BatchName {
  readonly campaign: number
  readonly batchNo: number
}

export interface Asking {
  /** Of whoever asks: hours and days, like schedules, go by it; leases and permission go by the database's own. */
  readonly at: Date
  /** After this long nothing is posted again by itself. */
  readonly keyLifeHours: number
  /** Name of the mailer. */
  readonly provider: string
  /** A condition: whether it takes anything now. */
  readonly isOpen: SQL
}

/** The time of the question, for a function of pace.sql. */
export const timeOf = ({ at }: Pick<Asking, 'at'>): SQL => sql`${at.toISOString()}::timestamptz`

/**
 * The batches that may go now, at most `most`, in the order they are sent. Rows: campaign, batch_no, size, counted_at, and rules
 * and mailbox, which are null where nothing is to be counted. One that another worker holds is left out where they are locked.
 */
export const dueBatches = (
  asking: Asking,
  { most, locking, which = null }: { most: number; locking: boolean; which?: BatchName | null },
): SQL => sql`
  select * from batches_in_turn(${timeOf(asking)}, ${asking.keyLifeHours} * interval '1 hour', ${most}, ${locking},
    ${which?.campaign ?? null}, ${which?.batchNo ?? null})
  where ${asking.isOpen}`

/** In how many seconds this batch may go, 0 at least; null where it is settled, or its campaign is not being sent. */
export const secondsUntilDueSql = (asking: Asking, { campaign, batchNo }: BatchName): SQL => sql`
  select seconds_to_turn(${timeOf(asking)}, ${asking.keyLifeHours} * interval '1 hour', ${asking.provider}, ${isOriginal},
    ${campaign}, ${batchNo}) as seconds`
