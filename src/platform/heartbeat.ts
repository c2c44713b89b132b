// shell · which processes are alive, by the clock of the database: what a dead one held need not wait for the end of its lease
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from './database/database.ts'
import { readRows } from './database/rows.ts'
import type { Deps } from './deps.ts'

export const beatMilliseconds = 2000
/** Several beats may be late. A process that was only asleep finds its batches taken over, under the keys it would have used. */
const deadAfterSeconds = 10

/** Says that this process is alive. */
export async function beat({ db, holder }: Pick<Deps, 'db' | 'holder'>): Promise<void> {
  await db.execute(sql`
    insert into heartbeats (holder, seen_at) values (${holder}, now())
    on conflict (holder) do update set seen_at = excluded.seen_at`)
}

/**
 * Forgets the processes that are dead, and answers their holders: in the transaction that takes over what they held. A time
 * ahead of the clock of the database was written before that clock was put back.
 */
export async function removeDead(tx: Executor): Promise<readonly string[]> {
  const rows = await readRows(
    tx,
    deadRow,
    sql`
      delete from heartbeats
      where seen_at not between now() - ${deadAfterSeconds} * interval '1 second'
        and now() + ${deadAfterSeconds} * interval '1 second'
      returning holder`,
  )
  return rows.map(({ holder }) => holder)
}

const deadRow = z.object({ holder: z.string() })
