// sql · restored copies: a deployment restored from a backup sends nothing until an operator allows it
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'

/**
 * The identity of the cluster and its database. A restored dump has another, in another cluster or in the same. A major
 * upgrade of PostgreSQL changes it too; a restart, a failover and a new version of Assent do not.
 */
const here = sql`(
  select s.system_identifier || '/' || b.oid
  from pg_control_system() as s, pg_database as b
  where b.datname = current_database())`

/** A condition: whether mail may be handed over from here. Checked with each claim, so that a change needs no restart. */
export const isOriginal: SQL = sql`
  not exists (
    select from deployment as home
    where home.name = 'held' or (home.name = 'home' and home.value <> ${here}))`

/** `copied`: files or database were restored or copied. `stopped`: an operator stopped sending. */
export type SendHold = 'copied' | 'stopped'

/** Why nothing is sent; null where sending is allowed. */
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
 * Runs at each start, as the owner: the first start records the deployment's identity, later starts compare. `folder` tells
 * the data folder from a copy of it; null where the database is not in one.
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

/** Runs as the owner. Stops all sending. */
export async function holdSending(db: Executor): Promise<void> {
  await db.execute(sql`
    insert into deployment (name, value) values ('held', 'stopped') on conflict (name) do nothing`)
}

/** Runs as the owner. Makes this deployment the original, and allows sending. */
export async function allowSending(db: Executor, folder: string | null): Promise<void> {
  await db.execute(sql`delete from deployment where name in ('held', 'home', 'home_folder')`)
  await recordDeployment(db, folder)
}
