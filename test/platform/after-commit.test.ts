// adapter · what waits for a commit happens after it, and only then: never for what was rolled back
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findListSoon } from '../../src/lists/find.ts'
import { afterCommit } from '../../src/platform/database/after-commit.ts'
import type { Database, Executor } from '../../src/platform/database/database.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { openTestApp, type TestApp } from '../support/house.ts'
import { ownerKey } from '../support/running.ts'

let house: TestApp
let db: Database
beforeAll(async () => {
  house = await openTestApp({ connections: 2 })
  db = house.deps.db
  await house.owner.unsafe(`
    create table marks (name text unique deferrable initially deferred);
    grant select, insert on marks to assent_app`)
})
afterAll(() => house.close())

/** What happened, in this order. */
const happened: string[] = []
afterEach(() => {
  happened.length = 0
})
const later = (on: Executor, what: string): void => afterCommit(on, () => void happened.push(what))

const mark = (on: Executor, name: string) => on.execute(sql`insert into marks values (${name})`)
const isMarked = async (name: string): Promise<boolean> =>
  (await house.owner`select from marks where name = ${name}`).length > 0

describe('what waits for a commit', () => {
  it('happens when others can see what was written, in the order in which it was said', async () => {
    const seen: Promise<boolean>[] = []
    await db.transaction(async (tx) => {
      await mark(tx, 'seen')
      afterCommit(tx, () => void seen.push(isMarked('seen')))
      later(tx, 'first')
      later(tx, 'second')
      expect([happened, await isMarked('seen')]).toEqual([[], false])
    })
    expect(happened).toEqual(['first', 'second'])
    expect(await Promise.all(seen)).toEqual([true])
  })

  it('happens at once where there is no transaction', () => {
    later(db, 'now')
    expect(happened).toEqual(['now'])
  })

  it('is dropped by a rollback, and does not turn up in the next transaction of the connection', async () => {
    const failing = db.transaction(async (tx) => {
      later(tx, 'never')
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    await db.transaction(async (tx) => later(tx, 'next'))
    expect(happened).toEqual(['next'])
  })

  it('is dropped where the database refuses the commit itself', async () => {
    await mark(db, 'twice')
    const failing = db.transaction(async (tx) => {
      await mark(tx, 'twice')
      later(tx, 'never')
    })
    await expect(failing).rejects.toMatchObject({ code: '23505' })
    expect(happened).toEqual([])
  })

  it('waits in a savepoint for the transaction around it', async () => {
    await db.transaction(async (tx) => {
      await tx.transaction(async (inner) => {
        await inner.transaction(async (innermost) => later(innermost, 'innermost'))
        later(inner, 'inner')
      })
      expect(happened).toEqual([])
      later(tx, 'outer')
    })
    expect(happened).toEqual(['innermost', 'inner', 'outer'])
  })

  it('is dropped with the savepoint it was said in, and nothing else is', async () => {
    await db.transaction(async (tx) => {
      later(tx, 'before')
      const undone = tx.transaction(async (inner) => {
        await inner.transaction(async (innermost) => later(innermost, 'never, though it was released'))
        later(inner, 'never')
        throw new Error('undone')
      })
      await expect(undone).rejects.toThrow('undone')
      later(tx, 'after')
    })
    expect(happened).toEqual(['before', 'after'])
  })

  it('is dropped with the transaction around a savepoint that was released', async () => {
    const failing = db.transaction(async (tx) => {
      await tx.transaction(async (inner) => later(inner, 'never'))
      throw new Error('undone')
    })
    await expect(failing).rejects.toThrow('undone')
    expect(happened).toEqual([])
  })

  it('is never taken for done in a transaction of the driver, which nobody watches', async () => {
    const unwatched = drizzle(house.app).transaction(async (tx) => later(tx, 'never'))
    await expect(unwatched).rejects.toThrow('openDatabase')
    expect(happened).toEqual([])
  })
})

describe('an act of the API with an Idempotency-Key, whose answer commits with it', () => {
  const rename = (key: string, name: string) =>
    house.request('/api/v1/lists/letter', {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${ownerKey}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ name }),
    })
  const nameSoon = async (deps: Deps): Promise<string | undefined> =>
    (await findListSoon(deps.db, 'letter', deps.clock()))?.name

  it('is seen by the next reader, whatever was kept in memory before', async () => {
    await house.makeList()
    expect(await nameSoon(house.deps)).toBe('Garden letter')
    expect((await rename('one', 'Letter of the garden')).status).toBe(200)
    expect(await nameSoon(house.deps)).toBe('Letter of the garden')
  })

  it('keeps for others nothing of what only its transaction sees', async () => {
    const undone = db.transaction(async (tx) => {
      await tx.execute(sql`update lists set name = 'Draft' where slug = 'letter'`)
      expect(await nameSoon({ ...house.deps, db: tx })).toBe('Draft')
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    house.later({ seconds: 2 })
    expect(await nameSoon(house.deps)).toBe('Letter of the garden')
  })
})
