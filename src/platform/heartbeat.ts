// shell · heartbeats by the database clock: leases of a dead process are taken over before they end
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { aliveSpace, sessionHolders } from './database/alive.ts'
import type { Executor } from './database/database.ts'
import { readRows } from './database/rows.ts'
import { moment } from './database/values.ts'
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

/** A process whose lock was free when looked for, with its last beat at that time. */
export type Gone = Readonly<z.output<typeof goneRow>>

const goneRow = z.object({ holder: z.string(), seen: moment })

/** A beat is missing then, however late the others are. */
const silentSeconds = 3

/**
 * Processes that hold their lock no longer: PostgreSQL frees it with the connection, at once where the process was killed. A
 * living one may have lost its connection and takes the lock again, so that one look alone proves nothing.
 */
export const findGone = (db: Executor): Promise<readonly Gone[]> =>
  readRows(db, goneRow, sql`select h.holder, h.seen_at as seen from heartbeats as h where ${isLockFree}`)

const isLockFree: SQL = sql`
  h.holder like ${sessionHolders}
  and h.seen_at < now() - ${silentSeconds} * interval '1 second'
  and not exists (
    select from pg_locks as l
    where l.locktype = 'advisory' and l.classid = ${aliveSpace} and l.objid = (hashtext(h.holder) & 2147483647)::oid
      and l.database = (select d.oid from pg_database as d where d.datname = current_database()))`

/**
 * Deletes dead processes and returns their holders, in the transaction that takes over their leases: those without a beat for ten
 * seconds, and those in `gone`, found at the look before, that neither beat nor locked since. A time ahead of the database clock
 * was written before that clock was set back.
 */
export async function removeDead(tx: Executor, gone: readonly Gone[] = []): Promise<readonly string[]> {
  const before = JSON.stringify(gone)
  const rows = await readRows(
    tx,
    deadRow,
    sql`
      delete from heartbeats as h
      where h.seen_at not between now() - ${deadAfterSeconds} * interval '1 second'
          and now() + ${deadAfterSeconds} * interval '1 second'
        or (${isLockFree} and (h.holder, h.seen_at) in (
          select g.holder, g.seen from jsonb_to_recordset(${before}::jsonb) as g (holder text, seen timestamptz)))
      returning h.holder`,
  )
  return rows.map(({ holder }) => holder)
}

const deadRow = z.object({ holder: z.string() })
