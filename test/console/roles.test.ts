// web · console permissions: every route against every role, operators of other lists, strangers, keys and other sites
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endpoints } from '../../src/api/site-map.ts'
import { app } from '../../src/app.ts'
import { createKey } from '../../src/auth/keys.ts'
import { inviteOperator } from '../../src/auth/operators/operators.ts'
import { type Permission, type Role, roles } from '../../src/auth/roles.ts'
import { text } from '../support/client.ts'
import { type ConsoleClient, consoleClientOf, fromConsole, signIn } from '../support/console.ts'
import { ownerKey } from '../support/running.ts'
import { besidesReading, besidesRefusals, contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

/** Written out again here: a permission gained or lost must be a decision, not a side effect. */
const allowed: Readonly<Record<Permission, readonly Role[]>> = {
  'lists.read': ['owner', 'editor', 'sender', 'analyst', 'auditor'],
  'lists.write': ['owner', 'editor'],
  'signups.write': ['owner', 'editor'],
  'subscribers.read': ['owner', 'editor', 'auditor'],
  'subscribers.write': ['owner', 'editor'],
  'evidence.open': ['owner', 'auditor'],
  'segments.read': ['owner', 'editor', 'sender', 'analyst'],
  'segments.write': ['owner', 'editor', 'sender'],
  'campaigns.read': ['owner', 'editor', 'sender', 'analyst', 'auditor'],
  'campaigns.write': ['owner', 'editor', 'sender'],
  'campaigns.send': ['owner', 'sender'],
  'operators.manage': ['owner'],
  'keys.manage': ['owner'],
  'settings.write': ['owner'],
  'audit.read': ['owner', 'auditor'],
}

/**
 * The permission of a route (null: to be signed in), and the status for an operator with the right role but other lists: 403, or
 * 404 where even existence is not revealed; undefined where the route concerns no list.
 */
type Rule = readonly [permission: Permission | null, elsewhere?: 403 | 404]

const doors: Readonly<Record<string, Rule>> = {
  'GET /console': [null],
  'GET /console/kept': [null],
  'POST /console/kept/drop': [null],
  'GET /console/again': [null],
  'GET /console/passkey': [null],
  'GET /console/settings': [null],
  'POST /console/settings/profile': [null],
  'POST /console/settings/sessions/:id/end': [null],
  'POST /console/settings/sessions/end-others': [null],
  'POST /console/settings/passkeys/options': [null],
  'POST /console/settings/passkeys': [null],
  'POST /console/settings/passkeys/remove': [null],
  'GET /console/settings/operators': ['operators.manage'],
  'POST /console/settings/operators': ['operators.manage'],
  'GET /console/settings/operators/:id': ['operators.manage'],
  'POST /console/settings/operators/:id': ['operators.manage'],
  'POST /console/settings/operators/:id/disable': ['operators.manage'],
  'POST /console/settings/operators/:id/enable': ['operators.manage'],
  'POST /console/settings/operators/:id/invite': ['operators.manage'],
  'POST /console/settings/operators/:id/passkeys': ['operators.manage'],
  'GET /console/settings/keys': ['keys.manage'],
  'POST /console/settings/keys': ['keys.manage'],
  'GET /console/settings/keys/:id/revoke': ['keys.manage'],
  'POST /console/settings/keys/:id/revoke': ['keys.manage'],
  'GET /console/settings/sender': ['settings.write'],
  'POST /console/settings/sender': ['settings.write'],
  'GET /console/settings/processors': ['settings.write'],
  'POST /console/settings/processors': ['settings.write'],
  'GET /console/settings/sending': ['settings.write'],
  'POST /console/settings/sending': ['settings.write'],
  'GET /console/settings/acts': ['audit.read'],
  'GET /console/settings/suppressions': ['subscribers.read'],
  'POST /console/settings/suppressions': ['subscribers.write'],
  'GET /console/settings/suppressions/:id/lift': ['subscribers.write', 404],
  'POST /console/settings/suppressions/:id/lift': ['subscribers.write', 404],
  'GET /console/lists': ['lists.read'],
  'GET /console/lists/brand.css': [null],
  'GET /console/lists/new': ['lists.write', 403],
  'POST /console/lists/new': ['lists.write', 403],
  'GET /console/lists/new/preview': ['lists.write', 403],
  'POST /console/lists/new/preview': ['lists.write', 403],
  'GET /console/lists/:list': ['lists.read', 403],
  'GET /console/lists/:list/form': ['lists.read', 403],
  'GET /console/lists/:list/preview': ['lists.read', 403],
  'GET /console/lists/:list/preview/form': ['lists.read', 403],
  'GET /console/lists/:list/preview/notice': ['lists.read', 403],
  'GET /console/lists/:list/edit': ['lists.write', 403],
  'POST /console/lists/:list/edit': ['lists.write', 403],
  'GET /console/lists/:list/edit/preview': ['lists.write', 403],
  'POST /console/lists/:list/edit/preview': ['lists.write', 403],
  'GET /console/lists/:list/archive': ['lists.write', 403],
  'POST /console/lists/:list/archive': ['lists.write', 403],
  'POST /console/lists/:list/reopen': ['lists.write', 403],
  'GET /console/people': ['subscribers.read'],
  'POST /console/people/search': ['subscribers.read', 404],
  'GET /console/people/:id': ['subscribers.read', 404],
  'POST /console/people/:id/address': ['subscribers.read', 404],
  'GET /console/people/:id/edit': ['subscribers.write', 404],
  'POST /console/people/:id/edit': ['subscribers.write', 404],
  'GET /console/people/:id/end': ['subscribers.write', 404],
  'POST /console/people/:id/end': ['subscribers.write', 404],
  'GET /console/people/:id/evidence': ['evidence.open', 404],
  'POST /console/people/:id/evidence': ['evidence.open', 404],
  'GET /console/segments': ['segments.read'],
  'GET /console/segments/new': ['segments.read', 403],
  'GET /console/segments/:id': ['segments.read', 403],
  'POST /console/segments/:id': ['segments.read', 403],
  'GET /console/segments/:id/delete': ['segments.write', 403],
  'POST /console/segments/:id/delete': ['segments.write', 403],
  'GET /console/campaigns': ['campaigns.read'],
  'GET /console/campaigns/new': ['campaigns.write', 403],
  'POST /console/campaigns/new': ['campaigns.write', 403],
  'GET /console/campaigns/preview': ['campaigns.write'],
  'POST /console/campaigns/preview': ['campaigns.write', 403],
  'GET /console/campaigns/:id': ['campaigns.read', 403],
  'GET /console/campaigns/:id/progress': ['campaigns.read', 403],
  'GET /console/campaigns/:id/copy': ['campaigns.read', 403],
  'GET /console/campaigns/:id/recipients': ['subscribers.read', 403],
  'GET /console/campaigns/:id/explain': ['subscribers.read', 403],
  'POST /console/campaigns/:id/explain': ['subscribers.read', 403],
  'GET /console/campaigns/:id/edit': ['campaigns.write', 403],
  'POST /console/campaigns/:id/edit': ['campaigns.write', 403],
  'POST /console/campaigns/:id/duplicate': ['campaigns.write', 403],
  'GET /console/campaigns/:id/test': ['campaigns.write', 403],
  'POST /console/campaigns/:id/test': ['campaigns.write', 403],
  'GET /console/campaigns/:id/launch': ['campaigns.write', 403],
  'POST /console/campaigns/:id/launch': ['campaigns.send', 403],
  'GET /console/campaigns/:id/preflight': ['campaigns.write', 403],
  'POST /console/campaigns/:id/preflight': ['campaigns.write', 403],
  'GET /console/campaigns/:id/cancel': ['campaigns.send', 403],
  'POST /console/campaigns/:id/pause': ['campaigns.send', 403],
  'POST /console/campaigns/:id/resume': ['campaigns.send', 403],
  'POST /console/campaigns/:id/cancel': ['campaigns.send', 403],
  'GET /console/campaigns/:id/delete': ['campaigns.write', 403],
  'POST /console/campaigns/:id/delete': ['campaigns.write', 403],
  // Last: it signs the caller out.
  'POST /console/sign-out': [null],
}

/** Open to strangers; sign-in.test.ts tests them. */
const signInDoors = [
  'GET /console/sign-in',
  'POST /console/sign-in',
  'POST /console/sign-in/passkey/options',
  'POST /console/sign-in/passkey',
  'GET /console/sign-in/:token',
  'POST /console/sign-in/:token',
]

const table = Object.entries(doors).map(([route, [permission, elsewhere]]) => {
  const [method = '', path = ''] = route.split(' ')
  return { route, method, path, permission, elsewhere }
})

let house: TestApp
const desks = new Map<Role, ConsoleClient>()
/** Operators of another list, one of each role but the owner, who sees all lists. */
const neighbours = new Map<Role, ConsoleClient>()
const ids = new Map<string, string>()
/** An owner who stays signed in to the end. */
let apart: ConsoleClient

beforeAll(async () => {
  house = await openTestApp()
  const list = await house.makeList()
  const other = await house.makeList({ slug: 'other', name: 'Other letter' })
  await house.subscribe(list, ['reader@example.pl'])
  await house.subscribe(other, ['stranger@example.pl'])
  for (const role of roles) {
    desks.set(role, await signIn(house, { role }))
    if (role !== 'owner')
      neighbours.set(role, await signIn(house, { role, email: `n-${role}@x.example`, lists: [other.number] }))
  }
  apart = await signIn(house, { role: 'owner', email: 'apart@brand.example' })
  const found = await house.api('POST', '/subscribers/search', { email: 'reader@example.pl' })
  const segment = await house.api('POST', '/segments', {
    name: 'Of the letter',
    list: 'letter',
    filter: { all: [] },
  })
  const address = { sendTo: 'new@brand.example', canonical: 'new@brand.example' }
  const invited = { name: 'New', address, role: 'editor', lists: null, locale: 'en' } as const
  ids.set('lists', 'letter')
  ids.set('people', text(found.body, 'data', 0, 'id'))
  ids.set('segments', text(segment.body, 'id'))
  ids.set('campaigns', (await house.makeCampaign(list, { subject: 'What to sow in June' })).id)
  ids.set('settings/operators', await inviteOperator(house.deps, { kind: 'system' }, invited))
  ids.set(
    'settings/keys',
    (await createKey(house.deps, { kind: 'system' }, { role: 'owner', name: 'old' })).id,
  )
  const suppressed = { email: 'unwanted@example.pl', scope: 'list:letter', reason: 'operator' }
  ids.set('settings/suppressions', text((await house.api('POST', '/suppressions', suppressed)).body, 'id'))
  // Another operator's session: only its operator may end it.
  const whose = neighbours.get('editor')?.operator ?? ''
  const [session] = await house.owner<{ id: string }[]>`select id from sessions where operator = ${whose}`
  ids.set('settings/sessions', session?.id ?? '')
  await house.rest()
})
afterAll(() => house.close())

/** The path with ids of existing things, all of the first list. */
const real = (path: string): string => {
  const filled = path.replace(
    /\/console\/(.+?)\/:\w+/,
    (_, folder) => `/console/${folder}/${ids.get(folder)}`,
  )
  return /\/(?:end|evidence|segments\/new|campaigns\/new)$/.test(path) || path.endsWith('segments/:id')
    ? `${filled}?list=letter`
    : filled
}

const posted = [
  ['list', 'letter'],
  ['email', 'reader@example.pl'],
] as const

const call = (desk: ConsoleClient, { method, path }: { method: string; path: string }): Promise<Response> =>
  method === 'GET' ? desk.get(real(path)) : desk.post(real(path), posted)

/** The status, and the rows that it left in the audit log. */
async function refusalOf(desk: ConsoleClient, door: { method: string; path: string }) {
  const [{ last = 0 } = {}] = await house.owner<{ last: number }[]>`
    select coalesce(max(id), 0) as last from audit_log`
  const { status } = await call(desk, door)
  const rows = await house.owner<{ verb: string }[]>`
    select verb from audit_log where id > ${last} and actor_id = ${desk.operator} order by id`
  return [status, ...rows.map(({ verb }) => verb)]
}

/** The same call with other headers than a signed-in browser sends. */
const callWith = (headers: Record<string, string>, door: { method: string; path: string }) =>
  house.request(real(door.path), {
    method: door.method,
    headers,
    redirect: 'manual',
    ...(door.method === 'GET' ? {} : { body: new URLSearchParams() }),
  })

describe('the console', () => {
  it('has these routes, and every one of them has a rule', () => {
    const known = app.routes
      .filter(({ method, path }) => ['GET', 'POST'].includes(method) && path.startsWith('/console'))
      .map(({ method, path }) => `${method} ${path}`)
    expect([...new Set(known)].sort()).toEqual([...Object.keys(doors), ...signInDoors].sort())
  })

  it('takes no other method', () => {
    const others = app.routes.filter(
      ({ method, path }) => path.startsWith('/console') && !['GET', 'POST', 'ALL'].includes(method),
    )
    expect(others).toEqual([])
  })
})

describe('a route of the console', () => {
  it.each(table)('is open to whom it should be: $route', async (door) => {
    const { permission, elsewhere } = door
    const lets = (role: Role): boolean => permission === null || allowed[permission].includes(role)
    const start = besidesRefusals(await contentsOf(house.owner))
    for (const [role, desk] of desks)
      if (!lets(role)) expect([role, ...(await refusalOf(desk, door))]).toEqual([role, 403, 'act.refused'])
    for (const [role, desk] of neighbours)
      if (!lets(role) || elsewhere !== undefined) {
        const status = lets(role) ? elsewhere : 403
        // A search finds nobody, and is recorded as a search.
        const isSearch = status === 404 && door.path === '/console/people/search'
        expect([`${role} of another list`, ...(await refusalOf(desk, door))]).toEqual([
          `${role} of another list`,
          status,
          ...(isSearch ? ['people.search', 'people.list'] : ['act.refused']),
        ])
      }
    const before = await contentsOf(house.owner)
    expect(besidesRefusals(before)).toEqual(start)
    for (const [role, desk] of desks) {
      if (!lets(role)) continue
      const { status } = await call(desk, door)
      expect([401, 403, 405], role).not.toContain(status)
      expect(status, role).toBeLessThan(500)
      if (door.method === 'GET')
        expect(besidesReading(await contentsOf(house.owner)), role).toEqual(besidesReading(before))
    }
  })

  it.each(table.filter(({ method, elsewhere }) => method === 'GET' && elsewhere === undefined))(
    'shows operators of another list nothing of this one: $route',
    async (door) => {
      for (const [role, desk] of neighbours) {
        const answer = await call(desk, door)
        if (answer.status !== 200) continue
        const html = await answer.text()
        // Ids in the audit log reveal nothing; see settings/acts.
        for (const foreign of [
          'Garden letter',
          'What to sow in June',
          'Of the letter',
          ids.get('people') ?? '',
        ])
          if (!door.path.endsWith('/acts')) expect(html.includes(foreign), `${role}: ${foreign}`).toBe(false)
      }
    },
  )

  it.each(table)('is closed to strangers, keys and forged cookies: $route', async (door) => {
    const before = await contentsOf(house.owner)
    const [head = '', body = '', signature = ''] = apart.cookie.replace('assent_session=', '').split('.')
    const unsigned = `${btoa('{"alg":"none"}').replaceAll('=', '')}.${body}.`
    const wrong: readonly Record<string, string>[] = [
      {},
      { authorization: `Bearer ${ownerKey}` },
      { cookie: 'assent_session=' },
      { cookie: 'assent_session=x.y.z' },
      { cookie: `assent_session=${unsigned}` },
      { cookie: `assent_session=${head}.${body}.${signature.slice(0, -4)}AAAA` },
      { cookie: `session=${head}.${body}.${signature}` },
      { 'x-forwarded-user': 'owner', 'x-forwarded-for': '127.0.0.1' },
    ]
    for (const headers of wrong) {
      const answer = await callWith({ ...fromConsole(house), ...headers }, door)
      if (door.method === 'GET')
        expect([answer.status, answer.headers.get('location')]).toEqual([303, '/console/sign-in'])
      else expect(answer.status).toBe(401)
      expect(answer.headers.get('set-cookie')).toBeNull()
    }
    expect(await contentsOf(house.owner)).toEqual(before)
  })

  it.each(table.filter(({ method }) => method === 'POST'))(
    'is closed to other sites, whoever looks at them: $route',
    async (door) => {
      const before = await contentsOf(house.owner)
      const elsewhere: readonly Record<string, string>[] = [
        {},
        { origin: 'null' },
        { origin: 'https://evil.example' },
        { origin: `${house.url}.evil.example` },
        { origin: house.url.replace('http:', 'https:') },
        { origin: house.url, 'sec-fetch-site': 'cross-site' },
        { origin: house.url, 'sec-fetch-site': 'same-site' },
        { origin: house.url, 'sec-fetch-site': 'none' },
        { origin: house.url, 'sec-fetch-site': '' },
        { referer: `${house.url}/console` },
        { host: 'evil.example', origin: 'http://evil.example' },
      ]
      for (const headers of elsewhere) {
        const answer = await callWith({ cookie: apart.cookie, ...headers }, door)
        expect([headers, answer.status]).toEqual([headers, 403])
      }
      expect(await contentsOf(house.owner)).toEqual(before)
    },
  )
})

describe('an endpoint of the API', () => {
  it.each(endpoints)('does not know a session of the console: $method $path', async ({ method, path }) => {
    const before = await contentsOf(house.owner)
    const answer = await house.request(`/api/v1${path.replace(/:\w+/g, ids.get('people') ?? '')}`, {
      method,
      headers: { ...fromConsole(house), cookie: apart.cookie, 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body: '{}' }),
    })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    expect(await contentsOf(house.owner)).toEqual(before)
  })
})

describe('somebody without a session', () => {
  it('is told so in JSON where they asked in JSON', async () => {
    const nobody = consoleClientOf(house, { cookie: '', operator: '' })
    const before = await contentsOf(house.owner)
    for (const { path } of table.filter(({ method }) => method === 'POST'))
      expect((await nobody.postJson(real(path), { name: 'x' })).status, path).toBe(401)
    expect(await contentsOf(house.owner)).toEqual(before)
  })
})
