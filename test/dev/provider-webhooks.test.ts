// adapter · the local mail provider tells what became of mail as Resend does: signed, again until it is taken, in no order
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { Resend, type WebhookEventPayload } from 'resend'
import { afterEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { type Course, courses } from '../../src/dev/provider/courses.ts'
import type { WebhookOptions } from '../../src/dev/provider/server.ts'
import { signedHeaders } from '../../src/dev/provider/sign.ts'
import { mailTo, newRecord, people, post, provide } from '../support/provided.ts'

const secret = `whsec_${Buffer.from('thirty-two bytes of no secret at').toString('base64')}`

const event = z.looseObject({
  type: z.string(),
  created_at: z.iso.datetime(),
  data: z.looseObject({ email_id: z.guid(), to: z.array(z.string()) }),
})

interface Received {
  readonly id: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly at: number
  readonly event: z.output<typeof event>
}

interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** Of each: the address and the event, `anna email.sent`. */
  told(): readonly string[]
}

const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** Answers the nth message with the nth status, and with 200 when they are used up; 0: not at all. */
async function receive(statuses: readonly number[] = []): Promise<Receiver> {
  const left = [...statuses]
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { headers } = request
    const id = String(headers['svix-id'])
    received.push({ id, headers, body, at: performance.now(), event: event.parse(JSON.parse(body)) })
    const status = left.shift() ?? 200
    if (status !== 0) response.writeHead(status, { location: '/elsewhere' }).end('{}')
  })
  servers.push(server)
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0)
    })
  })
  const told = () => received.map(({ event: { type, data } }) => `${data.to[0]?.split('@')[0]} ${type}`)
  return { url: `http://127.0.0.1:${port}/hooks/resend`, received, told }
}

function firstOf({ received: [first] }: Receiver): Received {
  if (first === undefined) throw new Error('nothing was received')
  return first
}

const to = (...names: readonly string[]) => names.map((name) => mailTo(`${name}@inbox.example`))

async function scene({
  statuses = [],
  ...webhooks
}: Partial<WebhookOptions> & { statuses?: readonly number[] }) {
  const receiver = await receive(statuses)
  const provider = await provide({ webhooks: { url: receiver.url, secret, ...webhooks } })
  return { receiver, provider }
}

/** By Resend's own package, which takes another implementation of HMAC than the provider does. */
const verified = ({ body, headers }: Received, webhookSecret = secret): WebhookEventPayload =>
  new Resend('re_test').webhooks.verify({
    payload: body,
    headers: {
      id: String(headers['svix-id']),
      timestamp: String(headers['svix-timestamp']),
      signature: String(headers['svix-signature']),
    },
    webhookSecret,
  })

