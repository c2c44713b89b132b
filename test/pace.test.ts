// adapter · the provider's allowance: used to the full by all workers together, never exceeded, and closed when it says so
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLoops } from '../src/loops.ts'
import { resendMailer } from '../src/mail/resend.ts'
import type { Deps } from '../src/platform/deps.ts'
import { postponeSlots, takeSlot } from '../src/platform/pace.ts'
import { tickCampaigns } from '../src/tick.ts'
import { type House, openHouse } from './support/house.ts'
import { type Provider, startProvider } from './support/provider.ts'
import { seedConfirmed } from './support/seed.ts'

describe('an account that may make five requests a second', () => {
  const perSecond = 5
  let folder: string
  let provider: Provider
  let house: House
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'assent-pace-'))
    provider = await startProvider({
      recordFile: path.join(folder, 'record.jsonl'),
      ratePerSecond: perSecond,
    })
    house = await openHouse({
      env: { SEND_RATE: String(perSecond) },
      mailer: () =>
        resendMailer({ apiKey: 're_pace', baseUrl: provider.url, timeoutMs: 5000, smtpUtf8: false }),
    })
    const list = await house.makeList()
    await seedConfirmed(house.deps, list.slug, [{ email: 'anna@inbox.example' }])
    // A batch each.
    for (let letter = 0; letter < 30; letter += 1) {
      await house.launch(await house.makeCampaign(list, { subject: `Letter ${letter}` }))
      await tickCampaigns(house.deps)
    }
  }, 60_000)
  afterAll(async () => {
    await house.close()
    await provider.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('meets no 429, and has nine tenths of its allowance used by four senders', async () => {
    const loops = startLoops(house.deps)
    await sleep(4000)
    const { requests, rateLimited, accepted } = provider.stats
    await loops.stop()
    process.stdout.write(`pace: ${JSON.stringify({ requests, rateLimited, accepted })}\n`)
    expect(rateLimited).toBe(0)
    expect(accepted).toBeGreaterThanOrEqual(0.9 * 4 * perSecond)
  })
})

describe('workers who wait for a slot when the provider says: not before', () => {
  it.each([
    { rate: '20', paced: 'at twenty a second' },
    { rate: '0', paced: 'without a limit of our own' },
  ])('all wait until then, $paced', async ({ rate }) => {
    const house = await openHouse({ env: { SEND_RATE: rate } })
    const { deps } = house
    const took: number[] = []
    const worker = async (): Promise<void> => {
      await takeSlot(deps)
      took.push(performance.now())
    }
    try {
      await takeSlot(deps)
      const waiting = [worker(), worker(), worker()]
      await sleep(10)
      const closedAt = performance.now()
      await postponeSlots(deps.db, deps.mailer.name, 1)
      const late = worker()
      await Promise.all([...waiting, late])
      const before = took.filter((at) => at < closedAt)
      expect(took.filter((at) => at >= closedAt && at < closedAt + 990)).toEqual([])
      expect(before.length).toBeLessThan(4)
    } finally {
      await house.close()
    }
  })
})

export type _ = Deps
