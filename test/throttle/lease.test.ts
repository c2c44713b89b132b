// adapter · leases: the same promises for service mail and for campaign batches. I4
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { claimBatch, pullBackBatches, takeOverBatches } from '../../src/delivery/claim.ts'
import {
  oneByOne,
  pullBackServiceMails,
  sendServiceMails,
  takeOverServiceMails,
} from '../../src/outbox/send.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { serviceMailRenderers } from '../../src/service-mails.ts'
import { isLate, leaseOf, patienceSeconds } from '../../src/throttle/lease.ts'
import { tickCampaigns } from '../../src/tick.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
beforeAll(async () => {
  house = await openTestApp({ env: { LEASE_SECONDS: '300', POST_TIMEOUT_SECONDS: '20' } })
  const list = await house.makeList()
  await house.subscribe(list, ['anna@example.pl'])
  await house.launch(await house.makeCampaign(list))
  await tickCampaigns(house.deps)
  await house.owner`delete from service_mails`
  await house.owner`
    insert into service_mails (id, kind, request, locale, created_at)
    values (${randomUUID()}, 'sign_in', ${randomUUID()}, 'en', now())`
})
afterAll(() => house.close())

/** A process that dies at the handover. */
const dying = (deps: Deps): Deps => ({
  ...deps,
  mailer: { ...deps.mailer, send: () => Promise.reject(new Error('killed')) },
})

const queues = [
  {
    what: 'a service mail',
    table: 'service_mails',
    takeOver: takeOverServiceMails,
    pullBack: pullBackServiceMails,
    claim: async (deps: Deps) => {
      const renderers = { ...serviceMailRenderers, sign_in: oneByOne(async () => '{}') }
      await expect(sendServiceMails(dying(deps), renderers)).rejects.toThrow('killed')
    },
  },
  {
    what: 'a batch of a campaign',
    table: 'batches',
    takeOver: takeOverBatches,
    pullBack: pullBackBatches,
    claim: async (deps: Deps) => {
      expect(await claimBatch(deps)).not.toBeNull()
    },
  },
]

describe.each(queues)('$what', ({ table, takeOver, pullBack, claim }) => {
  /** Sets the state, with times as SQL intervals from now. */
  const set = (state: string, lease: string | null, begun: string | null = null, holder = 'one') =>
    house.owner`
      update ${house.owner(table)} set state = ${state}, holder = ${holder}, attempt = 1,
        lease_until = now() + ${lease}::interval, first_attempt_at = now() + ${begun}::interval`

  interface Lease {
    readonly state: string
    readonly holder: string | null
    readonly attempt: number
    readonly seconds: number | null
    readonly begun: number | null
  }
  /** Seconds from now, rounded to tens. */
  async function lease(): Promise<Lease | undefined> {
    const [row] = await house.owner<Lease[]>`
      select state, holder, attempt, (round(extract(epoch from lease_until - now()) / 10) * 10)::int as seconds,
        (round(extract(epoch from first_attempt_at - now()) / 10) * 10)::int as begun
      from ${house.owner(table)}`
    return row
  }

  beforeEach(() => set('queued', null))

  it('is claimed for as long as the setting says, by a holder, and its first attempt begins', async () => {
    await claim(house.deps)
    const claimed = { state: 'posting', holder: house.deps.holder, seconds: 300, begun: 0 }
    expect(await lease()).toMatchObject({ ...claimed, attempt: 2 })
  })

  it('keeps the time of its first attempt when it is claimed again', async () => {
    await set('posting', '-1 second', '-1 hour')
    await claim(house.deps)
    expect(await lease()).toMatchObject({ seconds: 300, begun: -3600 })
  })

  it('is taken over from dead processes alone, and only while they hold it', async () => {
    await set('posting', '200 seconds', '0', 'alive')
    await takeOver(house.deps.db, ['dead', 'gone'])
    expect(await lease()).toMatchObject({ seconds: 200 })
    await takeOver(house.deps.db, ['dead', 'alive'])
    expect(await lease()).toMatchObject({ state: 'posting', seconds: 0 })
    await set('posting', '-200 seconds', '0', 'alive')
    await takeOver(house.deps.db, ['alive'])
    expect(await lease()).toMatchObject({ seconds: -200 })
  })

  it.each([
    ['rests for an hour at most', 'queued', '1 hour', null, { seconds: 3600 }],
    ['rests until tomorrow', 'queued', '1 day', null, { seconds: 0 }],
    ['was begun tomorrow', 'posting', '100 seconds', '1 day', { seconds: 0, begun: 0 }],
    [
      'was begun yesterday, and is held until tomorrow',
      'posting',
      '1 day',
      '-1 day',
      { seconds: 0, begun: -86_400 },
    ],
    ['was settled tomorrow', 'unknown', '1 day', '1 day', { seconds: 86_400, begun: 86_400 }],
  ])('is brought back after the clock was, where it %s', async (_, state, until, begun, then) => {
    await set(state, until, begun)
    await pullBack(house.deps)
    expect(await lease()).toMatchObject(then)
  })
})

describe('the arithmetic of a lease', () => {
  it('waits twice as long after each attempt that got no answer, for a lease and a minute at most', () => {
    expect([1, 2, 3, 8, 20].map((attempt) => patienceSeconds(house.deps, attempt))).toEqual([
      0.25, 0.5, 1, 32, 60,
    ])
    const config = { ...house.deps.config, leaseSeconds: 9 }
    expect(patienceSeconds({ config }, 20)).toBe(9)
  })

  it('hands over nothing that the answer could come too late for', () => {
    const claimedAt = house.now()
    const after = (seconds: number) =>
      isLate({ ...house.deps, clock: () => new Date(claimedAt.getTime() + seconds * 1000) }, claimedAt)
    expect([after(0), after(280), after(281)]).toEqual([false, false, true])
  })

  it('never puts off for longer than an hour, whatever a provider says', async () => {
    const [row] = await house.deps.db.execute(sql`
      select extract(epoch from ${leaseOf(86_400)} - now())::int as seconds`)
    expect(row?.['seconds']).toBe(3600)
  })
})
