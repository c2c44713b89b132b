// shell · an act that was answered as done is committed, whatever stands between us and PostgreSQL (I4)
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import * as z from 'zod'
import { connectionFinding } from '../../src/cli/connection.ts'
import { migrate } from '../../src/node/migrate.ts'
import { type OpenDatabase, openDatabase } from '../../src/platform/database/database.ts'
import { lookBetween } from '../../src/platform/database/pooler.ts'
import { readPrepared } from '../../src/platform/database/prepared.ts'
import { codeOf } from '../../src/platform/failures.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { startLyingRelay } from '../support/lying-relay.ts'
import { installed, type PgBouncer, startPgBouncer, tracks } from '../support/pgbouncer.ts'
import { runScript } from '../support/script.ts'

let database: TestDatabase
let admin: postgres.Sql

beforeAll(async () => {
  database = await createDatabase()
  admin = postgres(database.adminUrl, { max: 1, onnotice: () => {} })
  await admin`create table written (what text primary key)`
  await admin`grant insert, select on written to assent_app`
})
afterAll(async () => {
  await admin.end()
  await database.drop()
})

const nothing = z.object({})
const insert = (what: string) => sql`insert into written (what) values (${what})`
const written = async (like: string): Promise<number> => {
  const [row] = await admin<{ n: number }[]>`select count(*)::int as n from written where what like ${like}`
  return row?.n ?? 0
}

describe('a commit that is answered by ROLLBACK', () => {
  it('is an error that may pass, never success', async () => {
    const relay = await startLyingRelay(database.appUrl)
    const { db, close } = openDatabase(relay.url, { connections: 2 })
    const error: unknown = await db
      .transaction((tx) => tx.execute(insert('relayed')))
      .then(
        () => null,
        (thrown: unknown) => thrown,
      )
    expect(codeOf(error)).toBe('40000')
    expect(await written('relayed')).toBe(0)
    await close()
    relay.stop()
  })

  it('is found by the look at the start', async () => {
    const relay = await startLyingRelay(database.appUrl)
    await expect(lookBetween(relay.url)).rejects.toMatchObject({ code: '40000' })
    relay.stop()
  })
})

describe('PostgreSQL without anything before it', () => {
  it('is seen as such', async () => {
    expect(await lookBetween(database.appUrl)).toEqual({ pooler: 'none', commitsHold: true })
  })
})

const poolers = [
  ...installed.map(({ program, version }) => ({
    name: `PgBouncer ${version} that does not track prepared statements`,
    program,
    maxPrepared: tracks(version) ? 0 : null,
    pooler: 'forgetful' as const,
  })),
  ...installed
    .filter(({ version }) => tracks(version))
    .map(({ program, version }) => ({
      name: `PgBouncer ${version} that tracks prepared statements`,
      program,
      maxPrepared: 200,
      pooler: 'tracking' as const,
    })),
]

if (poolers.length === 0) it.skip('PgBouncer is not installed: nothing was tried through it', () => {})
if (!poolers.some(({ pooler }) => pooler === 'tracking'))
  it.skip('no PgBouncer that tracks prepared statements (1.21 or newer; PGBOUNCER may name one) is installed', () => {})

