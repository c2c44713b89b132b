// web · malformed requests: broken ids, prototype names, lone surrogates, NUL, bodies of the wrong shape
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { app } from '../../src/app.ts'
import { text } from '../support/client.ts'
import { type ConsoleClient, fromConsole, signIn } from '../support/console.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
let desk: ConsoleClient
const ids = new Map<string, string>()

const doors = app.routes.filter(
  ({ method, path }) => ['GET', 'POST'].includes(method) && path.startsWith('/console'),
)
const routes = [...new Map(doors.map((door) => [`${door.method} ${door.path}`, door])).values()].filter(
  ({ path }) => !path.endsWith('/sign-out'),
)

beforeAll(async () => {
  house = await openTestApp()
  const list = await house.makeList()
  await house.subscribe(list, ['reader@example.pl'])
  desk = await signIn(house, { role: 'owner' })
  const found = await house.api('POST', '/subscribers/search', { email: 'reader@example.pl' })
  const segment = await house.api('POST', '/segments', { name: 'All', list: 'letter', filter: { all: [] } })
  ids.set('lists', 'letter')
  ids.set('people', text(found.body, 'data', 0, 'id'))
  ids.set('segments', text(segment.body, 'id'))
  ids.set('campaigns', (await house.makeCampaign(list)).id)
  ids.set('settings/operators', desk.operator)
})
afterAll(() => house.close())

const real = (path: string): string =>
  path.replace(/\/console\/(.+?)\/:\w+/, (_, folder) => `/console/${folder}/${ids.get(folder) ?? 'x'}`)

const send = (method: string, path: string, init: { body?: string; type?: string } = {}) =>
  house.request(path, {
    method,
    redirect: 'manual',
    headers: {
      ...fromConsole(house),
      cookie: desk.cookie,
      ...(init.type === undefined ? {} : { 'content-type': init.type }),
    },
    ...(method === 'GET' || init.body === undefined ? {} : { body: init.body }),
  })

/** Checks that each response is a refusal or a page, and that no error is logged. */
async function holds(method: string, path: string, init: { body?: string; type?: string } = {}) {
  const answer = await send(method, path, init)
  await answer.text()
  expect([path, init.body?.slice(0, 80), answer.status < 500]).toEqual([path, init.body?.slice(0, 80), true])
}

const urlencoded = 'application/x-www-form-urlencoded'

const garbage = [
  '%00',
  '%0a',
  '%E0%A4%A',
  '%ff',
  '..%2f..',
  "'; drop table lists; --",
  '__proto__',
  'constructor',
  '-1',
  '9'.repeat(30),
  '00000000-0000-0000-0000-000000000000',
  'ÅÄÖ',
  '%F0%9F%92%A9',
  'x'.repeat(4000),
]

describe('a route with an id in its path', () => {
  it.each(routes.filter(({ path }) => path.includes(':')))(
    'answers any text there: $method $path',
    async ({ method, path }) => {
      for (const id of garbage)
        await holds(method, path.replace(/:\w+/, id), { body: 'list=letter', type: urlencoded })
    },
  )
})

describe('a route that reads the query', () => {
  const names = [
    ...[
      'done',
      'before',
      'after',
      'lang',
      'show',
      'outcome',
      'state',
      'purpose',
      'actor',
      'subject',
      'facts',
    ],
    ...['deliveries', 'as', 'missing', 'color', 'part'],
  ]

  it.each(routes.filter(({ method }) => method === 'GET'))('answers any: $path', async ({ path }) => {
    for (const value of [...garbage, '', '999999999.999999999999999'])
      for (const list of ['', `list=${value}&`, 'list=letter&'])
        await holds('GET', `${real(path)}?${list}${names.map((name) => `${name}=${value}`).join('&')}`)
  })
})

const fieldNames = [
  ...['list', 'email', 'name', 'role', 'scope', 'lists', 'timezone', 'id', 'version', 'people', 'when', 'at'],
  ...[
    'subject',
    'preheader',
    'body',
    'segment',
    'purpose',
    'asked_by',
    'reason',
    'to',
    'other',
    'then',
    'as',
  ],
  ...['do', 'mode', 'json', 'join', 'row.0.what', 'row.0.how', 'row.0.value', 'locale', 'tags', 'add'],
  ...[
    'slug',
    'description',
    'fields.0.key',
    'purposes.0.key',
    'missing',
    'answer',
    '__proto__',
    'constructor',
  ],
]
/** A browser's answer to a passkey challenge, with an id that makes the database raise an error. */
const nulAssertion = {
  id: '\0',
  rawId: '\0',
  type: 'public-key',
  response: { authenticatorData: 'x', clientDataJSON: 'x', signature: 'x' },
}

const values = [
  '\0',
  'a\0b',
  '\ud800',
  '__proto__',
  'constructor',
  '-1',
  '1e308',
  '9'.repeat(40),
  '2026-13-45T99:99',
  '{{ constructor }}',
  '{% for %}',
  '<script>alert(1)</script>',
  'x'.repeat(20_000),
]

describe('a form', () => {
  it.each(routes.filter(({ method }) => method === 'POST'))('takes any text: $path', async ({ path }) => {
    for (const value of values) {
      const all = fieldNames.map((name): [string, string] => [name, value])
      await holds('POST', real(path), { body: String(new URLSearchParams(all)), type: urlencoded })
      const json = JSON.stringify({ ...Object.fromEntries(all), list: 'letter' })
      await holds('POST', real(path), { body: json, type: 'application/json' })
    }
  })

  it.each(routes.filter(({ method }) => method === 'POST'))('takes any act: $path', async ({ path }) => {
    for (const act of ['save', 'count', 'add.fields', 'drop.fields.1', 'add', 'as-json', 'as-rows'])
      for (const value of ['a\0b', '{{ constructor }}']) {
        const rest = fieldNames.filter((name) => !['list', 'do', 'version'].includes(name))
        const known = { list: 'letter', do: act, version: '1' }
        const all = { ...known, ...Object.fromEntries(rest.map((name) => [name, value])) }
        await holds('POST', real(path), { body: String(new URLSearchParams(all)), type: urlencoded })
      }
  })

  it.each(routes.filter(({ method }) => method === 'POST'))('takes any body: $path', async ({ path }) => {
    const bodies = [
      ['', urlencoded],
      ['%', urlencoded],
      ['%00=%00&=&&&==', urlencoded],
      ['{', 'application/json'],
      ['null', 'application/json'],
      ['[]', 'application/json'],
      ['3', 'application/json'],
      ['{"__proto__":{"role":"owner"},"answer":{"__proto__":null}}', 'application/json'],
      ['{"name":{},"answer":[]}', 'application/json'],
      [JSON.stringify({ answer: nulAssertion }), 'application/json'],
      ['--b\r\n', 'multipart/form-data; boundary=b'],
      ['x', 'multipart/form-data'],
      ['x', 'text/plain'],
      ['x', ''],
      ['a=1&'.repeat(3000), urlencoded],
      [`[${'['.repeat(50_000)}`, 'application/json'],
      [`a=${'x'.repeat(3_000_000)}`, urlencoded],
    ] as const
    for (const [body, type] of bodies) await holds('POST', real(path), { body, type })
  })
})
