// entry · batches by way of a queue: a message only names a batch; twice, late or lost it does no harm. I4
import { afterEach, describe, expect, it } from 'vitest'
import { consumeMessages, feedQueue } from '../../src/worker/queue.ts'
import { at } from '../support/client.ts'
import { openSender, type Sender } from '../support/sender.ts'

let sender: Sender
afterEach(() => sender.close())

/** A queue that keeps what is written until a test takes it. */
function openQueue() {
  const written: { body: unknown; delaySeconds: number }[] = []
  return {
    written,
    sendBatch: async (messages: readonly { body: unknown; delaySeconds: number }[]) =>
      void written.push(...messages),
  }
}

/** A message, and what its consumer said: null for nothing yet, `done`, or in how many seconds it wants it again. */
function messageOf(body: unknown) {
  const message = {
    body,
    answer: null as 'done' | number | null,
    ack: () => {
      message.answer = 'done'
    },
    retry: ({ delaySeconds }: { delaySeconds: number }) => {
      message.answer = delaySeconds
    },
  }
  return message
}

const readers = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `reader.${String(n).padStart(3, '0')}@inbox.example`)

/** A frozen campaign to so many, none of it sent. */
async function launched(people: number, env: Readonly<Record<string, string>> = {}) {
  sender = await openSender({ env })
  sender.account.timeoutMs = 5000
  await sender.seed(readers(people))
  return sender.launched()
}

const stateOf = async (campaign: { readonly id: string }): Promise<unknown> =>
  at((await sender.house.api('GET', `/campaigns/${campaign.id}`)).body, 'state')

describe('a campaign of 250 people', () => {
  it('is three messages, which name batches and nobody', async () => {
    const { number } = await launched(250)
    const queue = openQueue()
    expect(await feedQueue(sender.house.deps, queue)).toBe(3)
    expect(queue.written).toEqual(
      [0, 1, 2].map((batch_no) => ({ body: { campaign: number, batch_no }, delaySeconds: 0 })),
    )
  })

  it('is sent by them, and done with the last', async () => {
    const campaign = await launched(250)
    const queue = openQueue()
    await feedQueue(sender.house.deps, queue)
    const messages = queue.written.map(({ body }) => messageOf(body))
    await consumeMessages(sender.house.deps, messages)
    expect(messages.map(({ answer }) => answer)).toEqual(['done', 'done', 'done'])
    expect(sender.accepted()).toEqual(readers(250))
    expect(await stateOf(campaign)).toBe('sent')
  })

  it('is sent once when each message comes three times at once', async () => {
    const campaign = await launched(250)
    const queue = openQueue()
    await feedQueue(sender.house.deps, queue)
    const messages = [1, 2, 3].flatMap(() => queue.written.map(({ body }) => messageOf(body)))
    await Promise.all(
      [0, 1, 2].map((third) =>
        consumeMessages(sender.house.deps, messages.slice(third * 3, third * 3 + 3).reverse()),
      ),
    )
    expect(sender.accepted()).toEqual(readers(250))
    expect(sender.provider.stats.replayed).toBe(0)
    expect(await stateOf(campaign)).toBe('sent')
  })
})

describe('a message that was lost', () => {
  it('is written again once its time is well past, and not before', async () => {
    await launched(150)
    const { deps, later } = sender.house
    const lost = openQueue()
    expect(await feedQueue(deps, lost)).toBe(2)
    later({ seconds: 60 })
    expect(await feedQueue(deps, lost)).toBe(0)
    later({ seconds: 60 })
    const queue = openQueue()
    expect(await feedQueue(deps, queue)).toBe(2)
    await consumeMessages(
      deps,
      queue.written.map(({ body }) => messageOf(body)),
    )
    expect(sender.accepted()).toEqual(readers(150))
  })
})

