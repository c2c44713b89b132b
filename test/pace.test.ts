// adapter · the provider's allowance: used to the full by all senders together, never exceeded, and closed when it says so
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { startLoops } from '../src/loops.ts'
import { resendMailer } from '../src/mail/resend.ts'
import { tickCampaigns } from '../src/tick.ts'
import { type House, openHouse } from './support/house.ts'
import { type Provider, startProvider } from './support/provider.ts'
import { seedConfirmed } from './support/seed.ts'

/** A house whose mails go to a provider, with so many batches of one mail each ready to be sent. */
async function readyToSend(options: { sendRate: string; ratePerSecond?: number; batches: number }) {
  const folder = await mkdtemp(path.join(tmpdir(), 'assent-pace-'))
  const provider = await startProvider({
    recordFile: path.join(folder, 'record.jsonl'),
    ...(options.ratePerSecond === undefined ? {} : { ratePerSecond: options.ratePerSecond }),
  })
  const postedAt: number[] = []
  const resend = resendMailer({
    apiKey: 're_pace',
    baseUrl: provider.url,
    timeoutMs: 5000,
    smtpUtf8: false,
  })
  const house = await openHouse({
    env: { SEND_RATE: options.sendRate },
    mailer: () => ({
      ...resend,
      send: (mails, key) => {
        postedAt.push(performance.now())
        return resend.send(mails, key)
      },
    }),
  })
  const list = await house.makeList()
  await seedConfirmed(house.deps, list.slug, [{ email: 'anna@inbox.example' }])
  for (let letter = 0; letter < options.batches; letter += 1) {
    await house.launch(await house.makeCampaign(list, { subject: `Letter ${letter}` }))
    await tickCampaigns(house.deps)
  }
  open.push({ house, provider, folder })
  return { house, provider, postedAt }
}

const open: { house: House; provider: Provider; folder: string }[] = []

afterEach(async () => {
  for (const { house, provider, folder } of open.splice(0)) {
    await house.close()
    await provider.close()
    await rm(folder, { recursive: true, force: true })
  }
})

describe('an account that may make five requests a second', () => {
  it('meets no 429, and has nine tenths of its allowance used by four senders', async () => {
    const { house, provider, postedAt } = await readyToSend({ sendRate: '5', ratePerSecond: 5, batches: 28 })
    const loops = startLoops(house.deps)
    await sleep(4500)
    await loops.stop()
    const [first = 0] = postedAt
    const used = postedAt.filter((at) => at < first + 4000).length
    process.stdout.write(`pace: ${used} of 20 slots used, ${provider.stats.rateLimited} times 429\n`)
    expect(provider.stats.rateLimited).toBe(0)
    expect(used).toBeGreaterThanOrEqual(18)
  }, 60_000)
})

describe('a provider that says: not before', () => {
  it.each([
    { sendRate: '10', limit: 'with a limit of our own' },
    { sendRate: '0', limit: 'without a limit of our own' },
  ])(
    'gets nothing from any sender until then, $limit',
    async ({ sendRate }) => {
      const { house, provider, postedAt } = await readyToSend({ sendRate, batches: 12 })
      provider.setFaults({ busy429: 1 })
      const loops = startLoops(house.deps)
      while (provider.stats.faults.busy429 === 0) await sleep(1)
      const [first = 0] = postedAt
      await sleep(100)
      const underWay = postedAt.length
      provider.setFaults({})
      await sleep(1700)
      await loops.stop()
      // Retry-After is one second. Those that were on their way when it said so came with the first.
      expect(postedAt.filter((at) => at > first + 100 && at < first + 1000)).toEqual([])
      expect(underWay).toBeLessThanOrEqual(sendRate === '0' ? 4 : 2)
      expect(postedAt.length).toBeGreaterThan(underWay)
      expect(provider.stats.accepted).toBe(postedAt.length - underWay)
    },
    60_000,
  )
})
