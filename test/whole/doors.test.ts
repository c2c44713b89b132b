// web · every address open to strangers: the data they can create there, and its bounds
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { serve } from '@hono/node-server'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { endpoints } from '../../src/api/site-map.ts'
import { app } from '../../src/app.ts'
import { messages } from '../../src/i18n/messages.ts'
import type { Config } from '../../src/platform/config.ts'
import { fromConsole } from '../support/console.ts'
import { unescaped, valuesOf } from '../support/page.ts'
import { besidesRefusals, contentsOf, sizesOf } from '../support/tables.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
beforeAll(async () => {
  house = await openTestApp({
    connections: 6,
    env: { LIMIT_PER_NETWORK: '5', RESEND_WEBHOOK_SECRET: `whsec_${'A'.repeat(24)}` },
  })
  await house.makeList()
  // Two of the tests set the statistics themselves.
  await house.owner`alter table signup_requests set (autovacuum_enabled = off)`
})
afterEach(async () => {
  house.later({ days: 2 })
  await house.rest()
  await house.owner`delete from limits`
})
afterAll(() => house.close())

interface Ask {
  readonly address?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: BodyInit
  readonly config?: Partial<Config>
}

/** A stranger's request: no session, no key, no token of ours. */
async function ask(method: string, path: string, by: Ask = {}): Promise<Response> {
  const request = new Request(`${house.url}${path}`, {
    method,
    headers: { ...fromConsole(house), ...by.headers },
    redirect: 'manual',
    ...(by.body instanceof ReadableStream ? { duplex: 'half' } : {}),
    ...(method === 'GET' || method === 'DELETE'
      ? {}
      : { body: by.body ?? new URLSearchParams({ any: 'thing' }) }),
  })
  return app.fetch(request, {
    ...house.deps,
    remoteAddress: 'address' in by ? by.address : '192.0.2.1',
    config: { ...house.deps.config, ...by.config },
  })
}

/** The protection of each address against a stranger. */
type Door =
  /** Writes before the caller is known: counted per network, and bounded overall by the named limit. */
  | { readonly counts: string; readonly inAll: string }
  /** Writes nothing for a stranger, with the reason. */
  | { readonly keeps: 'nothing'; readonly because: string }

/** Besides security events: 20 an hour of a network, 1,000 of all (test/audit/reading.test.ts). */
const kept = async () => besidesRefusals(await contentsOf(house.owner))

const reads: Door = { keeps: 'nothing', because: 'it only shows' }
const byToken: Door = {
  keeps: 'nothing',
  because:
    'a token is a MAC of 128 bits: there is nothing to guess, and a wrong one asks the database nothing but to count it',
}
const onThisMachine: Door = { keeps: 'nothing', because: 'it answers this machine alone' }

const doors: Readonly<Record<string, Door>> = {
  'GET /': reads,
  'GET /healthz': reads,
  'GET /readyz': reads,
  'GET /assets/:name': reads,
  'GET /api/docs': reads,
  'GET /api/openapi.json': reads,
  'GET /s/:list': reads,
  'GET /s/:list/sent': reads,
  'GET /s/:list/brand.css': reads,
  'GET /s/:list/icon.svg': reads,
  'GET /n/:hash': reads,
  'POST /s/:list': {
    counts: 'signups:10m, signups:10m:bare, signups:10m:trapped, signups:day',
    inAll: '100,000 received and a million open requests (src/signup/queue-limit.ts)',
  },
  'GET /c/:token': byToken,
  'POST /c/:token': byToken,
  'GET /u/:token': byToken,
  'POST /u/:token': byToken,
  'GET /p/:token': byToken,
  'POST /p/:token': byToken,
  'POST /hooks/resend': {
    keeps: 'nothing',
    because: 'only what the provider signed is kept; the log has one line a minute',
  },
  'GET /dev/mailbox': onThisMachine,
  'GET /dev/mailbox.json': onThisMachine,
  'DELETE /dev/mailbox.json': onThisMachine,
  'GET /console/sign-in': reads,
  'POST /console/sign-in': {
    counts: 'sign-in:network, sign-in:address, sign-in:address:all, sign-in:browser',
    inAll:
      '262,144 counts of each; links and mails only for operators: 20 an hour by strangers, 10 by a browser of theirs',
  },
  'POST /console/sign-in/passkey/options': {
    keeps: 'nothing',
    because: 'a challenge is signed, not stored',
  },
  'POST /console/sign-in/passkey': { counts: 'sign-in:passkey', inAll: '262,144 counts' },
  'GET /console/sign-in/:token': byToken,
  'POST /console/sign-in/:token': byToken,
}

