// adapter · people with heavy mails, batches sent in parts, and batches that killed a process
import { afterEach, describe, expect, it } from 'vitest'
import { tickBatches, tickCampaigns } from '../../src/tick.ts'
import { at } from '../support/client.ts'
import { openSender, type Sender } from '../support/sender.ts'

let sender: Sender
afterEach(() => sender?.close())

const crowd = Array.from({ length: 20 }, (_, at) => `reader.${String(at).padStart(2, '0')}@example.com`)
const body = '{{ subscriber.story }}\n\n{{ subscriber.story }}\n\n{{ subscriber.story }}'

async function open(): Promise<Sender> {
  sender = await openSender({
    // Megabytes take a loaded machine some time.
    env: { LEASE_SECONDS: '600' },
    list: {
      fields: [{ key: 'story', type: 'text', label: 'Your story', purpose: 'newsletter', protected: false }],
    },
    provider: { keepContent: false },
  })
  sender.account.timeoutMs = 120_000
  return sender
}

/** A value that no form accepts: from an import, or an earlier version. */
const tell = (story: string, who: string) => sender.house.owner`
  insert into details (list, subscriber, attributes)
  select list, subscriber, jsonb_build_object('story', ${story}::text)
  from subscriptions
  where subscriber in (select id from subscribers order by id ${sender.house.owner.unsafe(who)})
  on conflict (list, subscriber) do update set attributes = excluded.attributes`

describe('a batch of twenty mails of 600 kB', () => {
  async function launched() {
    await open()
    const people = await sender.seed(crowd)
    await tell('x'.repeat(100_000), '')
    return { people, campaign: await sender.launched({ content: { format: 'markdown', body } }) }
  }

  it('is posted six at a time, each part under a key of its own, and everybody has it once', async () => {
    const { campaign } = await launched()
    await sender.until(campaign, 'sent')
    expect(sender.posts.map(({ mails }) => mails)).toEqual([6, 6, 6, 2])
    expect(new Set(sender.posts.map(({ key }) => key)).size).toBe(4)
    expect(sender.accepted()).toEqual(crowd)
    expect(new Set(Object.values(await sender.outcomes(campaign)))).toEqual(new Set(['sent']))
  })

  it('is posted again in the same parts where an answer never came: nobody has it twice (I4)', async () => {
    const { campaign } = await launched()
    let posts = 0
    sender.onPost(async (mails, key, usual) => {
      posts += 1
      const outcome = await usual(mails, key)
      return posts === 3 ? { kind: 'unknown', reason: 'timeout' } : outcome
    })
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual(crowd)
    expect(sender.provider.stats).toMatchObject({ conflicts: 0, replayed: 3 })
  })

  it('goes on behind a part that the provider wanted later', async () => {
    const { campaign } = await launched()
    let posts = 0
    sender.onPost(async (mails, key, usual) => {
      posts += 1
      return posts === 2 ? { kind: 'busy', retryAfterSeconds: 1 } : usual(mails, key)
    })
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual(crowd)
    expect(new Set(Object.values(await sender.outcomes(campaign)))).toEqual(new Set(['sent']))
  })

  it('counts people who left after their part was accepted as sent, and mails nobody twice', async () => {
    const { campaign, people } = await launched()
    const hasIt = () => people.find(({ email }) => email === sender.accepted()[0])
    let leaver = hasIt()
    let posts = 0
    sender.onPost(async (mails, key, usual) => {
      posts += 1
      const outcome = await usual(mails, key)
      if (posts !== 2) return outcome
      leaver = hasIt()
      if (leaver !== undefined) await sender.leave(leaver)
      return { kind: 'unknown', reason: 'timeout' }
    })
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual(crowd)
    const outcomes = await sender.outcomes(campaign)
    expect(leaver).toBeDefined()
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['sent (inferred)']))
  })
})

describe('somebody who leaves between two attempts, before their part was posted', () => {
  it('is skipped: nothing of theirs was handed over', async () => {
    await open()
    const people = await sender.seed(crowd)
    await tell('x'.repeat(100_000), '')
    const campaign = await sender.launched({ content: { format: 'markdown', body } })
    let posts = 0
    let leaver: string | undefined
    sender.onPost(async (mails, key, usual) => {
      posts += 1
      if (posts !== 2) return usual(mails, key)
      const last = people.findLast(
        ({ email }) => !mails.join().includes(email) && !sender.accepted().includes(email),
      )
      leaver = last?.email
      if (last !== undefined) await sender.leave(last)
      return { kind: 'busy', retryAfterSeconds: 1 }
    })
    await sender.until(campaign, 'sent')
    expect(leaver).toBeDefined()
    expect(sender.accepted()).toEqual(crowd.filter((email) => email !== leaver))
    expect((await sender.outcomes(campaign))[leaver ?? '']).toBe('skipped: withdrawn')
  })
})

