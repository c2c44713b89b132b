// sql · bounds on the sign-up queue: requests that wait for processing, and requests that wait for confirmation
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import { memo } from '../platform/memory/memo.ts'

export interface QueueLength {
  readonly received: number
  readonly open: number
}

/** One to two minutes of processing; 100 to 200 MB, since a form usually has one or two KiB, and 64 KiB at most. */
const maxReceived = 100_000
/** Six gigabytes including subscribers, subscriptions and evidence; each request is closed when its link expires. */
const maxOpen = 1_000_000

/** A count is reused for 5 seconds: a burst exceeds the bound by the sign-ups of that time. */
const cachedLength = memo<'queue', QueueLength>({ max: 1, lifetimeMs: 5000, sharesLoads: true })

/** Seconds until a stranger may try again; null while the queue has room. `onFull`: called when a fresh count is full. */
export async function secondsUntilRoom(
  db: Executor,
  now: Date,
  onFull: (length: QueueLength) => void,
): Promise<number | null> {
  const length = await cachedLength.get({ of: db, now }, 'queue', async () => {
    const found = await queueLength(db)
    if (secondsFor(found) !== null) onFull(found)
    return found
  })
  return secondsFor(length)
}

const secondsFor = ({ received, open }: QueueLength): number | null => {
  if (received >= maxReceived) return 60
  return open >= maxOpen ? 3600 : null
}

/**
 * Received requests are counted in their partial index. Open ones are autovacuum's last estimate: counting a million would take
 * half a second, and a tenth more or less does not matter.
 */
async function queueLength(db: Executor): Promise<QueueLength> {
  const row = await readRow(
    db,
    lengthRow,
    sql`
      select
        (select count(*)::int
         from (select from signup_requests where state = 'received' limit ${maxReceived}) as waiting) as received,
        (select reltuples::int from pg_class where oid = 'signup_requests_expiry'::regclass) as open`,
  )
  return row ?? { received: 0, open: 0 }
}

const lengthRow = z.object({ received: whole, open: whole })