describe('a webhook', () => {
  it('is signed so that Resend’s own package believes it, and with another secret does not', async () => {
    const { provider, receiver } = await scene({})
    await post(provider, to('anna'))
    await provider.told()
    expect(receiver.received).toHaveLength(2)
    for (const one of receiver.received) expect(verified(one)).toEqual(JSON.parse(one.body))
    const first = firstOf(receiver)
    const other = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
    expect(() => verified(first, other)).toThrow('No matching signature found')
    expect(() => verified({ ...first, body: `${first.body} ` })).toThrow('No matching signature found')
  })

  it('is signed as the specification says, by hand', async () => {
    const { provider, receiver } = await scene({})
    await post(provider, to('anna'))
    await provider.told()
    const { headers, body } = firstOf(receiver)
    expect(headers['content-type']).toBe('application/json')
    expect(headers['svix-id']).toMatch(/^msg_[A-Za-z0-9]{27}$/)
    expect(Math.abs(Number(headers['svix-timestamp']) - Date.now() / 1000)).toBeLessThan(5)
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    const signed = `${headers['svix-id']}.${headers['svix-timestamp']}.${body}`
    const expected = Buffer.from(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
    expect(timingSafeEqual(Buffer.from(String(headers['svix-signature'])), expected)).toBe(true)
  })

  it('has the signature that Svix’s documents show', () => {
    // @see https://docs.svix.com/receiving/verifying-payloads/how-manual
    expect(
      signedHeaders('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        at: 1_614_265_330_000,
        body: '{"test": 2432232314}',
      })['svix-signature'],
    ).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  it('holds what the documents say, the tags as an object', async () => {
    const { provider, receiver } = await scene({})
    const tags = [
      { name: 'batch', value: '7-1' },
      { name: 'ref', value: 'AbC_d-9' },
    ]
    await post(provider, [mailTo('Anna <anna@inbox.example>', { tags })])
    await provider.told()
    const [mail] = provider.accepted()
    expect(receiver.received[1]?.event).toEqual({
      type: 'email.delivered',
      created_at: expect.stringMatching(/Z$/),
      data: {
        created_at: mail?.at,
        email_id: mail?.id,
        message_id: `<${mail?.id}@email.provider.example>`,
        from: 'Liść <news@brand.example>',
        to: ['Anna <anna@inbox.example>'],
        subject: 'Hello',
        tags: { batch: '7-1', ref: 'AbC_d-9' },
      },
    })
  })

  it('is about one recipient where a mail has several', async () => {
    const { provider, receiver } = await scene({})
    await post(provider, [mailTo('', { to: ['anna@inbox.example', 'bounced@inbox.example'] })])
    await provider.told()
    expect([...receiver.told()].sort()).toEqual([
      'anna email.delivered',
      'anna email.sent',
      'bounced email.bounced',
      'bounced email.sent',
    ])
    expect(new Set(receiver.received.map(({ event: { data } }) => data.email_id)).size).toBe(1)
  })

  it('never leaves the machine, and needs a secret of the right form', async () => {
    const start = (webhooks: Partial<WebhookOptions>) =>
      provide({ webhooks: { url: 'http://127.0.0.1:1/', secret, ...webhooks } })
    for (const url of [
      'https://brand.example/hooks',
      'http://127.0.0.1.brand.example/',
      'http://10.0.0.1/',
      'x',
    ])
      await expect(start({ url })).rejects.toThrow('on loopback only')
    for (const bad of ['', 'whsec_', 'whsec_c2hvcnQ=', secret.slice(6), `${secret}!`])
      await expect(start({ secret: bad })).rejects.toThrow('a webhook secret is whsec_')
  })
})

describe('what becomes of a mail', () => {
  it.each<[Course, readonly string[], object]>([
    ['delivered', ['email.sent', 'email.delivered'], {}],
    ['delayed', ['email.sent', 'email.delivery_delayed', 'email.delivered'], {}],
    ['bounced', ['email.sent', 'email.bounced'], { bounce: { type: 'Permanent', subType: 'General' } }],
    ['late', ['email.sent', 'email.delivered', 'email.bounced'], { bounce: { type: 'Permanent' } }],
    [
      'soft',
      ['email.sent', 'email.delivery_delayed', 'email.bounced'],
      { bounce: { type: 'Transient', subType: 'MailboxFull', message: expect.any(String) } },
    ],
    ['undetermined', ['email.sent', 'email.bounced'], { bounce: { type: 'Undetermined' } }],
    ['complained', ['email.sent', 'email.delivered', 'email.complained'], {}],
    ['failed', ['email.failed'], { failed: { reason: 'reached_daily_quota' } }],
    ['suppressed', ['email.suppressed'], { suppressed: { type: 'OnAccountSuppressionList' } }],
    ['silent', [], {}],
  ])('is said by the local part, with or without a label: %s', async (course, types, details) => {
    const { provider, receiver } = await scene({ mostAtOnce: 1 })
    await post(provider, to(course, `${course}+7`, `${course}-x`))
    await provider.told()
    expect(receiver.received.map(({ event: { type } }) => type)).toEqual([...types, ...types, ...types])
    expect(receiver.received.at(-1)?.event.data ?? {}).toMatchObject(details)
    expect(provider.accepted().map((mail) => mail.courses)).toEqual([[course], [course], [course]])
  })

  it('is drawn from a seed for everyone else, the same in every run and in any order', async () => {
    const wanted = { seed: 5, bounced: 0.2, complained: 0.2, silent: 0.2 }
    const outcomes = async (batch: readonly { to: string[] }[], options: object) => {
      const provider = await provide({ courses: options })
      await post(provider, batch)
      return new Map(provider.accepted().map((mail) => [mail.to[0], mail.courses?.[0]]))
    }
    const first = await outcomes(people(100), wanted)
    expect(await outcomes(people(100).reverse(), wanted)).toEqual(
      new Map([...first].sort(([one = ''], [other = '']) => one.localeCompare(other))),
    )
    expect(await outcomes(people(100), { ...wanted, seed: 6 })).not.toEqual(first)
    const share = (course: Course) => [...first.values()].filter((one) => one === course).length
    for (const course of courses.filter((one) => one !== 'delivered'))
      expect(share(course) > 0).toBe(course in wanted)
  })

  it('is suppression, once the same address has bounced or complained, after a restart too', async () => {
    const recordFile = newRecord()
    const before = await provide({ recordFile })
    await post(before, to('bounced', 'complained', 'soft'))
    await post(before, [mailTo('Bo <BOUNCED@inbox.example>'), ...to('soft')])
    await before.close()
    const after = await provide({ recordFile })
    await post(after, to('complained'))
    expect(after.accepted().map((mail) => mail.courses?.[0])).toEqual([
      'bounced',
      'complained',
      'soft',
      'suppressed',
      'soft',
      'suppressed',
    ])
  })

  it('may still change a week later', async () => {
    const { provider, receiver } = await scene({})
    await post(provider, to('anna'))
    await provider.told()
    const id = provider.accepted()[0]?.id ?? ''
    provider.runAhead(7 * 86_400_000)
    expect(provider.tell(id, 'complained')).toBe(true)
    await provider.told()
    expect(receiver.told().at(-1)).toBe('anna email.complained')
    const { created_at } = receiver.received.at(-1)?.event ?? { created_at: '' }
    expect(Date.parse(created_at) - Date.now()).toBeGreaterThan(6 * 86_400_000)
    expect(provider.tell(crypto.randomUUID(), 'complained')).toBe(false)
    expect(provider.tell(id, 'silent')).toBe(false)
  })
})

describe('a receiver who does not take it', () => {
  it('is asked again after growing rests, under the same id, signed anew', async () => {
    const { provider, receiver } = await scene({ statuses: [500, 302, 404], retryMs: [100, 200, 400] })
    await post(provider, to('failed'))
    await provider.told()
    expect(receiver.received).toHaveLength(4)
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1)
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
    const times = receiver.received.map(({ at }) => at)
    const rests = times.slice(1).map((time, before) => time - (times[before] ?? 0))
    for (const [place, rest] of rests.entries()) expect(rest).toBeGreaterThanOrEqual(100 * 2 ** place - 5)
    for (const one of receiver.received) expect(() => verified(one)).not.toThrow()
    expect(provider.stats.webhooks).toMatchObject({
      messages: 1,
      attempts: 4,
      failed: 3,
      taken: 1,
      givenUp: 0,
    })
  })

  it('is signed to by the time of the attempt, not of the event', async () => {
    const { provider, receiver } = await scene({ statuses: [500], retryMs: [50] })
    provider.runAhead(0)
    await post(provider, to('failed'))
    provider.runAhead(3_600_000)
    await provider.told()
    const [first, second] = receiver.received.map(({ headers }) => Number(headers['svix-timestamp']))
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(3600)
  })

  it('is given up after the last attempt', async () => {
    const { provider, receiver } = await scene({ statuses: [500, 500, 500, 500], retryMs: [1, 2] })
    await post(provider, to('failed'))
    await provider.told()
    expect(receiver.received).toHaveLength(3)
    expect(provider.stats.webhooks).toMatchObject({ attempts: 3, failed: 3, taken: 0, givenUp: 1 })
  })

  it('is asked again when no answer comes, or nobody listens', async () => {
    const { provider, receiver } = await scene({ statuses: [0], retryMs: [1, 1], timeoutMs: 100 })
    await post(provider, to('failed'))
    await provider.told()
    expect(receiver.received).toHaveLength(2)
    await provider.setWebhooks({ url: 'http://127.0.0.1:1/', secret, retryMs: [1, 1] })
    await post(provider, to('failed'))
    await provider.told()
    expect(provider.stats.webhooks).toMatchObject({ attempts: 5, taken: 1, failed: 4, givenUp: 1 })
  })

  it('does not hold up other messages', async () => {
    const { provider, receiver } = await scene({ statuses: [500], retryMs: [300] })
    await post(provider, to('failed', 'anna'))
    await provider.told()
    expect(receiver.told()[0]).toBe('failed email.failed')
    expect(receiver.told().at(-1)).toBe('failed email.failed')
    expect(receiver.received).toHaveLength(4)
  })

  it('is told by the next provider on the same record what this one could not, and nothing twice', async () => {
    const recordFile = newRecord()
    const receiver = await receive([200, 500])
    const webhooks = { url: receiver.url, secret, mostAtOnce: 1 }
    const before = await provide({ recordFile, webhooks })
    await post(before, to('anna', 'failed'))
    await expect.poll(() => receiver.received.length).toBe(3)
    await before.close()
    const after = await provide({ recordFile, webhooks })
    await after.told()
    expect(receiver.told()).toEqual([
      'anna email.sent',
      'anna email.delivered',
      'failed email.failed',
      'anna email.delivered',
    ])
    expect(receiver.received[3]?.id).toBe(receiver.received[1]?.id)
    expect(receiver.received[3]?.body).toBe(receiver.received[1]?.body)
  })
})

describe('accidents on the way', () => {
  it('tell an event twice under the same id, though it was taken', async () => {
    const { provider, receiver } = await scene({ duplicate: 1, mostAtOnce: 1 })
    await post(provider, to('anna'))
    await provider.told()
    expect(receiver.told()).toEqual([
      'anna email.sent',
      'anna email.delivered',
      'anna email.sent',
      'anna email.delivered',
    ])
    expect(receiver.received[2]?.id).toBe(receiver.received[0]?.id)
    expect(provider.stats.webhooks).toMatchObject({ messages: 2, duplicates: 2, taken: 4 })
  })

  it('tell the last first: delivered before sent, bounced before delivered', async () => {
    const { provider, receiver } = await scene({ reorder: 1 })
    await post(provider, to('late'))
    await provider.told()
    expect(receiver.told()).toEqual(['late email.bounced', 'late email.delivered', 'late email.sent'])
    const times = receiver.received.map(({ event: { created_at } }) => created_at)
    expect(times).toEqual([...times].sort().reverse())
  })

  it('tell all of a request before its answer is given', async () => {
    const { provider, receiver } = await scene({ early: 1 })
    const answer = await post(provider, to('anna', 'bounced'))
    expect(answer.status).toBe(200)
    expect(receiver.received).toHaveLength(4)
  })

  it('tell it all though the answer never comes', async () => {
    const { provider, receiver } = await scene({ early: 1 })
    provider.setFaults({ resetAfter: 1 })
    await expect(post(provider, to('anna'))).rejects.toThrow()
    expect(receiver.told()).toEqual(['anna email.sent', 'anna email.delivered'])
  })

  it('lose an event for good', async () => {
    const { provider, receiver } = await scene({ lost: 1 })
    await post(provider, to('anna'))
    await provider.told()
    expect(receiver.received).toEqual([])
    expect(provider.stats.webhooks).toMatchObject({ messages: 0, lost: 2 })
  })

  it('let no answer wait', async () => {
    const { provider, receiver } = await scene({ spreadMs: 3_600_000 })
    await post(provider, people(30))
    expect(receiver.received.length).toBeLessThan(30)
  })

  it('let each mail wait its own time', async () => {
    const { provider, receiver } = await scene({ spreadMs: 300 })
    await post(provider, people(30))
    await provider.told()
    const order = receiver.received.filter(({ event: { type } }) => type === 'email.sent')
    expect(order.map(({ event: { data } }) => data.to)).not.toEqual(people(30).map((mail) => mail.to))
    expect(order).toHaveLength(30)
  })

  it('are the same in every run of a seed', async () => {
    const accidents = async (seed: number) => {
      const { provider, receiver } = await scene({
        seed,
        duplicate: 0.3,
        reorder: 0.3,
        lost: 0.2,
        mostAtOnce: 1,
      })
      await post(provider, people(20))
      await provider.told()
      return receiver.told()
    }
    const first = await accidents(1)
    expect(await accidents(1)).toEqual(first)
    expect(await accidents(2)).not.toEqual(first)
  })

  it('drop what comes when too much waits, and count it', async () => {
    const { provider } = await scene({
      statuses: [500, 500, 500, 500, 500],
      retryMs: [60_000],
      mostWaiting: 5,
    })
    await post(provider, people(10))
    await expect.poll(() => provider.stats.webhooks.failed).toBe(5)
    expect(provider.stats.webhooks).toMatchObject({ messages: 20, dropped: 15, attempts: 5 })
  })
})

describe('someone who steers from outside', () => {
  it('says where webhooks go, what becomes of mail, and what happens now', async () => {
    const receiver = await receive()
    const provider = await provide()
    const say = async (method: string, path: string, body: object) => {
      const response = await fetch(provider.url + path, { method, body: JSON.stringify(body) })
      return { status: response.status, body: await response.json() }
    }
    const set = await say('PUT', '/__webhooks', { url: receiver.url, secret })
    expect(set.status).toBe(200)
    expect(JSON.stringify(set.body)).not.toContain('whsec_')
    expect((await say('PUT', '/__webhooks', { url: 'http://10.0.0.1/', secret })).status).toBe(422)
    expect((await say('PUT', '/__courses', { failed: 1 })).status).toBe(200)
    expect((await say('PUT', '/__courses', { failed: 1, soft: 1 })).status).toBe(422)
    await post(provider, to('anna'))
    await provider.told()
    expect(receiver.told()).toEqual(['anna email.failed'])
    const email_id = provider.accepted()[0]?.id
    expect(await say('POST', '/__events', { email_id, course: 'complained' })).toMatchObject({
      status: 200,
      body: { told: true },
    })
    await provider.told()
    expect(receiver.told().at(-1)).toBe('anna email.complained')
    const stats = await (await fetch(`${provider.url}/__stats`)).json()
    expect(stats.webhooks).toMatchObject({ messages: 2, taken: 2 })
  })
})
