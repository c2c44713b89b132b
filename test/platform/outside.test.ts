// adapter · DNS and link checks in Node: the meaning of each answer, and hosts never asked
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { readConfig } from '../../src/platform/config.ts'
import type { Outside, UrlCheck } from '../../src/platform/deps.ts'
import { nodeOutside } from '../../src/platform/outside/node.ts'
import { isPublicAddress } from '../../src/platform/outside/public-address.ts'
import { workerOutside } from '../../src/platform/outside/worker.ts'
import { linksOf } from '../../src/preflight/links.ts'
import { visitLinks } from '../../src/preflight/visit-links.ts'
import { type DnsServer, startDns } from '../support/dns.ts'

describe('an address', () => {
  it.each([
    ['127.0.0.1', 'this machine'],
    ['127.255.255.254', 'this machine'],
    ['0.0.0.0', 'this machine'],
    ['10.1.2.3', 'a private network'],
    ['172.16.0.1', 'a private network'],
    ['172.31.255.255', 'a private network'],
    ['192.168.1.1', 'a private network'],
    ['100.64.0.1', 'a network of a carrier'],
    ['169.254.169.254', 'the metadata of a cloud'],
    ['192.0.0.8', 'reserved'],
    ['192.0.2.1', 'for documentation'],
    ['198.18.0.1', 'for benchmarks'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'everybody'],
    ['::', 'this machine'],
    ['::1', 'this machine'],
    ['::ffff:127.0.0.1', 'this machine, mapped'],
    ['::ffff:a00:1', 'a private network, mapped'],
    ['64:ff9b::a00:1', 'a private network, by NAT64'],
    ['2002:7f00:1::', 'this machine, by 6to4'],
    ['2001:0:7f00:1::', 'Teredo'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local, with its zone'],
    ['fc00::1', 'a private network'],
    ['fd00:ec2::254', 'the metadata of a cloud'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'for documentation'],
    ['', 'none'],
    ['shop.se', 'none'],
  ])('%s is not asked: %s', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it.each([
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.128.0.1',
    '193.0.0.1',
    '223.255.255.1',
    '2606:4700::1111',
    '2a00:1450::1',
  ])('%s is the public’s', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })
})

let dns: DnsServer
let outside: Outside
let web: Site
let tls: Site
const visits: string[] = []

interface Site {
  readonly port: number
  close(): Promise<void>
}

const listening = (server: Server | TlsServer): Promise<Site> =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve({
        port: typeof address === 'object' ? (address?.port ?? 0) : 0,
        close: async () => {
          server.closeAllConnections()
          await new Promise((closed) => server.close(closed))
        },
      })
    }),
  )

/** Answers pages by path; `/silent` never answers. */
const answer: RequestListener = (request, response) => {
  const path = request.url ?? ''
  visits.push(`${request.method} ${request.headers.host?.replace(/:\d+$/, '')}${path}`)
  const go = (to: string): void => void response.writeHead(302, { location: to }).end()
  if (path.startsWith('/silent')) return
  if (path === '/round') return go('/round')
  if (path === '/moved') return go('/ok')
  if (path === '/inside') return go(`http://inside.garden.se:${web.port}/secret`)
  if (path === '/metadata') return go('http://169.254.169.254/latest/meta-data/')
  if (path === '/loopback') return go(`http://127.0.0.2:${web.port}/secret`)
  if (path === '/app') return go('garden-app://open/1')
  if (path === '/home') return go('https://lists.brand.se/u/token')
  if (path === '/no-head') return void response.writeHead(request.method === 'HEAD' ? 405 : 200).end()
  if (path === '/endless') {
    response.writeHead(200)
    const more = setInterval(() => response.write('x'.repeat(1000)), 5)
    return void response.on('close', () => clearInterval(more))
  }
  const status = Number(/^\/(\d{3})$/.exec(path)?.[1] ?? 200)
  response.writeHead(status).end(request.method === 'HEAD' ? undefined : 'A page.')
}

beforeAll(async () => {
  web = await listening(createServer(answer))
  tls = await listening(createTlsServer({}, answer))
  dns = await startDns({
    'garden.se': { A: ['127.0.0.1'], TXT: ['one', 'two'], MX: ['mail.garden.se'] },
    'inside.garden.se': { A: ['127.0.0.2'] },
    'both.garden.se': { A: ['127.0.0.2', '127.0.0.1'] },
    'null.garden.se': { MX: [''] },
    'long.garden.se': { TXT: [`v=DKIM1; p=${'A'.repeat(900)}`] },
    'deep.below.garden.se': { TXT: ['x'] },
    'broken.garden.se': 'servfail',
    'silent.garden.se': 'silence',
  })
  // For these tests 127.0.0.1 counts as the public internet, every other address as internal.
  outside = nodeOutside({ servers: [dns.address], isPublic: (address) => address === '127.0.0.1' })
})
afterAll(async () => {
  await Promise.all([dns.close(), web.close(), tls.close()])
})