describe.each(poolers)('$name, in transaction mode', ({ program, maxPrepared, pooler }) => {
  let bouncer: PgBouncer
  let pool: OpenDatabase
  beforeAll(async () => {
    await admin`truncate written`
    bouncer = await startPgBouncer({
      program,
      mode: 'transaction',
      server: database.appUrl,
      urls: [database.appUrl, database.ownerUrl, database.adminUrl],
      maxPrepared,
    })
    pool = openDatabase(bouncer.through(database.appUrl), { connections: 20 })
  })
  afterAll(async () => {
    await pool.close()
    await bouncer.stop()
  })

  it('is seen as what it is', async () => {
    const through = bouncer.through(database.appUrl)
    expect(await lookBetween(through)).toEqual({ pooler, commitsHold: true })
    const { holds, sentence } = await connectionFinding({ databaseUrl: through }, through)
    expect(holds).toBe(true)
    expect(sentence).toMatch(
      pooler === 'tracking' ? /keeps prepared/ : /forgets prepared.*max_prepared_statements/,
    )
  })

  it('keeps each of two hundred transactions that were said to be committed', async () => {
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        pool.db.transaction((tx) => tx.execute(insert(`${pooler} plain ${index}`))),
      ),
    )
    expect(await written(`${pooler} plain %`)).toBe(200)
  })

  it('keeps what surrounds a savepoint that was rolled back, and nothing of it', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        pool.db.transaction(async (tx) => {
          await tx.execute(insert(`${pooler} outer ${index}`))
          await tx
            .transaction(async (inner) => {
              await inner.execute(insert(`${pooler} inner ${index}`))
              throw new Error('changed its mind')
            })
            .catch(() => {})
          await tx.transaction((inner) => inner.execute(insert(`${pooler} second ${index}`)))
        }),
      ),
    )
    expect(await written(`${pooler} outer %`)).toBe(50)
    expect(await written(`${pooler} second %`)).toBe(50)
    expect(await written(`${pooler} inner %`)).toBe(0)
  })

  it('answers statements that are asked again and again, prepared or not', async () => {
    const often = (index: number) => readPrepared(pool.db, nothing, insert(`${pooler} often ${index}`))
    for (let round = 0; round < 4; round += 1)
      await Promise.all([
        ...Array.from({ length: 40 }, (_, index) => often(40 * round + index)),
        ...Array.from({ length: 10 }, () =>
          pool.db.transaction((tx) => tx.execute(sql`select pg_sleep(0.002)`)),
        ),
      ])
    expect(await written(`${pooler} often %`)).toBe(160)
    expect(pool.client.options.prepare).toBe(pooler === 'tracking')
  })

  it('lets an empty database be migrated, by two at once and again, and no lock stays behind', async () => {
    const name = `empty_${pooler}`
    await admin`create database ${admin(name)} owner assent_owner template template0`
    try {
      const at = (url: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href
      const ownerUrl = bouncer.through(at(database.ownerUrl))
      const once = () => migrate({ ownerUrl, appRole: 'assent_app' })
      await Promise.all([once(), once()])
      await once()
      const owner = postgres(at(database.ownerUrl), { max: 1 })
      const [left] = await owner<{ locks: number; tables: number }[]>`
        select (select count(*)::int from pg_locks as l where l.locktype = 'advisory' and l.database =
            (select oid from pg_database where datname = current_database())) as locks,
          (select count(*)::int from pg_tables where schemaname = 'public') as tables`
      await owner.end()
      expect(left?.locks).toBe(0)
      expect(left?.tables).toBeGreaterThan(20)
    } finally {
      await admin`drop database ${admin(name)} with (force)`
    }
  })
})

describe.each(installed)('PgBouncer $version in another mode', ({ program, version }) => {
  const start = async (mode: 'session' | 'statement') => {
    const bouncer = await startPgBouncer({
      program,
      mode,
      server: database.appUrl,
      urls: [database.appUrl],
      maxPrepared: tracks(version) ? 0 : null,
    })
    onTestFinished(() => bouncer.stop())
    return bouncer
  }

  it('session: needs nothing', async () => {
    const bouncer = await start('session')
    expect(await lookBetween(bouncer.through(database.appUrl))).toEqual({ pooler: 'none', commitsHold: true })
  })

  it('statement: lets no transaction pass, which the start says in one line', async () => {
    const bouncer = await start('statement')
    const said = await runScript('start', [], {
      DATABASE_URL: bouncer.through(database.appUrl),
      SECRET: Buffer.alloc(32, 1).toString('base64'),
    })
    expect(said).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^DATABASE_URL leads through a pooler in statement mode.*session\.\n$/),
    })
  })
})
