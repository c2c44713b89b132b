// shell · heartbeats by the database clock: leases of a dead process are taken over before they end
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from './database/database.ts'
import { readRows } from './database/rows.ts'
import type { Deps } from './deps.ts'

export const beatMilliseconds = 2000
/** Tolerates several late beats. A process that only slept finds its batches taken over, under the same keys. */
const deadAfterSeconds = 10

/** Records that this process is alive. */
export async function beat({ db, holder }: Pick<Deps, 'db' | 'holder'>): Promise<void> {
  await db.execute(sql`
    insert into heartbeats (holder, seen_at) values (${holder}, now())
    on conflict (holder) do update set seen_at = excluded.seen_at`)
}

/**
 * Deletes dead processes and returns their holders, in the transaction that takes over their leases. A time ahead of the
 * database clock was written before that clock was set back.
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