describe('a queue that takes nothing for a moment', () => {
  it('is written to anew with the next beat: no campaign stands still for it', async () => {
    await launched(150)
    const { deps } = sender.house
    const full = { sendBatch: () => Promise.reject(new Error('Too Many Requests')) }
    await expect(feedQueue(deps, full)).rejects.toThrow('Too Many')
    expect(await feedQueue(deps, openQueue())).toBe(2)
  })
})

describe('a message that comes when it is not to be sent', () => {
  it('is done with where the campaign was paused, and written anew when it goes on', async () => {
    const campaign = await launched(50)
    const { deps, api } = sender.house
    const queue = openQueue()
    await feedQueue(deps, queue)
    await api('POST', `/campaigns/${campaign.id}/pause`)
    const [message] = queue.written.map(({ body }) => messageOf(body))
    await consumeMessages(deps, message === undefined ? [] : [message])
    expect(message?.answer).toBe('done')
    expect(sender.accepted()).toEqual([])
    await api('POST', `/campaigns/${campaign.id}/resume`)
    expect(await feedQueue(deps, queue)).toBe(1)
  })

  it('is done with where it names no batch of ours', async () => {
    await launched(1)
    const messages = [{ campaign: 999, batch_no: 0 }, { email: 'anna@inbox.example' }, null].map(messageOf)
    await consumeMessages(sender.house.deps, messages)
    expect(messages.map(({ answer }) => answer)).toEqual(['done', 'done', 'done'])
    expect(sender.accepted()).toEqual([])
  })

  it('comes back when the lease of another ends', async () => {
    const campaign = await launched(50, { LEASE_SECONDS: '60' })
    const { deps, owner } = sender.house
    await owner`update batches set state = 'posting', lease_until = now() + interval '40 seconds',
      attempt = 1, first_attempt_at = now(), open_attempts = '{0}'`
    const message = messageOf({ campaign: campaign.number, batch_no: 0 })
    await consumeMessages(deps, [message])
    expect(message.answer).toBe(40)
    expect(sender.accepted()).toEqual([])
  })
})

describe('a provider that says wait', () => {
  it('is asked again when it said, and no worker is held for that long', async () => {
    const campaign = await launched(50)
    const { deps } = sender.house
    sender.onPost(async () => ({ kind: 'busy', retryAfterSeconds: 30 }))
    const message = messageOf({ campaign: campaign.number, batch_no: 0 })
    await consumeMessages(deps, [message])
    // All of it is still to come.
    expect(message.answer).toBe(30)
    expect(sender.posts).toHaveLength(1)
    await consumeMessages(deps, [message])
    expect(sender.posts).toHaveLength(1)
  })
})

describe('an account that may make one request a second', () => {
  it('gets its messages a second apart', async () => {
    await launched(350, { SEND_RATE: '1' })
    const queue = openQueue()
    await feedQueue(sender.house.deps, queue)
    expect(queue.written.map(({ delaySeconds }) => delaySeconds)).toEqual([0, 1, 2, 3])
  })

  it('sends back those whose slot lies further away than three seconds, without taking it', async () => {
    const campaign = await launched(600, { SEND_RATE: '1', LEASE_SECONDS: '60' })
    const { deps, owner } = sender.house
    const messages = [0, 1, 2, 3, 4, 5].map((batch_no) => messageOf({ campaign: campaign.number, batch_no }))
    await consumeMessages(deps, messages)
    const back = messages.flatMap(({ answer }) => (typeof answer === 'number' ? [answer] : []))
    expect(messages.filter(({ answer }) => answer === 'done').length).toBeGreaterThanOrEqual(2)
    expect(back.length).toBeGreaterThanOrEqual(2)
    for (const seconds of back) expect(seconds).toBeLessThanOrEqual(4)
    const [pace] = await owner<{ ahead: number }[]>`
      select extract(epoch from next_slot_at - now())::float8 as ahead from pace`
    expect(pace?.ahead).toBeLessThan(4)
  })
})
