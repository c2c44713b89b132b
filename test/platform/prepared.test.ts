// sql · prepared statements: correct answers, prepared once per connection
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { readPrepared } from '../../src/platform/database/prepared.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
beforeAll(async () => {
  house = await openTestApp()
})
afterAll(() => house.close())

/** How often the pool's only connection prepared a statement containing these words. */
const taught = async (of: TestApp, words: string): Promise<unknown> =>
  (
    await of.deps.db.execute(
      sql`select count(*)::int as times from pg_prepared_statements where statement like ${`%${words}%`}`,
    )
  )[0]

describe('a statement that is asked often', () => {
  const ask = (number: number, word: string, octets: Buffer) =>
    sql`select ${number}::bigint as number, ${word}::text as word, ${octets}::bytea as octets`
  const answer = z.object({ number: z.int(), word: z.string(), octets: z.instanceof(Uint8Array) })

  it('answers by its values each time, and is prepared once', async () => {
    const { db } = house.deps
    expect(await readPrepared(db, answer, ask(1, 'one', Buffer.from([1])))).toEqual([
      { number: 1, word: 'one', octets: new Uint8Array([1]) },
    ])
    expect(await readPrepared(db, answer, ask(2, 'two', Buffer.from([2, 0])))).toEqual([
      { number: 2, word: 'two', octets: new Uint8Array([2, 0]) },
    ])
    expect(await taught(house, '::text as word')).toEqual({ times: 1 })
  })

  it('belongs to the transaction it is asked in', async () => {
    const rows = await house.deps.db.transaction((tx) =>
      readPrepared(tx, answer, ask(3, 'three', Buffer.from([]))),
    )
    expect(rows).toEqual([{ number: 3, word: 'three', octets: new Uint8Array() }])
  })
})

describe('a sign-up that takes from the allowance of its network', () => {
  it('is one statement, which its connection learns once', async () => {
    const limited = await openTestApp({ env: { LIMIT_PER_NETWORK: '5' } })
    const list = await limited.makeList()
    const answers = [
      await limited.signUp(list, 'anna@example.pl'),
      await limited.signUp(list, 'bartek@example.pl'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([303, 303])
    expect(await taught(limited, 'from accept_signups(')).toEqual({ times: 1 })
    await limited.close()
  })
})
