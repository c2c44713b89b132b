// shell · two answers to one sign-up at the same moment: yes, no, a complaint. The first counts, the second is told so
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { complainOfRequest } from '../../src/signup/confirmation/complain.ts'
import { confirmSignup } from '../../src/signup/confirmation/confirm.ts'
import { refuseSignup } from '../../src/signup/confirmation/refuse.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let list: TestList
beforeAll(async () => {
  house = await openTestApp({ connections: 3 })
  list = await house.makeList()
})
afterAll(() => house.close())

const how = { ip: null, userAgent: '', dwell: null, code: null, boxes: [] }
const yes = async (request: string): Promise<string> => (await confirmSignup(house.deps, request, how)).kind
const no = async (request: string): Promise<string> =>
  (await refuseSignup(house.deps, request, { block: true })).kind
const spam = async (request: string): Promise<string> => {
  await house.deps.db.transaction((tx) => complainOfRequest(house.deps, tx, request))
  return 'complained'
}

async function openRequestOf(email: string): Promise<string> {
  await house.signUp(list, email)
  await house.rest()
  const [row] = await house.owner<{ id: string }[]>`select id from signup_requests where state = 'open'`
  return row?.id ?? ''
}

/** Starts each answer once all earlier answers wait for the row, which fixes their order. */
async function inOneMoment(
  request: string,
  answers: readonly ((request: string) => Promise<string>)[],
): Promise<readonly string[]> {
  const given: Promise<string>[] = []
  await house.owner.begin(async (held) => {
    await held`select from signup_requests where id = ${request} for update`
    for (const answer of answers) {
      given.push(answer(request))
      await expect.poll(waiting, { interval: 5, timeout: 10_000 }).toBe(given.length)
    }
  })
  return Promise.all(given)
}

/** Connections to this database that wait for a lock; other tests share the cluster. */
const waiting = async (): Promise<number> =>
  (
    await house.owner`
      select distinct pid from pg_locks
      where not granted and pid in (select pid from pg_locks where relation = 'signup_requests'::regclass
        and database = (select oid from pg_database where datname = current_database()))`
  ).length

/** The acts on the subscription, oldest first. */
async function actsOf(email: string): Promise<readonly string[]> {
  const subscription = await house.subscription(list, email)
  const rows = await house.owner<{ leaf: string }[]>`
    select convert_from(leaf, 'UTF8') as leaf from consent_events
    where subscription = ${subscription?.id ?? 0} order by seq`
  return rows.map(({ leaf }) => JSON.parse(leaf).type)
}

const suppressed = async (): Promise<number> => (await house.owner`select from suppressions`).length

describe('a sign-up that is answered twice in one moment', () => {
  it.each([
    { first: yes, second: no, told: ['confirmed', 'already'], acts: 'consent.confirmed', blocks: 0 },
    { first: no, second: yes, told: ['refused', 'refused'], acts: 'consent.refused', blocks: 1 },
    { first: yes, second: yes, told: ['confirmed', 'already'], acts: 'consent.confirmed', blocks: 0 },
    { first: no, second: no, told: ['refused', 'refused'], acts: 'consent.refused', blocks: 1 },
    { first: yes, second: spam, told: ['confirmed', 'complained'], acts: 'consent.confirmed', blocks: 0 },
    { first: spam, second: yes, told: ['complained', 'refused'], acts: 'consent.refused', blocks: 1 },
  ])('is what the first answer said ($told)', async ({ first, second, told, acts, blocks }) => {
    const email = `${first.name}.${second.name}@example.pl`
    const request = await openRequestOf(email)
    const before = await suppressed()
    expect(await inOneMoment(request, [first, second])).toEqual(told)
    expect(await actsOf(email)).toEqual(['consent.requested', acts])
    expect((await suppressed()) - before).toBe(blocks)
  })
})
