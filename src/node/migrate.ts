// entry · migration of a database to this version: numbered migrations, then functions, under one advisory lock
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator'
import type postgres from 'postgres'
import * as z from 'zod'
import { openDatabase } from '../platform/database/database.ts'
import { checkRows, whole } from '../platform/database/values.ts'

/** Refuses a start, with the sentence to print. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused'
}

/** Arbitrary, the same in every version: one migration at a time per database. */
const advisoryLock = 4_702_111_234

/**
 * Migrates as the owner and grants the app role its privileges. Safe to repeat and to run concurrently. Throws MigrationRefused for
 * a database of a newer version or another program.
 */
export async function migrate(options: {
  ownerUrl: string
  appRole: string | null
  folder?: string
}): Promise<void> {
  const folder = options.folder ?? path.join(process.cwd(), 'drizzle')
  const known = readMigrationFiles({ migrationsFolder: folder })
  const open = () => openDatabase(options.ownerUrl, { connections: 1, prepares: false })
  const [lock, owner] = [open(), open()]
  try {
    // Held by a separate transaction: behind a pooler, a session lock would never be released.
    await lock.client.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(${advisoryLock})`
      await refuseForeign(owner.client, known)
      await applyMigrations(drizzle(owner.client), { migrationsFolder: folder })
      await applyFunctions(owner.client, path.join(folder, 'functions'), options.appRole)
    })
  } finally {
    await Promise.all([lock.close(), owner.close()])
  }
}

async function refuseForeign(client: postgres.Sql, known: readonly MigrationMeta[]): Promise<void> {
  const [journal] = checkRows(
    journalRow,
    await client`
      select to_regclass('drizzle.__drizzle_migrations') is not null as exists,
        (select count(*)::int from pg_tables where schemaname = 'public') as tables`,
  )
  if (journal?.exists !== true) {
    if ((journal?.tables ?? 0) > 0)
      throw new MigrationRefused(
        'The database holds tables of another program; give Assent an empty database of its own.',
      )
    return
  }
  const applied = checkRows(
    migrationRow,
    await client`select hash from drizzle.__drizzle_migrations order by created_at`,
  )
  const foreign = applied.filter(({ hash }) => !known.some((migration) => migration.hash === hash))
  if (foreign.length > 0)
    throw new MigrationRefused(
      `The database was written by a newer or foreign version (${foreign.length} unknown migrations); start that version, or give Assent another database.`,
    )
}

const journalRow = z.object({ exists: z.boolean(), tables: whole })
const migrationRow = z.object({ hash: z.string() })

/** All functions, triggers and grants; skipped if the same texts were applied before. */
async function applyFunctions(client: postgres.Sql, folder: string, appRole: string | null): Promise<void> {
  const names = (await readdir(folder))
    .filter((name) => name.endsWith('.sql') && name !== 'grants.sql')
    .sort()
  const texts = await Promise.all(
    [...names, 'grants.sql'].map((name) => readFile(path.join(folder, name), 'utf8')),
  )
  const hash = createHash('sha256')
    .update(texts.join('\0'))
    .update(appRole ?? '')
    .digest('hex')
  const [applied] = checkRows(appliedRow, await client`select value from deployment where name = 'functions'`)
  if (applied?.value === hash) return
  await client.begin(async (tx) => {
    await tx`select set_config('assent.app_role', ${appRole ?? ''}, true)`
    for (const text of texts) await tx.unsafe(text)
    await tx`insert into deployment (name, value) values ('functions', ${hash})
      on conflict (name) do update set value = excluded.value`
  })
}

const appliedRow = z.object({ value: z.string() })
