// web · POST /hooks/resend: only from the provider, only fresh, once each, and 2xx to foreign events. Standard Webhooks
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readConfig } from '../../src/platform/config.ts'
import type { Tagged } from '../../src/platform/vault/tokens.ts'
import { tagToken } from '../../src/platform/vault/tokens.ts'
import { tickUpkeep } from '../../src/tick.ts'
import {
  eventBody,
  hookEnv,
  hookEvents,
  hookKey,
  postEvent,
  postHook,
  signatureOf,
} from '../support/hooks.ts'
import { type Seeded, seedConfirmed } from '../support/seed.ts'
import { contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let list: TestList
let anna: Seeded
let campaign: { id: string; number: number }
let annas: Tagged

beforeAll(async () => {
  house = await openTestApp({ env: hookEnv })
  list = await house.makeList()
  const [first] = await seedConfirmed(house.deps, list.slug, [{ email: 'anna@example.pl' }])
  if (first === undefined) throw new Error('nobody was seeded')
  anna = first
  campaign = await house.makeCampaign(list)
  await house.launch(campaign)
  await house.rest()
  annas = { kind: 'campaign', subscription: anna.subscription, campaign: campaign.number }
  vi.useFakeTimers({ toFake: ['Date'], now: house.now() })
})
afterAll(async () => {
  vi.useRealTimers()
  await house.close()
})

/** Advances the test app's clock and the machine's, which Resend's package reads. */
function later(by: Parameters<TestApp['later']>[0]): void {
  house.later(by)
  vi.setSystemTime(house.now())
}

const delivered = (): string => eventBody(house, annas, hookEvents.delivered)
const seconds = (offset: number): string => String(Math.floor(house.now().getTime() / 1000) + offset)

/** Checks that a post leaves the database unchanged; returns its status. */
async function withoutATrace(post: () => Promise<Response>): Promise<number> {
  const before = await contentsOf(house.owner)
  const answer = await post()
  expect(await contentsOf(house.owner)).toEqual(before)
  return answer.status
}

const rowOf = async (who = anna) =>
  (
    await house.owner`select * from deliveries where subscriber = ${who.subscriber} and campaign = ${campaign.number}`
  )[0]

describe('an event that the provider did not sign', () => {
  it.each([
    ['without a signature', ''],
    ['with one of another secret', 'other'],
    ['with one of no version', 'bare'],
    ['with one of a later version', 'v2'],
    ['with half of one', 'half'],
  ])('is refused and changes nothing: %s', async (_, kind) => {
    const body = delivered()
    const right = signatureOf('msg_1', seconds(0), body)
    const signature = {
      '': '',
      other: signatureOf('msg_1', seconds(0), body, Buffer.from('another secret of 32 octets.....')),
      bare: right.slice(3),
      v2: right.replace('v1,', 'v2,'),
      half: right.slice(0, 20),
    }[kind]
    const status = await withoutATrace(() =>
      postHook(house, body, { id: 'msg_1', timestamp: seconds(0), signature: signature ?? '' }),
    )
    expect(status).toBe(401)
  })

  it('is refused when one octet of the body, the id or the time is another', async () => {
    const body = delivered()
    const signature = signatureOf('msg_1', seconds(0), body)
    for (const [id, timestamp, sent] of [
      ['msg_1', seconds(0), body.replace('June', 'Juny')],
      ['msg_2', seconds(0), body],
      ['msg_1', seconds(1), body],
      ['msg_1', 'soon', body],
      ['', seconds(0), body],
    ] as const)
      expect(await withoutATrace(() => postHook(house, sent, { id, timestamp, signature }))).toBe(401)
  })

  it.each(['msg 1', 'msg_å', `msg_${'1'.repeat(200)}`])(
    'is refused under an id that is none, though it is signed: %s',
    async (id) => {
      expect(await withoutATrace(() => postHook(house, delivered(), { id }))).toBe(401)
    },
  )

  it('is refused without the headers', async () => {
    const status = await withoutATrace(() =>
      house.request('/hooks/resend', { method: 'POST', body: delivered() }),
    )
    expect(status).toBe(401)
  })
})

describe('an event at the wrong time', () => {
  it.each([
    ['stale', -301, 401],
    ['of the future', 301, 401],
    ['a little late', -299, 200],
    ['a little early', 299, 200],
  ])('is taken within five minutes both ways only: %s', async (_, offset, expected) => {
    expect((await postHook(house, delivered(), { timestamp: seconds(offset) })).status).toBe(expected)
  })

  it('is refused when it is replayed after them, byte for byte', async () => {
    const body = delivered()
    const headers = { id: 'msg_replay', timestamp: seconds(0) }
    expect((await postHook(house, body, headers)).status).toBe(200)
    later({ minutes: 5, seconds: 1 })
    expect(await withoutATrace(() => postHook(house, body, headers))).toBe(401)
  })
})

describe('a secret that is being replaced', () => {
  it('lets in an event that carries both signatures', async () => {
    const body = delivered()
    const old = signatureOf('msg_two', seconds(0), body, Buffer.from('the secret that goes away.......'))
    const signature = `${old} ${signatureOf('msg_two', seconds(0), body)}`
    expect((await postHook(house, body, { id: 'msg_two', timestamp: seconds(0), signature })).status).toBe(
      200,
    )
  })
})

describe('a body', () => {
  it('over the bound is refused before it is read', async () => {
    const body = eventBody(house, annas, { ...hookEvents.delivered, data: { text: 'x'.repeat(140_000) } })
    expect(await withoutATrace(() => postHook(house, body))).toBe(413)
  })

  it.each(['', 'not json', '[]', '"text"', '{}', '{"type":1}', '\u0000'])(
    'that is no event is refused, though it is signed: %j',
    async (body) => {
      expect(await withoutATrace(() => postHook(house, body))).toBe(400)
    },
  )

  it('that is not UTF-8 is refused (RFC 8259 section 8.1): a signature holds for a text', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x7d])
    const signed = Buffer.concat([Buffer.from(`msg_8.${seconds(0)}.`), bytes])
    const status = await withoutATrace(() =>
      house.request('/hooks/resend', {
        method: 'POST',
        headers: {
          'svix-id': 'msg_8',
          'svix-timestamp': seconds(0),
          'svix-signature': `v1,${createHmac('sha256', hookKey).update(signed).digest('base64')}`,
        },
        body: bytes,
      }),
    )
    expect(status).toBe(400)
  })
})

