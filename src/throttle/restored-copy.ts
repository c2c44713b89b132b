// sql · whether this is the deployment it was, or a copy of it: a restored backup mails nobody until an operator says so
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'

/**
 * The cluster and the database in it. A dump that is restored has another, in another cluster or in the same. A major upgrade
 * of PostgreSQL changes it too; a restart, a failover and a new version of Assent do not.
 */
const here = sql`(
  select s.system_identifier || '/' || b.oid
  from pg_control_system() as s, pg_database as b
  where b.datname = current_database())`

/** A condition: whether mail may be handed over from here. Asked with each claim, so that no process need be restarted. */
export const isOriginal: SQL = sql`
  not exists (
    select from deployment as home
    where home.name = 'held' or (home.name = 'home' and home.value <> ${here}))`

/** `copied`: it was restored or copied, files or database. `stopped`: an operator said so. */
export type SendHold = 'copied' | 'stopped'

/** Why nothing is sent; null where it is. */
export async function whyHeld(db: Executor): Promise<SendHold | null> {
  const row = await readRow(
    db,
    holdRow,
    sql`
      select ${isOriginal} as home, (select value from deployment where name = 'held') as held`,
  )
  if (row === undefined || row.home) return null
  return row.held === 'stopped' ? 'stopped' : 'copied'
}

const holdRow = z.object({ home: z.boolean(), held: z.string().nullable() })

/**
 * At each start, as the owner: the first one remembers where it is, the later ones compare. `folder` is what tells the data
 * folder from a copy of it; null where the database is not in one.
 */
export async function recordDeployment(db: Executor, folder: string | null): Promise<void> {
  await db.execute(sql`
    insert into deployment (name, value) select 'home', ${here} on conflict (name) do nothing`)
  if (folder === null) return
  await db.execute(sql`
    insert into deployment (name, value) values ('home_folder', ${folder}) on conflict (name) do nothing`)
  await db.execute(sql`
    insert into deployment (name, value)
    select 'held', 'copied' from deployment where name = 'home_folder' and value <> ${folder}
    on conflict (name) do nothing`)
}

/** As the owner: nothing is sent from now on. */
export async function holdSending(db: Executor): Promise<void> {
  await db.execute(sql`
    insert into deployment (name, value) values ('held', 'stopped') on conflict (name) do nothing`)
}

/** As the owner: this is home from now on. */
export async function allowSending(db: Executor, folder: string | null): Promise<void> {
  await db.execute(sql`delete from deployment where name in ('held', 'home', 'home_folder')`)
  await recordDeployment(db, folder)
}