/** Whether a path requires an operator's session or an API key: both refuse first. */
const isBehind = (path: string): boolean =>
  (/^\/console(?:\/|$)/.test(path) && !path.startsWith('/console/sign-in')) || path.startsWith('/api/v1/')

const routes = [
  ...new Map(
    app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => [`${method} ${path}`, { method, path }]),
  ).values(),
]

const pathOf = (template: string): string =>
  template
    .replace(':list', 'letter')
    .replace(':hash', 'A'.repeat(43))
    .replace(':token', 'A'.repeat(44))
    .replace(/:\w+(?:\{[^}]*\})?/g, '1')

describe('the addresses that answer somebody unknown', () => {
  it('are all in the table, and nothing else is', () => {
    const open = routes.filter(({ path }) => !isBehind(path)).map(({ method, path }) => `${method} ${path}`)
    expect(Object.keys(doors).sort()).toEqual(open.sort())
    expect(routes.length - open.length).toBeGreaterThan(100)
  })

  const silent = Object.entries(doors).flatMap(([route, door]) =>
    'keeps' in door ? [{ route, because: door.because }] : [],
  )

  it.each(silent)('$route keeps nothing: $because', async ({ route }) => {
    const [method = '', template = ''] = route.split(' ')
    const before = await kept()
    for (const address of ['192.0.2.1', '2001:db8::1', undefined])
      for (const body of [
        new URLSearchParams({ any: 'thing' }),
        new URLSearchParams({ action: 'x'.repeat(60_000) }),
      ])
        expect((await ask(method, pathOf(template), { address, body })).status, route).toBeLessThan(500)
    expect(await kept()).toEqual(before)
  })
})

describe('the addresses behind a session or a key', () => {
  it('keep nothing of a stranger, whatever is sent to them', async () => {
    const before = await contentsOf(house.owner)
    for (const { method, path } of routes.filter((route) => isBehind(route.path))) {
      const { status } = await ask(method, pathOf(path), {
        body: new URLSearchParams({ body: 'x'.repeat(100_000) }),
        headers: { cookie: 'assent_session=a.b.c; assent_kept=01900000-0000-7000-8000-000000000000' },
      })
      expect([303, 401], `${method} ${path}`).toContain(status)
    }
    expect(await contentsOf(house.owner)).toEqual(before)
  })

  // A key has 256 random bits, the environment's key at least 32 characters: guessing is hopeless, and leaves security events alone.
  it('keep nothing of a program that guesses keys', async () => {
    const before = await kept()
    for (const [at, { method, path }] of endpoints.entries())
      for (const key of [`assent_${'A'.repeat(43)}`, `guess-${at}`]) {
        const headers = {
          authorization: `Bearer ${key}`,
          'idempotency-key': `key-${at}`,
          'content-type': 'application/json',
        }
        const answer = await ask(method, `/api/v1${pathOf(path)}`, {
          headers,
          body: '{"email":"a@b.example"}',
        })
        expect(answer.status, `${method} ${path}`).toBe(401)
      }
    expect(await kept()).toEqual(before)
  })

  it.each(['/api/v1/lists', '/console/campaigns/new'])(
    'read nothing of what comes in pieces: %s',
    async (path) => {
      let read = 0
      const endless = new ReadableStream(
        {
          pull(controller) {
            read += 1
            controller.enqueue(new Uint8Array(8192))
          },
        },
        { highWaterMark: 0 },
      )
      expect((await ask('POST', path, { body: endless })).status).toBe(401)
      expect(read).toBe(0)
    },
  )
})

interface Knock {
  readonly most: number
  readonly passed: number
  readonly refused: number
  readonly on: (time: number, by: Ask) => Promise<Response>
}

const knocks: Readonly<Record<string, Knock>> = {
  'a sign-up without the page': {
    most: 2,
    passed: 303,
    refused: 429,
    on: (time, by) =>
      ask('POST', '/s/letter', {
        ...by,
        body: new URLSearchParams({ email: `person-${time}@example.pl`, locale: 'en' }),
      }),
  },
  'a sign-up by a program': {
    most: 2,
    passed: 202,
    refused: 429,
    on: (time, by) =>
      ask('POST', '/s/letter', {
        ...by,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: `program-${time}@example.pl`, locale: 'en' }),
      }),
  },
  'a link to sign in': {
    most: 20,
    passed: 200,
    refused: 429,
    on: (time, by) =>
      ask('POST', '/console/sign-in', {
        ...by,
        body: new URLSearchParams({ email: `stranger-${time}@example.pl` }),
      }),
  },
  'a passkey': {
    most: 30,
    passed: 401,
    refused: 429,
    on: (_, by) =>
      ask('POST', '/console/sign-in/passkey', {
        ...by,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ answer: { id: 'x'.repeat(1900) } }),
      }),
  },
}

