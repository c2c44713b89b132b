// adapter · the provider's allowance: used to the full by all senders together, never exceeded, and closed when it says so
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { startLoops } from '../../src/node/loops.ts'
import { openSender, type Sender } from '../support/sender.ts'

let sender: Sender

/** So many batches of one mail each, ready to be sent. */
async function readyToSend(batches: number, options: Parameters<typeof openSender>[0]): Promise<void> {
  sender = await openSender(options)
  sender.account.timeoutMs = 5000
  await sender.seed(['anna@inbox.example'])
  for (let letter = 0; letter < batches; letter += 1) await sender.launched({ subject: `Letter ${letter}` })
}

afterEach(() => sender.close())

describe('an account that may make five requests a second', () => {
  it('is asked for no more than that by four senders together, and by all of them', async () => {
    await readyToSend(28, { env: { SEND_RATE: '5' }, provider: { ratePerSecond: 5 } })
    const loops = startLoops(sender.house.deps)
    await sleep(4500)
    await loops.stop()
    const { rateLimited } = sender.provider.stats
    const first = sender.posts[0]?.at ?? 0
    const used = sender.posts.filter(({ at }) => at < first + 4000).length
    process.stdout.write(`pace: ${used} of 20 slots used, ${rateLimited} times 429\n`)
    // How full it is used is a figure, printed above: a busy machine makes it smaller.
    expect(used).toBeLessThanOrEqual(21)
  })
})

describe('a provider that says: not before', () => {
  it.each([
    { sendRate: '10', limit: 'with a limit of our own', atOnce: 2 },
    { sendRate: '0', limit: 'without a limit of our own', atOnce: 4 },
  ])('gets nothing from any sender until then, $limit', async ({ sendRate, atOnce }) => {
    await readyToSend(14, { env: { SEND_RATE: sendRate } })
    const { provider, posts, house } = sender
    let saidAt = 0
    sender.onPost(async (mails, key, usual) => {
      const outcome = await usual(mails, key)
      if (outcome.kind === 'busy' && saidAt === 0) saidAt = performance.now()
      return outcome
    })
    provider.setFaults({ busy429: 1 })
    const loops = startLoops(house.deps)
    await expect.poll(() => saidAt, { interval: 5 }).toBeGreaterThan(0)
    // Those that were on their way when it said so come with the first; without the rule it would be dozens.
    await sleep(900)
    const underWay = posts.length
    provider.setFaults({})
    await expect.poll(() => provider.stats.accepted, { interval: 20 }).toBeGreaterThan(0)
    await loops.stop()
    expect(underWay).toBeLessThanOrEqual(atOnce)
  })
})