describe('the address of the hook', () => {
  it.each(['GET', 'PUT', 'DELETE'])('takes events by POST only: %s', async (method) => {
    const answer = await house.request('/hooks/resend', { method })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

describe('an event that concerns nobody', () => {
  it.each(['email.sent', 'email.opened', 'email.clicked', 'contact.created', 'whatever.comes.next'])(
    'is answered 2xx and leaves no trace: %s',
    async (type) => {
      const status = await withoutATrace(() => postHook(house, eventBody(house, annas, { type })))
      expect(status).toBe(200)
    },
  )

  it('is one with a foreign tag, or none', async () => {
    const own = tagToken(house.deps.vault, annas)
    for (const tag of ['test', '', `${own.slice(0, -1)}A`, `${own}A`, 'A'.repeat(44)])
      expect(await withoutATrace(() => postHook(house, eventBody(house, tag, hookEvents.hard)))).toBe(200)
    const untagged = { type: 'email.bounced', created_at: house.now().toISOString(), data: {} }
    expect(await withoutATrace(() => postHook(house, JSON.stringify(untagged)))).toBe(200)
  })

  it.each<Tagged>([
    { kind: 'campaign', subscription: 1, campaign: 999_999 },
    { kind: 'campaign', subscription: 999_999, campaign: 1 },
    { kind: 'message', subscription: 999_999, message: 1 },
    { kind: 'service_mail', id: '019e8269-4e80-7ef9-a8e3-baa7ee241d55' },
  ])('is one about a mail that is not on record: %o', async (tagged) => {
    for (const event of [hookEvents.hard, hookEvents.complained, hookEvents.soft, hookEvents.quota])
      await postEvent(house, tagged, event)
    expect(await house.owner`select 1 from suppressions`).toEqual([])
  })
})

describe('an event about a recipient', () => {
  it('is kept in one row with nothing personal in it', async () => {
    expect(await postEvent(house, annas, hookEvents.delayed)).toBe('taken')
    const row = await rowOf()
    expect(row).toMatchObject({ delayed_at: house.now(), bounced_at: null })
    expect(JSON.stringify(row)).not.toContain('@')
    expect(house.logged.filter((line) => /@|assent"?:/.test(line))).toEqual([])
  })

  it('is understood with its tags as a list too', async () => {
    const [bo] = await seedConfirmed(house.deps, list.slug, [{ email: 'bo@example.se' }])
    const next = await house.makeCampaign(list)
    await house.launch(next)
    await house.rest()
    const tag = tagToken(house.deps.vault, {
      kind: 'campaign',
      subscription: bo?.subscription ?? 0,
      campaign: next.number,
    })
    const tags = [
      { name: 'other', value: 'x' },
      { name: 'assent', value: tag },
    ]
    expect(await postEvent(house, '', { ...hookEvents.delivered, data: { tags } })).toBe('taken')
    const rows = await house.owner`
      select 1 from deliveries where campaign = ${next.number} and delivered_at is not null`
    expect(rows).toHaveLength(1)
  })

  it('is taken once, however often it is sent, also twice at the same moment', async () => {
    const body = eventBody(house, annas, hookEvents.delivered)
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => postHook(house, body, { id: 'msg_six' })),
    )
    const words = await Promise.all(answers.map(async (answer) => (await answer.json()).status))
    expect(words.toSorted()).toEqual(['repeated', 'repeated', 'repeated', 'repeated', 'repeated', 'taken'])
  })

  it('keeps the earliest time, whichever comes first', async () => {
    const before = await rowOf()
    const early = new Date('2026-06-01T08:00:00.000Z')
    await postEvent(house, annas, { ...hookEvents.delivered, at: early })
    await postEvent(house, annas, hookEvents.delivered)
    expect(await rowOf()).toEqual({ ...before, delivered_at: early })
  })

  it('never lies in the future: a clock that runs ahead is cut to ours', async () => {
    await postEvent(house, annas, { ...hookEvents.suppressed, at: new Date('2027-01-01T00:00:00Z') })
    expect(await rowOf()).toMatchObject({ suppressed_at: house.now() })
  })
})

describe('the ids of events', () => {
  it('are forgotten after thirty days, in steps', async () => {
    await house.owner`delete from hook_events`
    await house.owner`
      insert into hook_events (id, at) select 'old_' || n, ${house.now()} from generate_series(1, 7000) as n`
    later({ days: 29 })
    await house.rest()
    const count = async () =>
      (await house.owner`select count(*)::int as n from hook_events where id like 'old%'`)[0]
    expect(await count()).toEqual({ n: 7000 })
    later({ days: 2 })
    await tickUpkeep(house.deps)
    expect(await count()).toEqual({ n: 2000 })
    await house.rest()
    expect(await count()).toEqual({ n: 0 })
  })
})

describe('a deployment without a secret', () => {
  it('takes nothing, says so in the log, and asks the provider to try again', async () => {
    const bare = await openTestApp()
    try {
      const answer = await postHook(bare, eventBody(bare, 'test', hookEvents.delivered))
      expect([answer.status, await answer.json()]).toEqual([
        503,
        { status: 'RESEND_WEBHOOK_SECRET is not set; no event can be trusted.' },
      ])
      expect(bare.logged.some((line) => line.includes('"missing":"RESEND_WEBHOOK_SECRET"'))).toBe(true)
    } finally {
      await bare.close()
    }
  })

  it.each(['secret', 'whsec_', 'whsec_short', 'whsec_Zm9v YmFy'])(
    'does not start with a bad one: %s',
    (secret) => {
      const read = readConfig({ RESEND_WEBHOOK_SECRET: secret })
      expect(read).toEqual({
        ok: false,
        problem: 'RESEND_WEBHOOK_SECRET must be the signing secret of the webhook: whsec_ and base64.',
      })
    },
  )
})
