// adapter · npm run bench signup: the endpoint against a bare route with one INSERT of the same bytes; batches against single rows
import { sql } from 'drizzle-orm'
import { Hono } from 'hono'
import * as z from 'zod'
import { app } from '../../src/app.ts'
import type { Database } from '../../src/platform/database/database.ts'
import { readRow } from '../../src/platform/database/rows.ts'
import { processSignups } from '../../src/signup/processing/process.ts'
import { openBenchHouse } from './house.ts'
import { atLeast, interleaved, type Ratio } from './measure.ts'

const perRound = 2000
const rounds = 7
const together = 16

export async function benchSignup(): Promise<readonly Ratio[]> {
  const house = await openBenchHouse()
  const { deps, admin } = house
  const { $client } = deps.db
  if ($client === undefined) throw new Error('no connection')
  try {
    await admin`create table bare_requests (like signup_requests including all)`
    await admin`grant insert on bare_requests to assent_app`
    let person = 0
    const body = (): string =>
      `email=person.${person++}%2Bnews%40example.pl&first_name=Ma%C5%82gorzata&locale=en`

    const post = (fetch: (request: Request) => Response | Promise<Response>, path: string) =>
      concurrently(perRound, async () => {
        const text = body()
        const response = await fetch(
          new Request(`http://127.0.0.1${path}`, {
            method: 'POST',
            headers: {
              'content-type': 'application/x-www-form-urlencoded',
              'content-length': String(text.length),
            },
            body: text,
          }),
        )
        if (response.status !== 303) throw new Error(`answered ${response.status}`)
      })

    // Arm 1: the product's own route. Arm 2: the least a route can do: read the body, one INSERT, one redirect.
    const sealedBytes = await sealedSize(
      () => post((request) => app.fetch(request, deps), '/s/bench'),
      deps.db,
    )
    const bare = new Hono()
    bare.post('/bare', async (c) => {
      await c.req.text()
      await $client`
        insert into bare_requests (id, list, locale, sealed, created_at, expires_at)
        values (${deps.ids()}, 1, 'en', ${deps.randomBytes(sealedBytes)}, now(), now())`
      return c.redirect('/sent', 303)
    })
    const endpoint = await interleaved(
      {
        ours: () => post((request) => app.fetch(request, deps), '/s/bench'),
        bare: () => post((request) => bare.fetch(request), '/bare'),
      },
      rounds,
    )

    await admin`delete from signup_requests`
    const processing = await interleaved(
      {
        batched: () => fillAndProcess(house, 300, 100),
        single: () => fillAndProcess(house, 300, 1),
      },
      5,
    )
    return [
      atLeast({
        name: 'sign-up endpoint / bare INSERT',
        ours: endpoint.ours,
        theirs: endpoint.bare,
        unit: '/s',
        goal: 0.75,
      }),
      atLeast({
        name: 'processing in batches / one by one',
        ours: processing.batched,
        theirs: processing.single,
        unit: '/s',
        goal: 3,
      }),
    ]
  } finally {
    await house.close()
  }

  /** Fills and processes the queue; the returned count is scaled so that its rate excludes filling, which both sides share. */
  async function fillAndProcess(of: typeof house, count: number, most: number): Promise<number> {
    const stamp = Math.random().toString(36).slice(2)
    const began = performance.now()
    await concurrently(count, async (at) => {
      await app.fetch(
        new Request('http://127.0.0.1/s/bench', {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: `email=${stamp}.${at}%40example.se&locale=en`,
        }),
        of.deps,
      )
    })
    const filled = performance.now() - began
    const start = performance.now()
    while ((await processSignups(of.deps, { most })) > 0);
    const processed = performance.now() - start
    return count * ((filled + processed) / processed)
  }
}

/** The default limits, each visitor in a network of their own: as dear as it gets, since every sign-up has counts of its own. */
export async function benchSignupLimits({ rounds: times = 5 } = {}): Promise<readonly Ratio[]> {
  const house = await openBenchHouse()
  const { deps } = house
  const limited = { ...deps, config: { ...deps.config, limitPerNetwork: 20 } }
  let person = 0
  const post = (of: typeof deps) =>
    concurrently(perRound, async () => {
      const number = person++
      const body = `email=person.${number}%2Bnews%40example.pl&first_name=Ma%C5%82gorzata&locale=en`
      const response = await app.fetch(
        new Request('http://127.0.0.1/s/bench', {
          method: 'POST',
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': String(body.length),
          },
          body,
        }),
        { ...of, remoteAddress: `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}` },
      )
      if (response.status !== 303) throw new Error(`answered ${response.status}`)
    })
  try {
    const rates = await interleaved({ limits: () => post(limited), none: () => post(deps) }, times)
    return [
      atLeast({
        name: 'sign-up endpoint with the default limits / without',
        ours: rates.limits,
        theirs: rates.none,
        unit: '/s',
        goal: 0.6,
      }),
    ]
  } finally {
    await house.close()
  }
}

async function sealedSize(fill: () => Promise<number>, db: Database): Promise<number> {
  await fill()
  const row = await readRow(
    db,
    z.object({ size: z.int() }),
    sql`select avg(length(sealed))::int as size from signup_requests`,
  )
  return row?.size ?? 500
}

async function concurrently(count: number, act: (at: number) => Promise<void>): Promise<number> {
  let next = 0
  await Promise.all(
    Array.from({ length: together }, async () => {
      for (let at = next++; at < count; at = next++) await act(at)
    }),
  )
  return count
}
