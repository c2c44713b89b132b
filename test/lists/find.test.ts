// shell · loading lists for pages, sign-ups and campaigns: whole, and several as cheaply as one
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findList, listByNumber, listsById, listsByNumber } from '../../src/lists/find.ts'
import type { List } from '../../src/lists/list.ts'
import type { Database } from '../../src/platform/database/database.ts'
import { listSettings, openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let made: readonly TestList[]
let client: postgres.Sql
let db: Database
const asked: string[] = []

beforeAll(async () => {
  house = await openTestApp()
  const [clicks, offers] = listSettings.purposes
  made = [
    await house.makeList({ slug: 'bees', name: 'Bees', purposes: [clicks] }),
    await house.makeList({ slug: 'trees', name: 'Trees', purposes: [clicks, offers] }),
    await house.makeList({ slug: 'seeds', name: 'Seeds', purposes: [] }),
  ]
  client = postgres(house.database.appUrl, {
    max: 1,
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
    debug: (_, query) => void asked.push(query),
  })
  db = drizzle(client)
  await listByNumber(db, 1)
})
afterAll(async () => {
  await client.end()
  await house.close()
})

const nobodys = '00000000-0000-7000-8000-000000000000'

const keysOf = ({ slug, purposes }: List) => [slug, purposes.map(({ key }) => key)]

/** Number of queries an act makes. */
async function queriesOf(act: () => Promise<unknown>): Promise<number> {
  const before = asked.length
  await act()
  return asked.length - before
}

describe('several lists at once', () => {
  it('are each as whole as a list loaded by itself', async () => {
    const alone = await Promise.all(made.map(({ number }) => listByNumber(db, number)))
    expect(
      await listsByNumber(
        db,
        made.map(({ number }) => number),
      ),
    ).toEqual(alone)
    const byId = await listsById(
      db,
      made.map(({ id }) => id),
    )
    expect(made.map(({ id }) => byId.get(id))).toEqual(alone)
    expect(alone.flatMap((list) => (list === null ? [] : [keysOf(list)]))).toEqual([
      ['bees', ['newsletter', 'clicks']],
      ['trees', ['newsletter', 'clicks', 'offers']],
      ['seeds', ['newsletter']],
    ])
  })

  it('cost as many queries as one', async () => {
    const ids = made.map(({ id }) => id)
    const one = await queriesOf(() => listsById(db, ids.slice(0, 1)))
    expect(one).toBeGreaterThan(0)
    expect(await queriesOf(() => listsById(db, ids))).toBe(one)
    expect(
      await queriesOf(() =>
        listsByNumber(
          db,
          made.map(({ number }) => number),
        ),
      ),
    ).toBe(one)
  })

  it('leave out what no list has: a strange id, a text that is no id, a number too high', async () => {
    const [bees] = made
    expect([...(await listsById(db, [nobodys, 'bees', '', bees?.id ?? ''])).keys()]).toEqual([bees?.id])
    expect(await listsById(db, [])).toEqual(new Map())
    expect(await listsByNumber(db, [404])).toEqual([])
    expect(await listsByNumber(db, [])).toEqual([])
  })
})

describe('a list', () => {
  it('is found by its slug and its id, in capitals too, and by nothing else', async () => {
    const [bees] = made
    for (const name of ['bees', 'BEES', bees?.id ?? '', bees?.id.toUpperCase() ?? ''])
      expect(await findList(db, name), name).toMatchObject({ slug: 'bees' })
    for (const name of ['bee', nobodys, "bees' or true --", 'bees\0'])
      expect(await findList(db, name), name).toBeNull()
  })
})