interface Crowd {
  readonly title: string
  /** A multiple of one network's allowance. */
  readonly share: number
  readonly address: (time: number) => string | undefined
}

const crowds: readonly Crowd[] = [
  { title: 'one address', share: 1, address: () => '203.0.113.1' },
  {
    title: 'one IPv4 address in every spelling',
    share: 1,
    address: (time) =>
      [
        '203.0.113.1',
        '::ffff:203.0.113.1',
        '::FFFF:CB00:7101',
        '64:ff9b::203.0.113.1',
        '2002:cb00:7101:9::1',
      ][time % 5],
  },
  { title: 'the addresses of one /64', share: 1, address: (time) => `2001:db8:1:1::${time.toString(16)}` },
  { title: 'the /64s of one /48', share: 5, address: (time) => `2001:db8:2:${time.toString(16)}::1` },
  { title: 'peers that nobody can tell', share: 1, address: () => undefined },
]

const attacks = Object.entries(knocks).flatMap(([door, knock]) =>
  crowds.map((crowd) => ({ door, crowd: crowd.title, knock, ...crowd })),
)

describe('a network that knocks too often', () => {
  it.each(attacks)('gets its share and no more of $door: $crowd', async ({ knock, share, address }) => {
    const most = share * knock.most
    const times = Array.from({ length: most }, (_, time) => time)
    const answers = await Promise.all(times.map((time) => knock.on(time, { address: address(time) })))
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([knock.passed])
    expect((await knock.on(most, { address: address(most) })).status).toBe(knock.refused)
    const before = await sizesOf(house.owner)
    for (let time = most; time < most + 5; time += 1) {
      const refused = await knock.on(time, { address: address(time) })
      expect(refused.status).toBe(knock.refused)
      expect(refused.headers.get('retry-after')).toBe('600')
    }
    // Refusals add no row beside the first, which counts those of its list, and enlarge none.
    expect(await sizesOf(house.owner)).toEqual(before)
    house.later({ minutes: 10, seconds: 1 })
    expect((await knock.on(most + 5, { address: address(most + 5) })).status).toBe(knock.passed)
  })

  it.each(Object.entries(knocks))('is not another network: %s', async (_, knock) => {
    const neighbours = ['203.0.113.1', '203.0.113.2', '2001:db8:1:1::1', '2001:db8:1:2::1']
    for (const address of neighbours)
      for (let time = 0; time < 2; time += 1)
        expect((await knock.on(time, { address })).status, address).toBe(knock.passed)
  })

  it('is told when to come back for a link, in words', async () => {
    const link = knocks['a link to sign in']
    for (let time = 0; time < 20; time += 1) await link?.on(time, {})
    house.later({ minutes: 3, seconds: 30 })
    const refused = await link?.on(20, {})
    expect(refused?.headers.get('retry-after')).toBe('390')
    expect(await refused?.text()).toContain('Try again in 7 minutes.')
  })

  it('that asks for one address is told that address’s hour', async () => {
    const one = (address: string) =>
      ask('POST', '/console/sign-in', { address, body: new URLSearchParams({ email: 'one@example.pl' }) })
    for (let time = 0; time < 5; time += 1) await one('198.51.100.1')
    const refused = await one('198.51.100.1')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3600'])
    // Another network has five of its own, and all together have twenty.
    for (let time = 2; time < 17; time += 1)
      expect((await one(`198.51.100.${time}`)).status, `${time}`).toBe(200)
    expect((await one('198.51.100.17')).status).toBe(429)
  })
})

describe('a visitor who is gone before the request is read', () => {
  it('is counted all the same: a connection that was reset has no peer', async () => {
    let answered = 0
    let finished = (): void => {}
    const all = new Promise<void>((resolve) => {
      finished = resolve
    })
    const peers = new Set<string | undefined>()
    const server = serve({
      fetch: async (request, env) => {
        const remoteAddress = 'incoming' in env ? env.incoming.socket.remoteAddress : undefined
        peers.add(remoteAddress)
        const answer = await app.fetch(request, { ...house.deps, remoteAddress })
        answered += 1
        if (answered === 10) finished()
        return answer
      },
      port: 0,
      hostname: '127.0.0.1',
    })
    await once(server, 'listening')
    const { port } = z.object({ port: z.number() }).parse(server.address())
    const before = (await house.owner`select from signup_requests`).length
    // The child runs synchronously: all ten requests are sent and reset before this process reads the first.
    const script = `
      let left = 10
      for (let at = 0; at < 10; at += 1) {
        const body = 'locale=en&email=gone-' + at + '%40example.pl'
        const socket = require('node:net').connect(${port}, '127.0.0.1', () =>
          socket.write('POST /s/letter HTTP/1.1\\r\\nhost: x\\r\\ncontent-type: application/x-www-form-urlencoded\\r\\n' +
            'content-length: ' + body.length + '\\r\\n\\r\\n' + body, () => socket.resetAndDestroy()))
        socket.on('error', () => {}).on('close', () => { left -= 1; if (left === 0) process.exit(0) })
      }`
    expect(spawnSync(process.execPath, ['-e', script]).status).toBe(0)
    await all
    server.close()
    expect([...peers]).toEqual([undefined])
    expect((await house.owner`select from signup_requests`).length - before).toBe(2)
  })
})

