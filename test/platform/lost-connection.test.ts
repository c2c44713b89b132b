// shell · a database that ends connections: what is under way fails in one piece, the process and the pool live on (I4)
import { connect, createServer, type Socket } from 'node:net'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { type OpenDatabase, openDatabase, type Tx } from '../../src/platform/database/database.ts'
import { readRow } from '../../src/platform/database/rows.ts'
import { eventually } from '../support/client.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let admin: postgres.Sql
let pool: OpenDatabase
const broken: unknown[] = []
const note = (error: unknown): void => void broken.push(error)

beforeAll(async () => {
  database = await createDatabase()
  admin = postgres(database.adminUrl, { max: 1, onnotice: () => {} })
  await admin`create table written (what text)`
  await admin`grant insert, select on written to assent_app`
  pool = openDatabase(database.appUrl, { connections: 2, applicationName: 'victim' })
  process.on('uncaughtException', note)
})

afterAll(async () => {
  process.off('uncaughtException', note)
  await pool.close()
  await admin.end()
  await database.drop()
})

const backendRow = z.object({ pid: z.int() })
const backendOf = async (tx: Tx): Promise<number | undefined> =>
  (await readRow(tx, backendRow, sql`select pg_backend_pid() as pid`))?.pid

/** Ends the pool's connections, or the one with this process id, and waits until they are gone. */
async function endConnections(pid = 0): Promise<void> {
  const ended = await admin<{ pid: number }[]>`
    select pid from pg_stat_activity
    where application_name = 'victim' and datname = current_database() and (${pid}::int = 0 or pid = ${pid}::int)`
  for (const each of ended) await admin`select pg_terminate_backend(${each.pid}, 5000)`
}

const insert = (what: string) => sql`insert into written (what) values (${what})`
const written = async (): Promise<readonly string[]> =>
  (await admin<{ what: string }[]>`select what from written order by what`).map(({ what }) => what)

describe('a statement whose connection is ended while it runs', () => {
  it('fails, and leaves nothing of its failure to the statement after it', async () => {
    const both = (seconds: number) =>
      Promise.allSettled([1, 2].map(() => pool.db.execute(sql`select pg_sleep(${seconds}::float8)`)))
    await both(0.01)
    const ended = both(20)
    await eventually(async () => {
      const [row] = await admin<{ running: number }[]>`
        select count(*)::int as running from pg_stat_activity
        where application_name = 'victim' and datname = current_database() and query like '%pg_sleep%' and state = 'active'`
      return row?.running === 2 ? true : null
    })
    await endConnections()
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect((await both(0.01)).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  })
})

describe('a transaction whose connection is ended between two of its statements', () => {
  it('writes nothing, neither what came before nor what comes after', async () => {
    const before = Promise.resolve()
    let tried: Promise<unknown> = before
    const lost = pool.db.transaction(async (tx) => {
      await tx.execute(insert('before'))
      await endConnections(await backendOf(tx))
      // The pool has given the place of that connection to somebody else by now.
      await Promise.all([1, 2, 3, 4].map(() => pool.db.execute(sql`select 1`)))
      tried = tx.execute(insert('after'))
      await tried
    })
    await expect(lost).rejects.toThrow()
    await eventually(async () => (tried === before ? null : true))
    await expect(tried).rejects.toThrow()
    expect(await written()).toEqual([])
  })

  it('does not meddle with the transactions that follow on its place', async () => {
    let finish = (): void => {}
    const zombie = pool.db.transaction(async (tx) => {
      await endConnections(await backendOf(tx))
      await new Promise<void>((resolve) => (finish = resolve))
    })
    await expect(zombie).rejects.toThrow()
    const others = [1, 2].map((number) =>
      pool.db.transaction(async (tx) => {
        await tx.execute(insert(`half of ${number}`))
        finish() // Now the lost one would commit.
        await new Promise((resolve) => setTimeout(resolve, 50))
        throw new Error('changed its mind')
      }),
    )
    await Promise.allSettled(others)
    expect(await written()).toEqual([])
  })
})

describe('a pool whose connections are ended again and again while it works', () => {
  it('answers every statement, well or badly, and works once they are left in peace', async () => {
    for (let round = 0; round < 40; round += 1) {
      const work = Array.from({ length: 6 }, (_, index) =>
        index % 2 === 0
          ? pool.db.execute(sql`select ${index}::int`)
          : pool.db.transaction(async (tx) => {
              await tx.execute(sql`select ${index}::int`)
              await tx.execute(sql`select pg_sleep(0.002)`)
            }),
      )
      const ending = endConnections()
      const settled = Promise.allSettled(work)
      const late = new Promise((resolve) => setTimeout(resolve, 5000, 'late').unref())
      expect(await Promise.race([settled, late])).not.toBe('late')
      await ending
    }
    expect(await pool.db.execute(sql`select 1 as one`)).toMatchObject([{ one: 1 }])
    expect(broken).toEqual([])
  })
})

describe('a database that resets every connection, as it does after the crash of one of its processes', () => {
  it('is asked again a second after it is back, however many connections were lost meanwhile', async () => {
    const house = { open: true }
    const held = new Set<Socket>()
    const server = new URL(database.appUrl)
    const door = createServer((visitor) => {
      if (!house.open) {
        visitor.resetAndDestroy()
        return
      }
      const behind = connect(Number(server.port), server.hostname)
      for (const socket of [visitor, behind]) {
        held.add(socket)
        socket.on('error', () => {}).on('close', () => held.delete(socket))
      }
      visitor.pipe(behind).pipe(visitor)
    })
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
    const address = door.address()
    const url = new URL(server)
    url.port = String(address !== null && typeof address === 'object' ? address.port : 0)
    const behindDoor = openDatabase(url.href, { connections: 10 })
    const ask = async () => {
      const asked = Array.from({ length: 10 }, () => behindDoor.db.execute(sql`select 1 as one`))
      return (await Promise.allSettled(asked)).every(({ status }) => status === 'fulfilled')
    }
    expect(await ask()).toBe(true)
    house.open = false
    for (const socket of held) socket.resetAndDestroy()
    expect(await ask()).toBe(false)
    house.open = true
    const late = new Promise((resolve) => setTimeout(resolve, 5000, 'late').unref())
    const answered = eventually(async () => ((await ask()) ? true : null))
    expect(await Promise.race([answered, late])).toBe(true)
    await behindDoor.close()
    door.close()
  })
})