describe('a question to DNS', () => {
  it.each([
    ['garden.se', 'TXT', ['one', 'two']],
    ['garden.se', 'MX', ['mail.garden.se']],
    ['null.garden.se', 'MX', ['']],
    // The name exists, the record does not; a name between two others exists too. RFC 8020
    ['garden.se', 'TXT', ['one', 'two']],
    ['inside.garden.se', 'TXT', []],
    ['below.garden.se', 'TXT', []],
    ['nowhere.se', 'TXT', 'no_such_name'],
    ['broken.garden.se', 'TXT', 'unknown'],
  ] as const)('%s %s: %j', async (name, type, expected) => {
    expect(await outside.lookUp(name, type)).toEqual(expected)
  })

  it('is asked again over TCP where the answer was cut off, and put together', async () => {
    const answered = await outside.lookUp('long.garden.se', 'TXT')
    expect(answered).toEqual([`v=DKIM1; p=${'A'.repeat(900)}`])
    expect(dns.asked).toContain('tcp TXT long.garden.se')
  })

  it('is unknown where nobody answers', async () => {
    expect(await outside.lookUp('silent.garden.se', 'TXT')).toBe('unknown')
    const nobody = nodeOutside({ servers: ['127.0.0.1:1'] })
    expect(await nobody.lookUp('garden.se', 'TXT')).toBe('unknown')
  })
})

const at = (host: string, path: string): string => `http://${host}:${web.port}${path}`

describe('a link', () => {
  it.each<[string, string, UrlCheck]>([
    ['garden.se', '/ok', { status: 200, location: null }],
    ['garden.se', '/404', { status: 404, location: null }],
    ['garden.se', '/moved', { status: 302, location: '/ok' }],
    ['both.garden.se', '/ok', { status: 200, location: null }],
    ['inside.garden.se', '/secret', { failure: 'private' }],
    ['127.0.0.2', '/secret', { failure: 'private' }],
    ['0x7f.2', '/secret', { failure: 'private' }],
    ['[::1]', '/secret', { failure: 'private' }],
    ['localhost', '/secret', { failure: 'no_such_host' }],
    ['nowhere.se', '/', { failure: 'no_such_host' }],
    ['broken.garden.se', '/', { failure: 'network' }],
  ])('http://%s%s: %j', async (host, path, expected) => {
    expect(await outside.checkUrl(at(host, path), 'HEAD')).toEqual(expected)
    expect(visits.filter((visit) => visit.includes('secret'))).toEqual([])
  })

  it('to another service than the web’s is not asked', async () => {
    expect(await outside.checkUrl('http://garden.se:25/', 'HEAD')).toEqual({ failure: 'network' })
  })

  it('is not read: an endless page is answered', async () => {
    expect(await outside.checkUrl(at('garden.se', '/endless'), 'GET')).toMatchObject({ status: 200 })
  })

  it('is given up after five seconds', async () => {
    expect(await outside.checkUrl(at('garden.se', '/silent'), 'HEAD')).toEqual({ failure: 'timeout' })
  })

  it('whose host has no certificate that holds is told from one that cannot be reached', async () => {
    expect(await outside.checkUrl(`https://garden.se:${tls.port}/`, 'HEAD')).toEqual({ failure: 'tls' })
    expect(await outside.checkUrl('http://garden.se:1/', 'HEAD')).toEqual({ failure: 'network' })
  })
})

