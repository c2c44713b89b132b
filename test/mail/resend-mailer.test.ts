// adapter · the Resend adapter's result for every answer, and for none
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Provider, type ProviderOptions, startProvider } from '../../src/dev/provider/server.ts'
import { type ResendOptions, resendMailer } from '../../src/mail/resend/mailer.ts'
import { type Post, postByFetch } from '../../src/mail/resend/post.ts'
import { postByHttp } from '../../src/mail/resend/post-by-http.ts'
import type { SendOutcome, WireMail } from '../../src/platform/deps.ts'

const folders: string[] = []
const providers: Provider[] = []
const servers: Server[] = []

afterEach(async () => {
  await Promise.all(providers.splice(0).map((provider) => provider.close()))
  for (const server of servers.splice(0)) server.close().closeAllConnections()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

async function provide(options: Partial<ProviderOptions> = {}): Promise<Provider> {
  const folder = mkdtempSync(join(tmpdir(), 'resend-'))
  folders.push(folder)
  const provider = await startProvider({ recordFile: join(folder, 'record.jsonl'), ...options })
  providers.push(provider)
  return provider
}

const mailTo = (to: string): WireMail =>
  JSON.stringify({
    from: 'Brand <news@brand.example>',
    to: [to],
    reply_to: 'reply@brand.example',
    subject: 'Zażółć',
    html: '<p>Hello</p>',
    text: 'Hello',
    headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
    tags: [{ name: 'batch', value: '7-1' }],
  })

const people = (count: number) => Array.from({ length: count }, (_, n) => mailTo(`person${n}@inbox.example`))

const idsOf = (provider: Provider) => provider.accepted().map(({ id }) => id)

const ways: readonly (readonly [string, Post])[] = [
  ['fetch', postByFetch],
  ['the client of Node', postByHttp()],
]

describe.each(ways)('by %s', (_, post) => {
  const mailer = (baseUrl: string, more: Partial<ResendOptions> = {}) =>
    resendMailer({ apiKey: 're_test', baseUrl, timeoutMs: 2000, smtpUtf8: false, ...more }, post)

  describe('a batch that the provider takes', () => {
    it('is answered with an id for each mail, in order', async () => {
      const provider = await provide({ apiKey: 're_test' })
      const outcome = await mailer(provider.url).send(people(100), 'k1')
      expect(outcome).toEqual({ kind: 'accepted', ids: idsOf(provider), rejected: [] })
      expect(provider.accepted().map(({ to }) => to[0])).toEqual(
        Array.from({ length: 100 }, (_, n) => `person${n}@inbox.example`),
      )
      expect(provider.accepted()[0]).toMatchObject({ key: 'k1', subject: 'Zażółć' })
    })

    it('has a subject that looks encoded encoded once more (RFC 2047), and leaves the others', async () => {
      const provider = await provide()
      const wire = JSON.stringify({ ...JSON.parse(mailTo('a@inbox.example')), subject: '=?UTF-8?B?eA==?=' })
      await mailer(provider.url).send([wire, ...people(1)], 'k1')
      expect(provider.accepted().map(({ subject }) => subject)).toEqual([
        '=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=',
        'Zażółć',
      ])
    })

    it('has null in the place of a mail that was refused, and the reason without the address', async () => {
      const provider = await provide()
      const outcome = await mailer(provider.url).send(
        [...people(2), mailTo('żaba@inbox.example'), ...people(1)],
        'k1',
      )
      const [first, second, third] = idsOf(provider)
      expect(outcome).toEqual({
        kind: 'accepted',
        ids: [first, second, null, third],
        rejected: [{ index: 2, reason: expect.stringMatching(/^Invalid `to` field\./) }],
      })
      expect(JSON.stringify(outcome)).not.toContain('@')
    })

    it('may be refused mail by mail to the last', async () => {
      const provider = await provide()
      const outcome = await mailer(provider.url).send([mailTo('a'), mailTo('b')], 'k1')
      expect(outcome).toMatchObject({
        kind: 'accepted',
        ids: [null, null],
        rejected: [{ index: 0 }, { index: 1 }],
      })
    })

    it('keeps its places when the provider refuses one for its own reasons', async () => {
      const provider = await provide({ faults: { rejectOne: 1, seed: 7 } })
      const outcome = await mailer(provider.url).send(people(10), 'k1')
      const expected: (string | null)[] = Array.from({ length: 10 }, () => null)
      for (const { index, id } of provider.accepted()) expected[index] = id
      expect(outcome).toMatchObject({ kind: 'accepted', ids: expected })
    })

    it('leaves nothing of itself in the next one, longer or shorter, nor do two at once mix', async () => {
      const provider = await provide()
      const { send } = mailer(provider.url)
      await send(people(2), 'k0')
      await send(people(40), 'k1')
      await Promise.all([send(people(3), 'k2'), send(people(60), 'k3'), send(people(1), 'k4')])
      const accepted = Map.groupBy(provider.accepted(), ({ key }) => key)
      expect(['k1', 'k2', 'k3', 'k4'].map((key) => accepted.get(key)?.map(({ to }) => to[0]))).toEqual(
        [40, 3, 60, 1].map((count) => Array.from({ length: count }, (_, n) => `person${n}@inbox.example`)),
      )
      expect(provider.stats.refused).toBe(0)
    })

    it('is not posted when nobody is in it', async () => {
      const provider = await provide()
      expect(await mailer(provider.url).send([], 'k1')).toEqual({ kind: 'accepted', ids: [], rejected: [] })
      expect(provider.requests()).toBe(0)
    })
  })

  describe('a batch whose answer never came', () => {
    it.each([
      ['resetAfter', /^network/],
      ['timeoutAfter', /^timeout$/],
      ['cutAfter', /^network/],
      ['pageAfter', /not understood$/],
      ['page504After', /^status 504$/],
    ])(
      'is unknown after %s, and the same bytes under the same key bring the first answer',
      async (fault, reason) => {
        const provider = await provide({ faults: { [fault]: 1 } })
        const { send } = mailer(provider.url, { timeoutMs: 1000 })
        expect(await send(people(3), 'k1')).toEqual({
          kind: 'unknown',
          reason: expect.stringMatching(reason),
        })
        provider.setFaults({})
        expect(await send(people(3), 'k1')).toEqual({ kind: 'accepted', ids: idsOf(provider), rejected: [] })
        expect(provider.accepted()).toHaveLength(3)
      },
    )

    it('is a conflict when it is posted again with somebody missing', async () => {
      const provider = await provide({ faults: { resetAfter: 1 } })
      const { send } = mailer(provider.url)
      await send(people(3), 'k1')
      provider.setFaults({})
      expect(await send(people(2), 'k1')).toEqual({ kind: 'conflict' })
      expect(provider.accepted()).toHaveLength(3)
    })

    it('is under way while the provider still works on it', async () => {
      const provider = await provide({ latencyMs: 1200 })
      const { send } = mailer(provider.url, { timeoutMs: 500 })
      expect(await send(people(1), 'k1')).toMatchObject({ kind: 'unknown' })
      expect(await send(people(1), 'k1')).toEqual({ kind: 'under_way', retryAfterSeconds: 2 })
      await expect.poll(() => provider.accepted().length).toBe(1)
    })

    it.each(['resetBefore', 'error500', 'unavailable503', 'page502', 'timeoutBefore'])(
      'is unknown after %s too, though nothing was accepted',
      async (fault) => {
        const provider = await provide({ faults: { [fault]: 1 } })
        expect(await mailer(provider.url).send(people(1), 'k1')).toMatchObject({ kind: 'unknown' })
        expect(provider.accepted()).toEqual([])
      },
    )

    it('is unknown when nobody listens', async () => {
      const provider = await provide()
      await provider.close()
      providers.splice(0)
      const outcome = await mailer(provider.url).send(people(1), 'k1')
      expect(outcome).toEqual({ kind: 'unknown', reason: 'network: ECONNREFUSED' })
    })
  })

  describe('a batch that is not taken', () => {
    it('waits as long as the provider says', async () => {
      const provider = await provide({ ratePerSecond: 1 })
      const { send } = mailer(provider.url)
      await send(people(1), 'k1')
      expect(await send(people(1), 'k2')).toEqual({ kind: 'busy', retryAfterSeconds: 1 })
      expect(provider.accepted()).toHaveLength(1)
    })

    it('is refused with the name of what is wrong', async () => {
      const provider = await provide({ apiKey: 're_other' })
      expect(await mailer(provider.url).send(people(1), 'k1')).toEqual({
        kind: 'refused',
        status: 403,
        reason: 'invalid_api_key: API key is invalid',
      })
      expect(await mailer(provider.url, { apiKey: 're_other' }).send(people(101), 'k1')).toMatchObject({
        kind: 'refused',
        status: 422,
        reason: expect.stringMatching(/^validation_error: /),
      })
    })
  })

  describe('an answer that the documents do not show', () => {
    interface Canned {
      readonly status: number
      readonly body?: string | object
      readonly headers?: Record<string, string>
    }

    /** The adapter's result for this answer to a batch of three. */
    async function outcomeOf({ status, body = '', headers = {} }: Canned): Promise<SendOutcome> {
      const server = createServer((request, response) => {
        request.resume().once('end', () => {
          response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
        })
      })
      servers.push(server)
      const port = await new Promise<number>((resolve) => {
        server.listen(0, '127.0.0.1', () => {
          const bound = server.address()
          resolve(typeof bound === 'object' && bound !== null ? bound.port : 0)
        })
      })
      return mailer(`http://127.0.0.1:${port}`).send(people(3), 'k1')
    }

    const id = (n: number) => ({ id: `49a3999c-0ce1-4ea6-ab68-afcd6dc2e79${n}` })
    const three = [id(1), id(2), id(3)]
    const problem = (statusCode: number, name: string, message = 'No.') => ({
      status: statusCode,
      body: { statusCode, name, message },
    })
    const quota = problem(429, 'daily_quota_exceeded')
    const rate = problem(429, 'rate_limit_exceeded')

    it.each<[string, Canned, SendOutcome]>([
      [
        '202',
        { status: 202, body: { data: three } },
        { kind: 'accepted', ids: three.map(({ id }) => id), rejected: [] },
      ],
      ['a daily quota', quota, { kind: 'busy', retryAfterSeconds: 3600, reason: 'daily_quota' }],
      [
        'a monthly quota',
        problem(429, 'monthly_quota_exceeded'),
        { kind: 'busy', retryAfterSeconds: 3600, reason: 'monthly_quota' },
      ],
      [
        'a quota with a time',
        { ...quota, headers: { 'retry-after': '90' } },
        { kind: 'busy', retryAfterSeconds: 90, reason: 'daily_quota' },
      ],
      [
        'a quota beside the rate limit',
        { ...quota, headers: { 'ratelimit-reset': '1' } },
        { kind: 'busy', retryAfterSeconds: 3600, reason: 'daily_quota' },
      ],
      [
        '429 with a reset',
        { ...rate, headers: { 'ratelimit-reset': '4' } },
        { kind: 'busy', retryAfterSeconds: 4 },
      ],
      ['429 with zero', { ...rate, headers: { 'retry-after': '0' } }, { kind: 'busy', retryAfterSeconds: 1 }],
      [
        '429 with nonsense',
        { ...rate, headers: { 'retry-after': 'soon' } },
        { kind: 'busy', retryAfterSeconds: 1 },
      ],
      [
        '429 with a date',
        {
          status: 429,
          headers: { date: 'Wed, 21 Oct 2026 07:28:00 GMT', 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT' },
        },
        { kind: 'busy', retryAfterSeconds: 30 },
      ],
      ['429 from a proxy', { status: 429, body: '<html>' }, { kind: 'busy', retryAfterSeconds: 1 }],
      [
        'a redirect',
        { status: 301, headers: { location: '/' } },
        { kind: 'refused', status: 301, reason: 'status 301' },
      ],
      [
        'a page for an answer',
        { status: 403, body: '<h1>No</h1>' },
        { kind: 'refused', status: 403, reason: 'status 403' },
      ],
      [
        'a legal bar',
        problem(451, 'security_error'),
        { kind: 'refused', status: 451, reason: 'security_error: No.' },
      ],
      ['a 409 of another name', problem(409, 'conflict'), { kind: 'unknown', reason: 'conflict: No.' }],
      ['408 from a proxy', { status: 408 }, { kind: 'unknown', reason: 'status 408' }],
      ['502 from a proxy', { status: 502, body: '<html>' }, { kind: 'unknown', reason: 'status 502' }],
    ])('%s', async (_, canned, outcome) => {
      expect(await outcomeOf(canned)).toEqual(outcome)
    })

    it.each<[string, string | object]>([
      ['nothing', ''],
      ['a page', '<html>'],
      ['no data', {}],
      ['too few ids', { data: [id(1)] }],
      ['too many ids', { data: [...three, id(4)] }],
      ['ids that are none', { data: [{ id: '1' }, { id: '2' }, { id: '3' }] }],
      ['an index outside the batch', { data: [id(1), id(2)], errors: [{ index: 3, message: 'No.' }] }],
      ['errors beside a full list', { data: three, errors: [{ index: 0, message: 'No.' }] }],
    ])('is unknown when a 200 holds %s', async (_, body) => {
      expect(await outcomeOf({ status: 200, body })).toMatchObject({ kind: 'unknown' })
    })

    it('counts two errors about one mail as one mail', async () => {
      const errors = [
        { index: 1, message: 'One.' },
        { index: 1, message: 'Two.' },
      ]
      expect(await outcomeOf({ status: 200, body: { data: [id(1), id(2)], errors } })).toMatchObject({
        kind: 'accepted',
        ids: [id(1).id, null, id(2).id],
        rejected: [{ index: 1 }],
      })
    })

    it.each([
      'Invalid `to` field: anna.kowalska@inbox.example, try again',
      'Bad address <o\u2019brien+x@inbox.example>; see https://x.example/?to=o%27brien%40inbox.example',
      'Cannot mail "anna kowalska"@inbox.example',
      'Cannot mail żaba@żaba.example\nor anna@inbox.example',
    ])('keeps no address in a reason: %s', async (message) => {
      const outcome = await outcomeOf(problem(422, 'validation_error', message))
      expect(outcome).toMatchObject({ kind: 'refused', reason: expect.stringContaining('[address]') })
      expect(JSON.stringify(outcome)).not.toMatch(/kowalska|brien|aba|inbox|@|\\n/)
    })

    it('cuts a reason at 300 characters', async () => {
      const outcome = await outcomeOf(problem(422, 'validation_error', '\u{1F4E7} '.repeat(400)))
      expect(outcome.kind === 'refused' && outcome.reason.length).toBe(300)
    })
  })
})
