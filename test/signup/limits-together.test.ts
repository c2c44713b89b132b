// shell · sign-ups of one moment under limits: written together, counted one after the other
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { app } from '../../src/app.ts'
import { makeStamp } from '../../src/signup/stamp.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

const limit = 8
const perDay = 10 * limit

let house: TestApp
let list: TestList
let taken = 0
beforeAll(async () => {
  house = await openTestApp({ connections: 4, env: { LIMIT_PER_NETWORK: String(limit) } })
  list = await house.makeList()
})
afterAll(() => house.close())
afterEach(async () => {
  await house.owner`truncate signup_requests, open_requests`
  await house.owner`delete from limits`
})

/** From a page that was just opened, unless `bare`. */
async function signUp(address: string, manner: 'stamped' | 'bare' = 'stamped'): Promise<number> {
  taken += 1
  const opened = new Date(house.now().getTime() - 60_000)
  const stamp =
    manner === 'bare'
      ? ''
      : makeStamp(house.deps.vault, { list: list.id, at: opened, notice: 'n'.repeat(43) })
  const fields = { email: `person-${taken}@example.pl`, locale: 'en', stamp }
  const response = await app.fetch(
    new Request(`http://127.0.0.1:8787/s/${list.slug}`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams(fields),
    }),
    { ...house.deps, remoteAddress: address },
  )
  return response.status
}

const together = (addresses: readonly string[], manner?: 'stamped' | 'bare'): Promise<readonly number[]> =>
  Promise.all(addresses.map((address) => signUp(address, manner)))

const times = <T>(count: number, value: T): readonly T[] => Array.from({ length: count }, () => value)

async function kept(): Promise<{ rows: number; transactions: number }> {
  const [row] = await house.owner<{ rows: number; transactions: number }[]>`
    select count(*)::int as rows, count(distinct xmin::text)::int as transactions from signup_requests`
  return row ?? { rows: 0, transactions: 0 }
}

/** Counts by window, over all networks. */
async function counts(): Promise<Readonly<Record<string, number>>> {
  const rows = await house.owner<{ window: string; count: number }[]>`
    select "window", sum(count)::int as count from limits where count > 0 group by "window" order by "window"`
  return Object.fromEntries(rows.map((row) => [row.window, row.count]))
}

const accepted = (statuses: readonly number[]): number => statuses.filter((status) => status === 303).length

describe('sign-ups of one moment from one network', () => {
  it('are taken up to the limit, and the others are told to wait', async () => {
    const statuses = await together(times(20, '192.0.2.1'))
    expect(accepted(statuses)).toBe(limit)
    expect(statuses.filter((status) => status === 429)).toHaveLength(20 - limit)
    expect((await kept()).rows).toBe(limit)
  })

  it('take of the day what was accepted, not what was refused', async () => {
    await together(times(20, '192.0.2.1'))
    expect(await counts()).toMatchObject({ 'signups:10m': limit, 'signups:day': limit })
  })

  it('are refused by the day alone once it is used up, and take no more of the ten minutes', async () => {
    await house.owner`delete from limits`
    expect(await signUp('192.0.2.1')).toBe(303)
    await house.owner`update limits set count = ${perDay - 3} where "window" = 'signups:day'`
    expect(accepted(await together(times(6, '192.0.2.1')))).toBe(3)
    expect(await counts()).toEqual({ 'signups:10m': 4, 'signups:day': perDay })
  })

  it('count from one again in a window that is over', async () => {
    await together(times(20, '192.0.2.1'))
    await house.owner`update limits set until = ${house.now()}`
    expect(accepted(await together(times(20, '192.0.2.1')))).toBe(limit)
    expect(await counts()).toMatchObject({ 'signups:10m': limit, 'signups:day': limit })
  })

  it('leave a page’s share to the page: those without one take their own window', async () => {
    const [bare, stamped] = await Promise.all([
      together(times(10, '192.0.2.1'), 'bare'),
      together(times(10, '192.0.2.1')),
    ])
    expect(accepted(bare)).toBe(limit / 4)
    expect(accepted(stamped)).toBe(limit)
    expect(await counts()).toEqual({
      'signups:10m': limit,
      'signups:10m:bare': limit / 4,
      'signups:day': limit + limit / 4,
    })
  })
})

describe('sign-ups of one moment from many networks', () => {
  const crowd = Array.from({ length: 24 }, (_, at) => `198.51.100.${at + 1}`)

  it('are written by a few statements, and each network is counted by itself', async () => {
    const statuses = await together([...crowd, ...times(12, '192.0.2.1')])
    expect(accepted(statuses.slice(0, crowd.length))).toBe(crowd.length)
    expect(accepted(statuses.slice(crowd.length))).toBe(limit)
    const { rows, transactions } = await kept()
    expect(rows).toBe(crowd.length + limit)
    expect(transactions).toBeLessThan(rows / 2)
  })

  it('of one IPv6 /48 share five times the limit of a /64', async () => {
    const networks = Array.from({ length: 12 }, (_, at) => `2001:db8:1:${at + 1}::1`)
    const statuses = await together(networks.flatMap((address) => times(5, address)))
    expect(accepted(statuses)).toBe(5 * limit)
    expect(await counts()).toMatchObject({ 'signups:10m': 5 * limit, 'signups:10m:wide': 5 * limit })
  })

  it('in whatever order two groups meet them never wait for each other in a circle', async () => {
    await Promise.all([together([...crowd, ...crowd]), together([...crowd].reverse())])
    expect((await kept()).rows).toBe(3 * crowd.length)
  })
})