describe('the links of a mail', () => {
  const read = readConfig({ PUBLIC_URL: 'https://lists.brand.se', MAIL: 'resend', RESEND_API_KEY: 're_x' })
  if (!read.ok) throw new Error(read.problem)
  const { config } = read
  const check = (urls: readonly string[]) => {
    const html = urls.map((url) => `<a href="${url}">x</a>`).join('')
    return visitLinks(
      { outside, config },
      linksOf({ complete: html, bare: html }, config.publicUrl, 'reader@example.com'),
    )
  }
  const said = async (path: string): Promise<string> => {
    const first = (await check([at('garden.se', path)])).find(({ key }) => key !== 'http')
    return `${first?.verdict}: ${first?.words.replace(/^\S+ /, '')}`
  }

  it.each([
    ['/ok', 'ok: link works.'],
    ['/moved', 'ok: link works.'],
    ['/no-head', 'ok: link works.'],
    ['/404', 'warn: was not found (404).'],
    ['/410', 'warn: was not found (410).'],
    ['/403', 'unknown: answered with error 403, perhaps temporarily or only to automated checks.'],
    ['/500', 'unknown: answered with error 500, perhaps temporarily or only to automated checks.'],
    ['/round', 'warn: redirects too many times.'],
    ['/inside', 'warn: leads to a private network that readers cannot reach, so it was not tested.'],
    ['/metadata', 'warn: leads to a private network that readers cannot reach, so it was not tested.'],
    ['/loopback', 'warn: leads to a private network that readers cannot reach, so it was not tested.'],
    ['/app', 'ok: link works.'],
    // A link to ourselves needs no request, and its address may hold a person's token.
    ['/home', 'ok: link works.'],
  ])('%s is told as %s', async (path, expected) => {
    expect(await said(path)).toBe(expected)
    expect(visits.filter((visit) => visit.includes('secret'))).toEqual([])
  })

  it('are asked once each, by GET only where HEAD was refused; ours not at all', async () => {
    visits.length = 0
    await check([
      at('garden.se', '/ok'),
      at('garden.se', '/ok#part'),
      at('garden.se', '/404'),
      'https://lists.brand.se/u/token',
    ])
    expect(visits.toSorted()).toEqual(['GET garden.se/404', 'HEAD garden.se/404', 'HEAD garden.se/ok'])
  })

  it('are given up together after ten seconds; what was not asked is said', async () => {
    const silent = Array.from({ length: 30 }, (_, nth) => at('garden.se', `/silent?${nth}`))
    const checks = (await check(silent)).filter(({ key }) => key === 'link')
    expect(checks).toHaveLength(30)
    expect(checks.every(({ verdict }) => verdict === 'unknown')).toBe(true)
    expect(checks.at(-1)?.words).toContain('was not tested, because other links took too long')
  })
})

describe('a worker, which asks DNS over HTTPS (RFC 8484, as JSON)', () => {
  const asked: string[] = []
  const says = (answer: () => Response | Promise<never>) =>
    vi.stubGlobal('fetch', async (url: string) => {
      asked.push(url)
      return answer()
    })
  afterEach(() => vi.unstubAllGlobals())

  it.each<[string, 'TXT' | 'MX', object, unknown]>([
    ['a text', 'TXT', { Status: 0, Answer: [{ type: 16, data: '"v=spf1 -all"' }] }, ['v=spf1 -all']],
    ['a text in parts', 'TXT', { Status: 0, Answer: [{ type: 16, data: '"p=A" "BC"' }] }, ['p=ABC']],
    ['a quote in a text', 'TXT', { Status: 0, Answer: [{ type: 16, data: '"a \\"b\\" c"' }] }, ['a "b" c']],
    [
      'behind another name',
      'TXT',
      {
        Status: 0,
        Answer: [
          { type: 5, data: 'x.se.' },
          { type: 16, data: '"y"' },
        ],
      },
      ['y'],
    ],
    ['hosts', 'MX', { Status: 0, Answer: [{ type: 15, data: '10 mail.a.se.' }] }, ['mail.a.se']],
    ['a null MX', 'MX', { Status: 0, Answer: [{ type: 15, data: '0 .' }] }, ['']],
    ['no such record', 'TXT', { Status: 0 }, []],
    ['no such name', 'TXT', { Status: 3 }, 'no_such_name'],
    ['a failure', 'TXT', { Status: 2 }, 'unknown'],
    ['nonsense', 'TXT', ['?'], 'unknown'],
  ])('reads %s', async (_, type, answer, expected) => {
    says(() => Response.json(answer))
    expect(await workerOutside.lookUp('_dmarc.a.se', type)).toEqual(expected)
    expect(asked.at(-1)).toBe(`https://cloudflare-dns.com/dns-query?type=${type}&name=_dmarc.a.se`)
  })

  it('knows nothing where nobody answers, or something else does', async () => {
    says(() => Promise.reject(new TypeError('fetch failed')))
    expect(await workerOutside.lookUp('a.se', 'TXT')).toBe('unknown')
    expect(await workerOutside.checkUrl('https://a.se/', 'HEAD')).toEqual({ failure: 'network' })
    says(() => new Response('<html>'))
    expect(await workerOutside.lookUp('a.se', 'TXT')).toBe('unknown')
  })

  it('asks a link by the same rules', async () => {
    says(() => new Response(null, { status: 302, headers: { location: '/there' } }))
    expect(await workerOutside.checkUrl('https://a.se/', 'HEAD')).toEqual({ status: 302, location: '/there' })
    says(() => Promise.reject(new DOMException('late', 'TimeoutError')))
    expect(await workerOutside.checkUrl('https://a.se/', 'HEAD')).toEqual({ failure: 'timeout' })
  })
})
