// adapter · after the answer to pause or cancel, senders under way hand over only what they had taken
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { startLoops } from '../../src/node/loops.ts'
import { at } from '../support/client.ts'
import { openSender, type Sender } from '../support/sender.ts'

let sender: Sender
afterEach(() => sender.close())

const act = async (campaign: string, name: string): Promise<void> => {
  expect((await sender.house.api('POST', `/campaigns/${campaign}/${name}`)).status).toBe(202)
}
const stateOf = async (campaign: string): Promise<unknown> =>
  at((await sender.house.api('GET', `/campaigns/${campaign}`)).body, 'state')

describe('four senders under way', () => {
  it.each([
    ['pause', 'paused'],
    ['cancel', 'cancelled'],
  ])('after the answer to %s nothing leaves but the batches that were taken by then', async (verb, state) => {
    sender = await openSender({ provider: { latencyMs: 60 }, env: { LEASE_SECONDS: '30' } })
    const { house } = sender
    sender.account.timeoutMs = 5000
    const everyone = Array.from({ length: 3000 }, (_, n) => `reader${n}@inbox.example`)
    await sender.seed(everyone)
    const campaign = await sender.launched()
    const loops = startLoops(house.deps)
    await expect.poll(() => sender.posts.length, { interval: 5 }).toBeGreaterThan(6)
    await act(campaign.id, verb)
    const taken = await house.owner`select 1 from batches where state <> 'queued'`
    await expect.poll(async () => house.owner`select 1 from batches where state = 'posting'`).toHaveLength(0)
    await sleep(300)
    expect(sender.accepted(), 'at most those').toHaveLength(taken.length * 100)
    expect(taken.length).toBeLessThan(30)
    expect(await stateOf(campaign.id)).toBe(state)
    if (verb === 'pause') {
      await act(campaign.id, 'resume')
      await expect.poll(() => stateOf(campaign.id)).toBe('sent')
      expect(sender.accepted(), 'each once').toEqual(everyone.toSorted())
    }
    await loops.stop()
  })
})
