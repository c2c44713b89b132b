// shell · an acknowledged act is committed, whatever proxy stands in front of PostgreSQL (I4)
import { type SQL, sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import * as z from 'zod'
import { connectionFinding } from '../../src/cli/connection.ts'
import { migrate } from '../../src/node/migrate.ts'
import { type OpenDatabase, openDatabase } from '../../src/platform/database/database.ts'
import { detectPooler } from '../../src/platform/database/pooler.ts'
import { readPrepared } from '../../src/platform/database/prepared.ts'
import { codeOf } from '../../src/platform/failures.ts'
import { startAbortingProxy } from '../support/aborting-proxy.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { installed, type PgBouncer, startPgBouncer, tracksPrepared } from '../support/pgbouncer.ts'
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
    const relay = await startAbortingProxy(database.appUrl)
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

  it('is detected by the check at the start', async () => {
    const relay = await startAbortingProxy(database.appUrl)
    await expect(detectPooler(relay.url)).rejects.toMatchObject({ code: '40000' })
    relay.stop()
  })
})

describe('PostgreSQL without anything before it', () => {
  it('is recognised', async () => {
    expect(await detectPooler(database.appUrl)).toEqual({ pooler: 'none', commitsHold: true })
  })
})

const poolers = [
  ...installed.map(({ program, version }) => ({
    name: `PgBouncer ${version} that does not track prepared statements`,
    program,
    maxPrepared: tracksPrepared(version) ? 0 : null,
    pooler: 'forgetful' as const,
  })),
  ...installed
    .filter(({ version }) => tracksPrepared(version))
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

  it('is recognised', async () => {
    const through = bouncer.through(database.appUrl)
    expect(await detectPooler(through)).toEqual({ pooler, commitsHold: true })
    const { holds, sentence } = await connectionFinding({ databaseUrl: through }, through)
    expect(holds).toBe(true)
    expect(sentence).toMatch(
      pooler === 'tracking' ? /keeps prepared/ : /does not keep prepared.*max_prepared_statements/,
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

  it('keeps the work around a rolled-back savepoint, and nothing within it', async () => {
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

  it('answers each of many that come at once to a new pool, whatever they wait behind', async () => {
    for (let round = 0; round < 40; round += 1) {
      const fresh = openDatabase(bouncer.through(database.appUrl), { connections: 20 })
      const transaction = (statement: SQL) => fresh.db.transaction((tx) => tx.execute(statement))
      await Promise.all(Array.from({ length: 30 }, () => transaction(sql`select 1`)))
      await Promise.all([
        ...Array.from({ length: 40 }, (_, index) =>
          readPrepared(fresh.db, nothing, insert(`${pooler} fresh ${round} ${index}`)),
        ),
        ...Array.from({ length: 10 }, () => transaction(sql`select pg_sleep(0.002)`)),
      ])
      await fresh.close()
    }
    expect(await written(`${pooler} fresh %`)).toBe(40 * 40)
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
      maxPrepared: tracksPrepared(version) ? 0 : null,
    })
    onTestFinished(() => bouncer.stop())
    return bouncer
  }

  it('session: needs nothing', async () => {
    const bouncer = await start('session')
    expect(await detectPooler(bouncer.through(database.appUrl))).toEqual({
      pooler: 'none',
      commitsHold: true,
    })
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