describe('a person whose values alone make the mail larger than one may be', () => {
  it('is refused with that reason, and keeps nobody else waiting', async () => {
    await open()
    await sender.seed(crowd)
    await tell('x'.repeat(200_000), 'limit 1')
    const campaign = await sender.launched({ content: { format: 'markdown', body } })
    await sender.until(campaign, 'sent')
    const outcomes = Object.values(await sender.outcomes(campaign))
    expect(outcomes.filter((one) => one === 'rejected: too_large')).toHaveLength(1)
    expect(outcomes.filter((one) => one === 'sent')).toHaveLength(crowd.length - 1)
  })
})

describe('a large text', () => {
  it('goes to fewer people at a time: no batch is heavier than one request may be', async () => {
    await open()
    await sender.seed(crowd)
    const prose = `${'Words of a sentence that goes on. '.repeat(10)}\n\n`.repeat(550)
    const campaign = await sender.launched({ content: { format: 'markdown', body: prose } })
    await sender.until(campaign, 'sent')
    const [most = 0] = sender.posts.map(({ mails }) => mails)
    expect(most).toBeLessThan(20)
    expect(most).toBeGreaterThan(4)
    expect(sender.accepted()).toEqual(crowd)
  })
})

describe('a batch that was in hand when a process ended', () => {
  const left = (deaths: number, batch = 0) => sender.house.owner`
    insert into in_hand (campaign, batch_no, process, deaths)
    select number, ${batch}, gen_random_uuid(), ${deaths} from campaigns`
  const inHand = () => sender.house.owner`select campaign, batch_no, deaths from in_hand`

  it('is tried once more; when that succeeds, the first end no longer counts against it', async () => {
    await open()
    await sender.seed(crowd)
    const campaign = await sender.launched()
    await left(0)
    await sender.until(campaign, 'sent')
    expect(await inHand()).toEqual([])
    expect(sender.accepted()).toEqual(crowd)
  })

  it('twice in a row pauses its campaign with that reason; resuming gives it new tries', async () => {
    await open()
    await sender.seed(crowd)
    const campaign = await sender.launched()
    await left(1)
    const paused = await sender.until(campaign, 'paused')
    expect(at(paused, 'problem')).toMatch(/^Assent ended twice in a row while it made the mails of batch 1/)
    expect(sender.posts).toEqual([])
    expect(await inHand()).toEqual([])
    expect((await sender.house.api('POST', `/campaigns/${campaign.id}/resume`)).status).toBe(202)
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual(crowd)
  })

  it('once, and idle when the next process ended, is tried once more: the second end is not counted', async () => {
    await open()
    await sender.seed(crowd)
    const campaign = await sender.launched()
    await left(1)
    await sender.house.owner`update in_hand set process = null`
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual(crowd)
  })

  it('as a whole, before it has batches, stands still too', async () => {
    await open()
    await sender.seed(crowd)
    const campaign = await sender.house.makeCampaign(sender.list)
    await left(1, -1)
    await sender.house.launch(campaign)
    while (await tickCampaigns(sender.house.deps));
    const { body: now } = await sender.house.api('GET', `/campaigns/${campaign.id}`)
    expect(at(now, 'state')).toBe('paused')
    expect(at(now, 'problem')).toMatch(/^Assent ended twice in a row while it made this campaign ready/)
  })

  it('is not in hand while it is with the provider, or waits: a kill then is not counted against it', async () => {
    await open()
    await sender.seed(crowd)
    await sender.launched()
    const seen: unknown[] = []
    sender.onPost(async (mails, key, usual) => {
      seen.push(await inHand())
      return usual(mails, key)
    })
    await tickBatches(sender.house.deps)
    expect(seen).toEqual([[]])
  })

  it('writes nothing into the log of the database, and is forgotten by its crash', async () => {
    await open()
    const [table] = await sender.house.owner`select relpersistence from pg_class where relname = 'in_hand'`
    expect(table).toEqual({ relpersistence: 'u' })
  })
})
