// adapter · the local mail provider keeps the promises that Resend makes, and breaks them on demand
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync, readFileSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Trouble } from '../../src/dev/provider/faults.ts'
import { flagNames } from '../../src/dev/provider/flags.ts'
import { runProvider, usage } from '../../src/dev/provider/main.ts'
import type { Provider } from '../../src/dev/provider/server.ts'
import { resendClient } from '../../src/mail/resend/client.ts'
import {
  mailTo,
  newRecord,
  people,
  permissive,
  post,
  postRaw,
  provide,
  recipients,
} from '../support/provided.ts'

const hour = 3_600_000
const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`

describe('a batch under an idempotency key', () => {
  it('is accepted once, in order, and answered again with the same ids', async () => {
    const provider = await provide()
    const first = await post(provider, people(3), { key: 'k1' })
    const again = await post(provider, people(3), { key: 'k1' })
    expect(first.status).toBe(200)
    expect(again.body).toEqual(first.body)
    expect(first.body).toEqual({ data: provider.accepted().map(({ id }) => ({ id })) })
    expect(recipients(provider)).toEqual(people(3).flatMap(({ to }) => to))
    expect(provider.stats).toMatchObject({ requests: 2, accepted: 3, batches: 1, replayed: 1 })
  })

  it('is remembered beside all others of its day', async () => {
    const provider = await provide()
    for (const key of ['k1', 'k2', 'k3', 'k1', 'k2', 'k3']) await post(provider, people(1), { key })
    expect(provider.stats).toMatchObject({ accepted: 3, replayed: 3 })
  })

  it('is refused with another body, down to the last byte', async () => {
    const provider = await provide()
    await post(provider, people(1), { key: 'k1' })
    const other = await post(provider, `${JSON.stringify(people(1))} `, { key: 'k1' })
    expect(other).toMatchObject({
      status: 409,
      body: { statusCode: 409, name: 'invalid_idempotent_request' },
    })
    expect(recipients(provider)).toHaveLength(1)
  })

  it('is not the same batch on the other endpoint', async () => {
    const provider = await provide()
    await post(provider, mailTo('a@inbox.example'), { key: 'k1', path: '/emails' })
    expect((await post(provider, mailTo('a@inbox.example'), { key: 'k1' })).status).toBe(409)
  })

  it('is told to wait while the first request is under way', async () => {
    const provider = await provide({ latencyMs: 500 })
    const first = post(provider, people(2), { key: 'k1' })
    await sleep(100)
    const second = await post(provider, people(2), { key: 'k1' })
    expect(second).toMatchObject({ status: 409, body: { name: 'concurrent_idempotent_requests' } })
    expect((await first).status).toBe(200)
    expect(recipients(provider)).toHaveLength(2)
  })

  it('keeps its key free when it failed', async () => {
    const provider = await provide({ faults: { error500: 1 } })
    expect((await post(provider, people(1), { key: 'k1' })).body).toMatchObject({ name: 'application_error' })
    provider.setFaults({ busy429: 1 })
    expect((await post(provider, people(1), { key: 'k1' })).status).toBe(429)
    provider.setFaults({})
    expect((await post(provider, [mailTo('nobody')], { key: 'k1' })).status).toBe(422)
    expect((await post(provider, people(2), { key: 'k1' })).status).toBe(200)
    expect(recipients(provider)).toHaveLength(2)
  })

  it('is accepted anew once the key has aged out', async () => {
    const provider = await provide()
    await post(provider, people(1), { key: 'k1' })
    provider.runAhead(24 * hour - 60_000)
    await post(provider, people(1), { key: 'k1' })
    expect(recipients(provider)).toHaveLength(1)
    provider.runAhead(24 * hour)
    await post(provider, people(1), { key: 'k1' })
    expect(recipients(provider)).toHaveLength(2)
  })

  it('may have a key of a shorter life', async () => {
    const provider = await provide({ keyTtlHours: 50 / hour })
    await post(provider, people(1), { key: 'k1' })
    await sleep(80)
    await post(provider, people(1), { key: 'k1' })
    expect(recipients(provider)).toHaveLength(2)
  })

  it('has a key of 1 to 256 characters', async () => {
    const provider = await provide()
    expect((await post(provider, people(1), { key: 'k'.repeat(256) })).status).toBe(200)
    const tooLong = await post(provider, people(1), { key: 'k'.repeat(257) })
    expect(tooLong).toMatchObject({ status: 400, body: { name: 'invalid_idempotency_key' } })
    expect((await post(provider, people(1), { key: '' })).status).toBe(400)
  })

  it('without a key is accepted every time', async () => {
    const provider = await provide()
    await post(provider, people(1))
    await post(provider, people(1))
    expect(recipients(provider)).toHaveLength(2)
  })
})

describe('a provider that starts again on its record', () => {
  it('knows its keys, what it refused beside them, and its counts', async () => {
    const recordFile = newRecord()
    const before = await provide({ recordFile })
    const batch = [...people(2), mailTo('nobody')]
    const first = await post(before, batch, { key: 'k1', headers: permissive })
    await before.close()
    const after = await provide({ recordFile })
    expect(await post(after, batch, { key: 'k1', headers: permissive })).toMatchObject({
      status: 200,
      body: first.body,
    })
    expect((await post(after, people(1), { key: 'k1' })).status).toBe(409)
    expect(after.stats).toMatchObject({ accepted: 2, batches: 1, replayed: 1, conflicts: 1 })
    expect(recipients(after)).toHaveLength(2)
  })

  it('drops a torn last line', async () => {
    const recordFile = newRecord()
    const before = await provide({ recordFile })
    await post(before, people(1), { key: 'k1' })
    await before.close()
    const whole = readFileSync(recordFile, 'utf8')
    appendFileSync(recordFile, whole.slice(0, whole.length / 2))
    const after = await provide({ recordFile })
    expect(recipients(after)).toHaveLength(1)
    expect(readFileSync(recordFile, 'utf8')).toBe(whole)
    await post(after, people(2), { key: 'k2' })
    expect(recipients(after)).toHaveLength(3)
  })

  it('drops a batch of which some lines are missing: it was never answered', async () => {
    const recordFile = newRecord()
    const before = await provide({ recordFile })
    await post(before, people(1), { key: 'k1' })
    const whole = readFileSync(recordFile, 'utf8')
    await post(before, people(3), { key: 'k2' })
    await before.close()
    const lines = readFileSync(recordFile, 'utf8').split('\n')
    rmSync(recordFile)
    appendFileSync(recordFile, `${lines.slice(0, 3).join('\n')}\n`)
    const after = await provide({ recordFile })
    expect(readFileSync(recordFile, 'utf8')).toBe(whole)
    expect((await post(after, people(3), { key: 'k2' })).status).toBe(200)
    expect(recipients(after)).toHaveLength(4)
  })

  it('refuses a record that is damaged in its middle', async () => {
    const recordFile = newRecord()
    appendFileSync(recordFile, 'not json\n')
    await expect(provide({ recordFile })).rejects.toThrow()
  })

  it('leaves the record alone while another holds the port', async () => {
    const recordFile = newRecord()
    const first = await provide({ recordFile })
    appendFileSync(recordFile, '{"half')
    const port = Number(new URL(first.url).port)
    await expect(provide({ recordFile, port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    expect(readFileSync(recordFile, 'utf8')).toBe('{"half')
  })
})

describe('a sender who posts faster than the account allows', () => {
  it('gets 429 with the headers that say when to come back', async () => {
    const provider = await provide({ ratePerSecond: 2 })
    const first = await post(provider, people(1))
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'ratelimit-limit': '2',
      'ratelimit-policy': '2;w=1',
      'ratelimit-remaining': '1',
      'ratelimit-reset': '1',
    })
    expect(first.headers.get('retry-after')).toBeNull()
    await post(provider, people(1))
    const third = await post(provider, people(1))
    expect(third).toMatchObject({ status: 429, body: { statusCode: 429, name: 'rate_limit_exceeded' } })
    expect(third.headers.get('retry-after')).toBe('1')
    expect(third.headers.get('ratelimit-remaining')).toBe('0')
    expect(provider.stats).toMatchObject({ accepted: 2, rateLimited: 1 })
    await sleep(1000)
    expect((await post(provider, people(1))).status).toBe(200)
  })
})

describe('an account with a quota', () => {
  it('is refused by day, until midnight UTC, whoever the recipients are', async () => {
    const provider = await provide({ dailyQuota: 5 })
    const first = await post(provider, [...people(2), mailTo('a@inbox.example', { cc: ['b@inbox.example'] })])
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-resend-daily-quota': '4',
      'x-resend-monthly-quota': '4',
    })
    expect(await post(provider, people(2), { key: 'k1' })).toMatchObject({
      status: 429,
      body: { statusCode: 429, name: 'daily_quota_exceeded' },
    })
    expect((await post(provider, people(1))).status).toBe(200)
    expect(provider.stats).toMatchObject({ accepted: 4, overQuota: 1, rateLimited: 0, refused: 0 })
    provider.runAhead(24 * hour)
    expect((await post(provider, people(2), { key: 'k1' })).status).toBe(200)
  })

  it('is refused by month, and what an earlier run sent counts', async () => {
    const recordFile = newRecord()
    const before = await provide({ recordFile })
    await post(before, people(3))
    await before.close()
    const after = await provide({ recordFile, monthlyQuota: 4 })
    const over = await post(after, people(2))
    expect(over).toMatchObject({ status: 429, body: { name: 'monthly_quota_exceeded' } })
    expect(over.headers.get('x-resend-daily-quota')).toBeNull()
    expect(over.headers.get('x-resend-monthly-quota')).toBe('3')
    after.runAhead(31 * 24 * hour)
    expect((await post(after, people(2))).status).toBe(200)
  })
})

describe('a batch with a bad mail in it', () => {
  const batch = [mailTo('a@inbox.example'), mailTo('not an address'), mailTo('b@inbox.example')]

  it('is refused as a whole by default', async () => {
    const provider = await provide()
    const answer = await post(provider, batch)
    expect(answer).toMatchObject({ status: 422, body: { name: 'validation_error' } })
    expect(recipients(provider)).toEqual([])
  })

  it('goes without it in permissive mode, which names its place', async () => {
    const provider = await provide()
    const answer = await post(provider, batch, { headers: permissive })
    expect(answer.status).toBe(200)
    expect(answer.body.data).toHaveLength(2)
    expect(answer.body.errors).toEqual([{ index: 1, message: expect.stringContaining('`to`') }])
    expect(provider.accepted().map(({ index, of }) => [index, of])).toEqual([
      [0, 2],
      [2, 2],
    ])
  })

  it('is accepted with nothing in it when all are bad', async () => {
    const provider = await provide()
    const answer = await post(provider, [mailTo('x')], { headers: permissive, key: 'k1' })
    expect(answer).toMatchObject({ status: 200, body: { data: [], errors: [{ index: 0 }] } })
    expect(provider.stats).toMatchObject({ accepted: 0, batches: 0, rejected: 1 })
  })
})

describe('a mail of the wrong shape', () => {
  it.each([
    ['no recipient', { to: undefined }, 'missing_required_field'],
    ['no subject', { subject: '' }, 'missing_required_field'],
    ['neither html nor text', { html: undefined, text: undefined }, 'missing_required_field'],
    ['a sender that is no address', { from: 'Brand' }, 'validation_error'],
    ['an address outside ASCII', { to: ['żaba@inbox.example'] }, 'validation_error'],
    ['two addresses in one', { to: ['a@inbox.example, b@inbox.example'] }, 'validation_error'],
    ['51 recipients', { to: people(51).flatMap(({ to }) => to) }, 'validation_error'],
    ['a tag with a space', { tags: [{ name: 'a b', value: 'x' }] }, 'validation_error'],
    ['a tag value outside ASCII', { tags: [{ name: 'a', value: 'é' }] }, 'validation_error'],
    ['a tag of 257 characters', { tags: [{ name: 'a', value: 'x'.repeat(257) }] }, 'validation_error'],
    ['a line break in a header', { headers: { 'X-A': 'b\r\nBcc: c@inbox.example' } }, 'validation_error'],
    ['a line break in the subject', { subject: 'a\nBcc: c@inbox.example' }, 'validation_error'],
    ['a header that is a number', { headers: { 'X-A': 1 } }, 'validation_error'],
    ['a field nobody knows', { replyTo: 'a@inbox.example' }, 'validation_error'],
  ])('is refused: %s', async (_, more, name) => {
    const provider = await provide()
    const answer = await post(provider, mailTo('a@inbox.example', more), { path: '/emails' })
    expect(answer).toMatchObject({ status: 422, body: { statusCode: 422, name } })
    expect(recipients(provider)).toEqual([])
  })

  it('is refused in any number but 1 to 100, or when it is not JSON', async () => {
    const provider = await provide()
    expect((await post(provider, people(100))).status).toBe(200)
    for (const body of [people(101), [], mailTo('a@inbox.example')])
      expect(await post(provider, body)).toMatchObject({ status: 422, body: { name: 'validation_error' } })
    expect((await post(provider, '[{')).status).toBe(400)
  })

  it('is accepted in the forms that Resend takes', async () => {
    const provider = await provide()
    const mail = {
      ...mailTo(''),
      to: 'Åsa Öberg <asa@inbox.example>',
      reply_to: 'r@brand.example',
      text: undefined,
    }
    expect((await post(provider, mail, { path: '/emails' })).body).toEqual({ id: provider.accepted()[0]?.id })
    expect(provider.accepted()[0]).toMatchObject({ to: ['Åsa Öberg <asa@inbox.example>'], html_bytes: 12 })
    expect(provider.accepted()[0]).not.toHaveProperty('html')
  })

  it('is recorded in full when asked', async () => {
    const provider = await provide({ keepContent: true })
    await post(provider, people(1))
    expect(provider.accepted()[0]).toMatchObject({ html: '<p>Hello</p>', text: 'Hello' })
  })
})

describe('a client at the door', () => {
  it('needs a key, and the right one', async () => {
    const provider = await provide({ apiKey: 're_right' })
    const none = await post(provider, people(1), { headers: { authorization: '' } })
    expect(none).toMatchObject({ status: 401, body: { name: 'missing_api_key' } })
    const wrong = await post(provider, people(1), { headers: { authorization: 'Bearer re_wrong' } })
    expect(wrong).toMatchObject({ status: 403, body: { name: 'invalid_api_key' } })
    expect((await post(provider, people(1), { headers: { authorization: 'Bearer re_right' } })).status).toBe(
      200,
    )
  })

  it('needs a User-Agent', async () => {
    const provider = await provide()
    const bare = httpRequest(`${provider.url}/emails`, {
      method: 'POST',
      headers: { authorization: 'Bearer x' },
    })
    bare.end('{}')
    const [response] = await once(bare, 'response')
    expect(response.statusCode).toBe(403)
    response.resume()
  })

  it('finds nothing elsewhere, and each method where it belongs', async () => {
    const provider = await provide()
    expect((await post(provider, {}, { path: '/contacts' })).body).toMatchObject({ name: 'not_found' })
    expect((await fetch(`${provider.url}/emails`)).status).toBe(405)
    expect(await post(provider, {}, { path: '/emails/1' })).toMatchObject({
      status: 405,
      body: { name: 'method_not_allowed' },
    })
  })

  it('sends from a domain of its own, in either mode', async () => {
    const provider = await provide({ verifiedDomains: ['brand.example'] })
    const others = [mailTo('a@inbox.example'), mailTo('b@inbox.example', { from: 'X <x@other.example>' })]
    for (const headers of [{}, permissive])
      expect(await post(provider, others, { headers })).toMatchObject({
        status: 403,
        body: { name: 'validation_error', message: expect.stringContaining('The `other.example` domain') },
      })
    expect(recipients(provider)).toEqual([])
    expect((await post(provider, people(1))).status).toBe(200)
  })

  it('mails nobody at the domains of examples, where the account has them blocked', async () => {
    const provider = await provide({ blockedDomains: ['example.com'] })
    const batch = [mailTo('A <a@Example.com>'), mailTo('a@inbox.example')]
    expect(await post(provider, batch)).toMatchObject({ status: 422, body: { name: 'validation_error' } })
    expect((await post(provider, batch, { headers: permissive })).body).toMatchObject({
      data: [{}],
      errors: [{ index: 0, message: expect.stringContaining('`example.com`') }],
    })
  })

  it('posts a body of the length that is read, whoever it is', async () => {
    const provider = await provide({ mostBodyBytes: 1000 })
    const answer = await postRaw(provider, people(10))
    expect(answer).toMatchObject({ status: 413, text: expect.stringContaining('<html>') })
    expect(recipients(provider)).toEqual([])
    expect((await post(provider, people(1))).status).toBe(200)
  })
})

describe('a connection that breaks', () => {
  it('before anything was accepted leaves no trace', async () => {
    const provider = await provide({ faults: { resetBefore: 1 } })
    await expect(post(provider, people(2), { key: 'k1' })).rejects.toMatchObject({
      cause: { code: 'ECONNRESET' },
    })
    expect(recipients(provider)).toEqual([])
    provider.setFaults({})
    expect((await post(provider, people(2), { key: 'k1' })).status).toBe(200)
  })

  it('after the batch was accepted leaves it in the record, and the key answers later', async () => {
    const provider = await provide({ faults: { resetAfter: 1 } })
    await expect(post(provider, people(2), { key: 'k1' })).rejects.toMatchObject({
      cause: { code: 'ECONNRESET' },
    })
    expect(recipients(provider)).toHaveLength(2)
    provider.setFaults({})
    const again = await post(provider, people(2), { key: 'k1' })
    expect(again.body).toEqual({ data: provider.accepted().map(({ id }) => ({ id })) })
    expect(recipients(provider)).toHaveLength(2)
  })

  it.each([
    ['accepted', 'timeoutAfter', 1],
    ['not accepted', 'timeoutBefore', 0],
  ])('may stay open and silent, the batch being %s', async (_, fault, accepted) => {
    const provider = await provide({ faults: { [fault]: 1 } })
    const silent = fetch(`${provider.url}/emails/batch`, {
      method: 'POST',
      headers: { authorization: 'Bearer x' },
      body: JSON.stringify(people(1)),
      signal: AbortSignal.timeout(500),
    })
    await expect(silent).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(recipients(provider)).toHaveLength(accepted)
  })

  it('in the middle of the answer leaves half of it, and the batch in the record', async () => {
    const provider = await provide({ faults: { cutAfter: 1 } })
    const socket = httpRequest(`${provider.url}/emails/batch`, {
      method: 'POST',
      headers: { authorization: 'Bearer x', 'user-agent': 'test', 'idempotency-key': 'k1' },
    })
    const broken = once(socket, 'error').catch((error) => [error])
    socket.end(JSON.stringify(people(3)))
    const [response] = await once(socket, 'response')
    expect(response.statusCode).toBe(200)
    let half = ''
    response.on('data', (chunk: Buffer) => {
      half += chunk.toString()
    })
    await expect(once(response, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(await broken).toMatchObject([{ code: 'ECONNRESET' }])
    expect(half).toMatch(/^{"data":\[{"id":"/)
    expect(half.length).toBeLessThan(Number(response.headers['content-length']))
    provider.setFaults({})
    const again = await post(provider, people(3), { key: 'k1' })
    expect(JSON.stringify(again.body).startsWith(half)).toBe(true)
    expect(recipients(provider)).toHaveLength(3)
  })
})

describe('an answer that no client was promised', () => {
  it.each([
    ['pageAfter', 200, 2],
    ['page504After', 504, 2],
    ['page502', 502, 0],
  ])('%s is a page with status %i', async (fault, status, accepted) => {
    const provider = await provide({ faults: { [fault]: 1 } })
    const { headers, text, ...answer } = await postRaw(provider, people(2), { key: 'k1' })
    expect(answer.status).toBe(status)
    expect(headers.get('content-type')).toContain('text/html')
    expect(() => JSON.parse(text)).toThrow()
    expect(recipients(provider)).toHaveLength(accepted)
    provider.setFaults({})
    expect((await post(provider, people(2), { key: 'k1' })).status).toBe(200)
    expect(recipients(provider)).toHaveLength(2)
  })

  it('may be 503 in Resend’s own words', async () => {
    const provider = await provide({ faults: { unavailable503: 1 } })
    const answer = await post(provider, people(1))
    expect(answer).toMatchObject({ status: 503, body: { name: 'service_unavailable' } })
    expect(recipients(provider)).toEqual([])
  })

  it.each<[Trouble, number, string]>([
    ['missingApiKey', 401, 'missing_api_key'],
    ['invalidApiKey', 403, 'invalid_api_key'],
    ['unknownApiKey', 401, 'validation_error'],
    ['restrictedApiKey', 401, 'restricted_api_key'],
    ['inactiveApiKey', 403, 'restricted_api_key'],
    ['suspendedApiKey', 403, 'suspended_api_key'],
    ['domainNotVerified', 403, 'validation_error'],
    ['dailyQuota', 429, 'daily_quota_exceeded'],
    ['monthlyQuota', 429, 'monthly_quota_exceeded'],
    ['wholeBatch', 422, 'validation_error'],
    ['security', 451, 'security_error'],
  ])('may be about the account: %s is %i %s', async (refusedAs, status, name) => {
    const provider = await provide({ faults: { refused: 1, refusedAs } })
    const answer = await post(provider, people(1), { headers: permissive })
    expect(answer).toMatchObject({ status, body: { statusCode: status, name } })
    expect(recipients(provider)).toEqual([])
    expect(provider.stats.faults.refused).toBe(1)
  })
})

describe('someone who asks for a mail by its id', () => {
  const ask = async (provider: Provider, id: string) => {
    const headers = { authorization: 'Bearer re_test' }
    const response = await fetch(`${provider.url}/emails/${id}`, { headers })
    return { status: response.status, body: await response.json() }
  }

  it('gets it, with the last that is known of it', async () => {
    const provider = await provide({ keepContent: true })
    await post(provider, [mailTo('anna@inbox.example'), mailTo('bounced+2@inbox.example')])
    const [first, second] = provider.accepted().map(({ id }) => id)
    expect((await ask(provider, first ?? '')).body).toEqual({
      object: 'email',
      id: first,
      message_id: expect.stringMatching(/^<.+@.+>$/),
      to: ['anna@inbox.example'],
      from: 'Liść <news@brand.example>',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00$/),
      subject: 'Hello',
      html: '<p>Hello</p>',
      text: 'Hello',
      bcc: [],
      cc: [],
      reply_to: [],
      last_event: 'delivered',
      scheduled_at: null,
      tags: [{ name: 'batch', value: '7-1' }],
    })
    expect((await ask(provider, second ?? '')).body).toMatchObject({ last_event: 'bounced' })
  })

  it('finds nothing under another, and is told what an id is', async () => {
    const provider = await provide()
    await post(provider, people(1))
    expect(await ask(provider, randomUUID())).toMatchObject({ status: 404, body: { name: 'not_found' } })
    expect(await ask(provider, 'one')).toMatchObject({ status: 422, body: { name: 'invalid_parameter' } })
  })

  it('is asked who they are, and counts against the rate', async () => {
    const provider = await provide({ ratePerSecond: 1 })
    await post(provider, people(1))
    expect((await fetch(`${provider.url}/emails/${randomUUID()}`)).status).toBe(401)
    expect((await ask(provider, randomUUID())).status).toBe(429)
  })
})

describe('faults drawn from a seed', () => {
  const statuses = async (provider: Provider) => {
    const seen: number[] = []
    for (let n = 0; n < 40; n++) seen.push((await post(provider, people(1))).status)
    return seen
  }

  it('are the same in every run, and start anew when they are set', async () => {
    const faults = { seed: 42, busy429: 0.3, error500: 0.2 }
    const provider = await provide({ faults })
    const first = await statuses(provider)
    expect(new Set(first)).toEqual(new Set([200, 429, 500]))
    provider.setFaults(faults)
    expect(await statuses(provider)).toEqual(first)
    provider.setFaults({ ...faults, seed: 43 })
    expect(await statuses(provider)).not.toEqual(first)
  })

  it('can refuse one mail of a permissive batch', async () => {
    const provider = await provide({ faults: { rejectOne: 1 } })
    const { body } = await post(provider, people(5), { headers: permissive, key: 'k1' })
    expect(body.data).toHaveLength(4)
    expect(body.errors).toHaveLength(1)
    expect((await post(provider, people(5), { headers: permissive, key: 'k1' })).body).toEqual(body)
    expect(provider.stats.faults.rejectOne).toBe(1)
  })
})

describe('someone who looks from outside', () => {
  it('reads the record and the counts, and sets the faults', async () => {
    const provider = await provide()
    const read = async (path: string) => (await fetch(provider.url + path)).json()
    expect(await read('/__record')).toEqual([])
    await post(provider, people(2), { key: 'k1' })
    expect(await read('/__record')).toEqual(
      provider.accepted().map(({ to, subject, key, index, at, id }) => ({ to, subject, key, index, at, id })),
    )
    expect(await read('/__stats')).toMatchObject({ requests: 1, accepted: 2 })
    const set = (faults: object) =>
      fetch(`${provider.url}/__faults`, { method: 'PUT', body: JSON.stringify(faults) })
    expect((await set({ error500: 2 })).status).toBe(422)
    expect((await set({ error500: 0.6, busy429: 0.6 })).status).toBe(422)
    expect((await set({ error500: 1 })).status).toBe(200)
    expect((await post(provider, people(1))).status).toBe(500)
  })

  it('sets its clock ahead', async () => {
    const provider = await provide()
    await post(provider, people(1), { key: 'k1' })
    const clock = (aheadSeconds: number) =>
      fetch(`${provider.url}/__clock`, { method: 'PUT', body: JSON.stringify({ aheadSeconds }) })
    expect((await clock(-1)).status).toBe(422)
    expect((await clock(86_400)).status).toBe(200)
    await post(provider, people(1), { key: 'k1' })
    expect(recipients(provider)).toHaveLength(2)
    const [first, second] = provider.accepted().map(({ at }) => Date.parse(at))
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(24 * hour)
  })
})

describe('the resend package', () => {
  it('sends a batch and a single mail, and gets refusals by name', async () => {
    const provider = await provide()
    const resend = resendClient({ apiKey: 're_test', baseUrl: provider.url, webhookSecret: undefined })
    const mail = {
      from: 'Brand <news@brand.example>',
      to: 'a@inbox.example',
      replyTo: 'reply@brand.example',
      subject: 'Hello',
      html: '<p>Hello</p>',
      headers: { 'X-A': 'b' },
      tags: [{ name: 'a', value: 'b' }],
    }
    const batch = await resend.batch.send([mail, { ...mail, to: 'nobody' }], {
      idempotencyKey: 'k1',
      batchValidation: 'permissive',
    })
    expect(batch.data).toEqual({
      data: [{ id: provider.accepted()[0]?.id }],
      errors: [{ index: 1, message: expect.any(String) }],
    })
    expect(provider.accepted()[0]).toMatchObject({
      key: 'k1',
      to: ['a@inbox.example'],
      headers: { 'X-A': 'b' },
    })
    const single = await resend.emails.send(mail, { idempotencyKey: 'k2' })
    expect(single.data).toEqual({ id: provider.accepted()[1]?.id })
    const other = await resend.emails.send({ ...mail, subject: 'Bye' }, { idempotencyKey: 'k2' })
    expect(other.error).toMatchObject({ name: 'invalid_idempotent_request', statusCode: 409 })
  })
})

describe('the provider as a process', () => {
  const main = new URL('../../src/dev/provider/main.ts', import.meta.url).href
  const script = `import('${main}').then(({ runProvider }) => runProvider(process.argv.slice(1)))`

  async function launch(...argv: string[]) {
    const child = spawn(process.execPath, ['-e', script, '--', ...argv], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(child.stdout, 'data')
    const url = /ready on (http:\S+), record in /.exec(String(line))?.[1] ?? ''
    return { child, url, exited: once(child, 'exit') }
  }

  it('remembers what it accepted when it is killed', async () => {
    const record = newRecord()
    const first = await launch('--port', '0', '--record', record)
    const answer = await post(first, people(100), { key: 'k1' })
    first.child.kill('SIGKILL')
    await first.exited
    const second = await launch('--port', '0', '--record', record)
    expect((await post(second, people(100), { key: 'k1' })).body).toEqual(answer.body)
    second.child.kill('SIGTERM')
    expect(await second.exited).toEqual([0, null])
  })

  it('takes all of its options as flags', async () => {
    const record = newRecord()
    const argv = [
      '--port',
      '0',
      '--record',
      record,
      '--daily-quota',
      '3',
      '--domains',
      'brand.example,b.example',
    ]
    const { url, child, exited } = await launch(...argv, '--refused', '0', '--soft', '1', '--key-hours', '1')
    expect((await post({ url }, people(2))).headers.get('x-resend-daily-quota')).toBe('2')
    expect((await post({ url }, people(2))).body).toMatchObject({ name: 'daily_quota_exceeded' })
    expect((await post({ url }, [mailTo('a@inbox.example', { from: 'x@c.example' })])).status).toBe(403)
    expect(readFileSync(record, 'utf8')).toContain('"courses":["soft"]')
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  })

  it('explains each of its flags', () => {
    for (const flag of flagNames) expect(usage).toMatch(new RegExp(`--${flag}\\b`))
  })

  it.each([
    [['--port', '0'], '--record FILE is missing'],
    [['--record', 'x', '--rate', 'fast'], '--rate must be a whole number'],
    [['--record', 'x', '--busy', '1.5'], '--busy must be between 0 and 1'],
    [['--record', 'x', '--loud'], "Unknown option '--loud'"],
    [['--record', 'x', '--error', '0.6', '--cut-after', '0.6'], 'must not add up to more than 1'],
    [
      ['--record', 'x', '--refused', '1', '--refused-as', 'rain'],
      '--refused-as must be one of missingApiKey',
    ],
    [['--record', 'x', '--webhook-url', 'http://127.0.0.1:1/'], '--webhook-secret go together'],
    [
      ['--record', 'x', '--webhook-url', 'https://brand.example/', '--webhook-secret', secret],
      'on loopback only',
    ],
  ])('says in one line what is wrong with %j', async (argv, sentence) => {
    const lines: string[] = []
    const { write } = process.stderr
    process.stderr.write = (text) => lines.push(String(text)) > 0
    try {
      await runProvider(argv)
    } finally {
      process.stderr.write = write
    }
    expect(process.exitCode).toBe(1)
    process.exitCode = undefined
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(sentence)
    expect(lines[0]?.trim().split('\n')).toHaveLength(1)
  })
})
