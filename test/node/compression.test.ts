// entry · compressed answers at the socket: what is open to all, and nothing that reflects input beside a secret. RFC 9110, BREACH
import { get, type IncomingMessage } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../../src/node/listen.ts'
import { referenceToken } from '../../src/platform/vault/tokens.ts'
import { consoleStylesheetHref, referenceHref, stylesheetHref } from '../../src/ui/assets.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
let server: Awaited<ReturnType<typeof listen>>
let token: string
let notice: string

beforeAll(async () => {
  house = await openTestApp()
  const list = await house.makeList()
  const [subscription] = await house.subscribe(list, ['reader@example.pl'])
  token = referenceToken(house.deps.vault, 'pref', { subscription: subscription.id, campaign: 0 })
  const [row] = await house.owner<{ hash: string }[]>`select notices ->> 'en' as hash from lists`
  notice = row?.hash ?? ''
  server = await listen({ ...house.deps, config: { ...house.deps.config, port: 0, host: '127.0.0.1' } })
})
afterAll(async () => {
  server.close()
  if ('closeAllConnections' in server) server.closeAllConnections()
  await house.close()
})

interface Heard {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly octets: Buffer
}

function ask(path: string, headers: Record<string, string> = {}): Promise<Heard> {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, octets: Buffer.concat(chunks) }),
      )
    }).once('error', reject)
  })
}

const plainOf = ({ headers, octets }: Heard): Buffer => {
  if (headers['content-encoding'] === 'br') return brotliDecompressSync(octets)
  return headers['content-encoding'] === 'gzip' ? gunzipSync(octets) : octets
}

const inBrowser = { 'accept-encoding': 'gzip, deflate, br, zstd' }

describe('what is open to everybody', () => {
  it.each([
    ['the style sheet of public pages', () => stylesheetHref],
    ['that of the console', () => consoleStylesheetHref],
    ['that of the documentation', () => referenceHref],
    ['the documentation', () => '/api/docs'],
    ['its document', () => '/api/openapi.json'],
    ['a form', () => '/s/letter'],
    ['a notice', () => `/n/${notice}`],
  ])('comes compressed to a third or less, is the same, and varies by encoding: %s', async (_, path) => {
    const plain = await ask(path())
    expect([plain.status, plain.headers['content-encoding']]).toEqual([200, undefined])
    expect(plain.headers.vary).toMatch(/accept-encoding/i)
    for (const [header, encoding] of [
      [inBrowser['accept-encoding'], 'br'],
      ['br', 'br'],
      ['gzip', 'gzip'],
      ['br;q=0, gzip', 'gzip'],
      ['GZIP;q=0.5', 'gzip'],
    ] as const) {
      const packed = await ask(path(), { 'accept-encoding': header })
      expect([packed.status, packed.headers['content-encoding']]).toEqual([200, encoding])
      expect(packed.headers.vary).toMatch(/accept-encoding/i)
      expect(packed.octets.length).toBeLessThan(plain.octets.length / 3 + 300)
      // Each form has a stamp of its own.
      const same = (text: Buffer) => text.toString().replace(/name="stamp" value="[^"]*"/, '')
      expect(same(plainOf(packed))).toBe(same(plain.octets))
    }
  })

  it.each(['identity', 'br;q=0, gzip;q=0.0', 'deflate', '*', 'zstd'])(
    'comes as it is to who accepts neither of ours: %s',
    async (header) => {
      const answer = await ask(stylesheetHref, { 'accept-encoding': header })
      expect(answer.headers['content-encoding']).toBeUndefined()
      expect(answer.octets.toString()).toContain(':root')
    },
  )

  it('is kept for a year where it is named by its content, and asked for again by its tag. RFC 9110, 13.1.2', async () => {
    const first = await ask(stylesheetHref, inBrowser)
    expect(first.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    const tag = first.headers.etag ?? ''
    expect(tag).toMatch(/^W\/"[0-9a-f]{12}"$/)
    for (const header of [tag, tag.slice(2), `"x", ${tag}`, '*']) {
      const again = await ask(stylesheetHref, { ...inBrowser, 'if-none-match': header })
      expect([again.status, again.octets.length, again.headers.etag]).toEqual([304, 0, tag])
    }
    expect((await ask(stylesheetHref, { ...inBrowser, 'if-none-match': '"x"' })).status).toBe(200)
  })
})

describe('a page that says something of a person, or repeats what was sent', () => {
  it.each([
    ['choices', () => `/p/${token}`],
    ['an unknown link', () => `/c/${'A'.repeat(44)}`],
    ['the page after a form, which repeats a domain', () => '/s/letter/sent?at=gmial.com'],
    ['an error', () => '/nothing'],
    ['the API', () => '/api/v1/lists'],
    ['the door of the console', () => '/console/sign-in'],
    ['the mailbox', () => '/dev/mailbox.json'],
  ])('is not compressed: %s', async (_, path) => {
    const answer = await ask(path(), inBrowser)
    expect(answer.headers['content-encoding']).toBeUndefined()
  })
})

describe('a page', () => {
  it.each([
    ['a form without a colour of its own', () => '/s/letter'],
    ['the documentation', () => '/api/docs'],
    ['the door of the console', () => '/console/sign-in'],
  ])('has one style sheet: %s', async (_, path) => {
    const { octets } = await ask(path())
    expect(octets.toString().match(/<link rel="stylesheet"/g)).toHaveLength(1)
  })
})