describe('the line of sign-ups', () => {
  const signUp = (address: string, lang = 'en') =>
    ask('POST', '/s/letter', {
      address,
      body: new URLSearchParams({ email: 'somebody@example.pl', locale: lang }),
    })

  /** Sets the statistics as autovacuum would; the cached count has expired by then. */
  async function countOpenAs(open: number): Promise<void> {
    const admin = postgres(house.database.adminUrl, { max: 1 })
    await admin`update pg_class set reltuples = ${open} where oid = 'signup_requests_expiry'::regclass`
    await admin.end()
    house.later({ seconds: 6 })
  }

  it('takes no more of strangers where a hundred thousand wait, and takes them again when it is shorter', async () => {
    await house.owner`
      insert into signup_requests (id, list, locale, sealed, created_at, expires_at)
      select gen_random_uuid(), 1, 'en', '\\x00', now(), now() from generate_series(1, 100000)`
    const before = await contentsOf(house.owner, ['limits'])
    for (const locale of ['en', 'pl', 'sv', 'ru'] as const) {
      const refused = await signUp('192.0.2.50', locale)
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '60'])
      const page = await refused.text()
      expect(unescaped(page)).toContain(messages(locale).formErrors.line_full({ label: '', limit: 0 }))
      expect(valuesOf(page, 'email')).toEqual(['somebody@example.pl'])
    }
    const program = await ask('POST', '/s/letter', {
      headers: { 'content-type': 'application/json' },
      body: '{"email":"a@example.pl"}',
    })
    expect(await program.json()).toMatchObject({ status: 503, code: 'overloaded' })
    expect(await contentsOf(house.owner, ['limits'])).toEqual(before)
    expect(house.logged.filter((line) => line.includes('signup.line_full'))).toHaveLength(1)
    expect((await house.api('POST', '/signups', { list: 'letter', email: 'b@example.pl' })).status).toBe(202)
    await house.owner`delete from signup_requests where sealed = '\\x00'`
    expect((await signUp('192.0.2.51')).status, 'a look is good for five seconds').toBe(503)
    house.later({ seconds: 6 })
    expect((await signUp('192.0.2.51')).status).toBe(303)
  })

  it('takes no more where a million wait for their people to answer', async () => {
    await countOpenAs(1_000_000)
    const refused = await signUp('192.0.2.52')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '3600'])
    await countOpenAs(10)
    expect((await signUp('192.0.2.52')).status).toBe(303)
  })

  it('is counted by what PostgreSQL knows of the open ones', async () => {
    await house.owner`
      insert into signup_requests (id, list, locale, sealed, created_at, expires_at, state)
      select gen_random_uuid(), 1, 'en', '\\x', now(), now() + interval '1 year', 'open' from generate_series(1, 500)`
    await house.owner`analyze signup_requests`
    const [row] = await house.owner<{ open: number }[]>`
      select reltuples::int as open from pg_class where oid = 'signup_requests_expiry'::regclass`
    expect(row?.open).toBeGreaterThanOrEqual(500)
    await house.owner`delete from signup_requests where sealed = '\\x' and state = 'open'`
  })
})

describe('the log, where strangers make us write into it', () => {
  const lines = (): readonly string[] => house.logged.filter((line) => line.includes('hook.not_signed'))

  it('has one line a minute, which says how often it was', async () => {
    const before = lines().length
    for (let time = 0; time < 50; time += 1)
      await ask('POST', '/hooks/resend', { body: '{}', headers: { 'svix-id': 'x' } })
    expect(lines().length - before).toBe(1)
    house.later({ minutes: 1 })
    await ask('POST', '/hooks/resend', { body: '{}' })
    expect(JSON.parse(lines().at(-1) ?? '')).toMatchObject({ level: 'warn', times: 50 })
  })
})
