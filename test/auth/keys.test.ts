// web · API keys: limited to lists, with an end, in force while their maker is. GDPR Art. 32
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endpoints } from '../../src/api/site-map.ts'
import { createKey, createKeyOnce } from '../../src/auth/keys.ts'
import { changeOperator, disableOperator, enableOperator } from '../../src/auth/operators/operators.ts'
import { checkKey, makeKey } from '../../src/cli/keys.ts'
import { at, text } from '../support/client.ts'
import { type ConsoleClient, signIn } from '../support/console.ts'
import { wordsOf } from '../support/page.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let garden: TestList
let shop: TestList
const ids = new Map<string, string>()

const system = { kind: 'system' } as const

beforeAll(async () => {
  house = await openTestApp({ connections: 3 })
  garden = await house.makeList({ slug: 'garden', name: 'Garden letter' })
  shop = await house.makeList({
    slug: 'shop',
    name: 'Shop letter',
    fields: [{ key: 'diagnosis', label: 'Diagnosis', purpose: 'newsletter' }],
  })
  await house.subscribe(garden, ['anna@example.pl'])
  await house.subscribe(shop, ['anna@example.pl', 'bo@example.se'], { fields: { diagnosis: 'asthma' } })
  const idOf = async (email: string): Promise<string> =>
    text((await house.api('POST', '/subscribers/search', { email })).body, 'data', 0, 'id')
  ids.set('anna', await idOf('anna@example.pl'))
  ids.set('subscribers', await idOf('bo@example.se'))
  const sent = await house.makeCampaign(shop, { subject: 'To the shop' })
  await house.launch(sent)
  await house.rest()
  ids.set('campaigns', sent.id)
  await house.makeCampaign(garden, { subject: 'To the garden' })
  for (const list of ['garden', 'shop']) {
    const saved = await house.api('POST', '/segments', { name: `Of ${list}`, list, filter: { all: [] } })
    ids.set('segments', text(saved.body, 'id'))
    const body = { email: 'no@example.pl', scope: `list:${list}`, reason: 'operator' }
    ids.set('suppressions', text((await house.api('POST', '/suppressions', body)).body, 'id'))
  }
})
afterAll(() => house.close())

const ask = async (key: string, method: string, path: string, body?: unknown) => {
  const response = await house.request(`/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const said = await response.text()
  return { status: response.status, said, body: said === '' ? null : (JSON.parse(said) as unknown) }
}

const keyOf = async (role: 'editor' | 'sender' | 'auditor', lists: readonly number[] | null) =>
  (await createKey(house.deps, system, { role, name: `the ${role}`, lists })).key

describe('a key that is limited to one list', () => {
  /** What an endpoint is asked about the other list; null where the body names it, or there is nothing to name. */
  const elsewhere: Readonly<Record<string, unknown>> = {
    'POST /signups': { list: 'shop', email: 'new@example.pl' },
    'POST /subscribers/search': { list: 'shop' },
    'POST /segments': { name: 'Theirs', list: 'shop', filter: { all: [] } },
    'POST /segments/preview': { list: 'shop', filter: { all: [] } },
    'POST /campaigns': { list: 'shop', subject: 'x', content: { format: 'markdown', body: 'x' } },
    'POST /campaigns/:id/test': { to: 'news@brand.example' },
    'POST /campaigns/:id/explain': { email: 'bo@example.se' },
    'POST /campaigns/:id/schedule': { at: '2026-12-01T08:00:00Z' },
    'POST /suppressions': { email: 'bo@example.se', scope: 'list:shop' },
    'POST /subscribers/:id/evidence': { list: 'shop', reason: 'asked by the authority' },
    'POST /campaigns/preview': { list: 'shop', subject: 'x', content: { format: 'markdown', body: 'x' } },
    'PATCH /subscribers/:id': { subscriptions: [{ list: 'shop', tags: ['theirs'] }] },
    'PATCH /segments/:id': { name: 'Theirs' },
    'PATCH /campaigns/:id': { subject: 'Theirs' },
    'PATCH /lists/:list': { description: 'Theirs.' },
  }
  /** Say what their own lists have, and nothing of others; or nothing of anybody. */
  const theirsAlone = new Set([
    'GET /lists',
    'GET /subscribers',
    'GET /segments',
    'GET /campaigns',
    'GET /suppressions',
    'GET /sending',
    'GET /processors',
  ])

  it.each(endpoints.map(({ method, path }) => `${method} ${path}`))(
    'reaches nothing of another: %s',
    async (route) => {
      const [method = '', path = ''] = route.split(' ')
      const real = path
        .replace(/^\/(\w+)\/:id/, (_, folder) => `/${folder}/${ids.get(folder)}`)
        .replace(':list', 'shop')
      const answers = await Promise.all(
        (['editor', 'sender', 'auditor'] as const).map(async (role) =>
          ask(await keyOf(role, [garden.number]), method, real, elsewhere[route]),
        ),
      )
      for (const { status, said } of answers) {
        expect(said).not.toMatch(/"shop"|Shop letter|Of shop|To the shop|bo@example|asthma/)
        expect(said).not.toContain(shop.id)
        // 422: not available yet, for anybody.
        expect(theirsAlone.has(route) ? [200, 403] : [403, 404, 422], said).toContain(status)
      }
      if (theirsAlone.has(route)) expect(answers.map(({ status }) => status)).toContain(200)
      const rows = await house.owner`
        select 1 from audit_log where actor_kind = 'key' and verb !~ '^act\\.|^people\\.|^person\\.|^recipients\\.'
          and actor_id <> 'bootstrap'`
      expect(rows, 'nothing was done').toEqual([])
    },
  )

  it('refuses with a sentence, and what concerns all lists as well', async () => {
    const key = await keyOf('editor', [garden.number])
    const list = await ask(key, 'GET', '/lists/shop')
    expect([list.status, at(list.body, 'title')]).toEqual([
      403,
      'This API key is limited to other lists than this one.',
    ])
    const auditor = await ask(await keyOf('auditor', [garden.number]), 'GET', '/audit')
    expect([auditor.status, at(auditor.body, 'title')]).toEqual([
      403,
      'This concerns all lists, and this API key is limited to some of them.',
    ])
    const all = await ask(key, 'POST', '/suppressions', { email: 'x@example.pl', scope: 'all' })
    expect([all.status, at(all.body, 'title')]).toEqual([
      403,
      'This API key is limited to some lists. Send scope list:<id> with one of these.',
    ])
  })

  it('sees of a person on both lists what belongs to its own', async () => {
    const key = await keyOf('editor', [garden.number])
    const anna = ids.get('anna')
    const whole = await house.api('GET', `/subscribers/${anna}`)
    expect(JSON.stringify(whole.body)).toContain('asthma')
    for (const seen of [
      (await ask(key, 'GET', `/subscribers/${anna}`)).body,
      at((await ask(key, 'GET', '/subscribers')).body, 'data', 0),
      at((await ask(key, 'POST', '/subscribers/search', { email: 'anna@example.pl' })).body, 'data', 0),
    ]) {
      expect(at(seen, 'email')).toBe('anna@example.pl')
      expect(at(seen, 'subscriptions', 0, 'list')).toBe(garden.id)
      expect(at(seen, 'subscriptions', 1)).toBeUndefined()
      expect(JSON.stringify(seen)).not.toContain('asthma')
    }
    const consents = await ask(key, 'GET', `/subscribers/${anna}/consents`)
    expect(consents.said).toContain(garden.id)
    expect(consents.said).not.toContain(shop.id)
    const change = (list: string, fields: object) =>
      ask(key, 'PATCH', `/subscribers/${anna}`, { subscriptions: [{ list, fields }] })
    const field = await change('garden', { diagnosis: 'x' })
    expect([field.status, at(field.body, 'errors', 0, 'path')]).toEqual([
      422,
      'subscriptions.0.fields.diagnosis',
    ])
    const list = await change('shop', { diagnosis: 'x' })
    expect([list.status, at(list.body, 'errors', 0, 'path')]).toEqual([422, 'subscriptions.0.list'])
  })

  it('does its work on its own list', async () => {
    const key = await keyOf('editor', [garden.number])
    const done = [
      await ask(key, 'GET', '/lists/garden'),
      await ask(key, 'POST', '/signups', { list: 'garden', email: 'new@example.pl' }),
      await ask(key, 'POST', '/segments', { name: 'Mine', list: 'garden', filter: { all: [] } }),
      await ask(key, 'POST', '/suppressions', { email: 'x@example.pl', scope: 'list:garden' }),
    ]
    expect(done.map(({ status }) => status)).toEqual([200, 202, 201, 201])
    for (const path of ['/lists', '/segments', '/campaigns', '/suppressions']) {
      const data = at((await ask(key, 'GET', path)).body, 'data')
      expect(Array.isArray(data) && data.length > 0, path).toBe(true)
    }
  })

  it('is no owner’s: owners act on all lists', async () => {
    await expect(
      createKey(house.deps, system, { role: 'owner', name: 'x', lists: [garden.number] }),
    ).rejects.toThrow('A key of the role owner acts on all lists.')
    await expect(
      house.app`insert into api_keys (id, name, role, lists, hash, created_at)
        values (gen_random_uuid(), 'x', 'owner', '{1}', '\\x00', now())`,
    ).rejects.toThrow('api_keys_owner')
  })
})

describe('a key that is over', () => {
  const owner = (): Promise<ConsoleClient> =>
    signIn(house, { role: 'owner', email: `owner-${crypto.randomUUID().slice(0, 8)}@brand.example` })
  const madeBy = async ({ operator }: ConsoleClient, expiresAt: Date | null = null) =>
    createKey(house.deps, { kind: 'operator', id: operator }, { role: 'owner', name: 'theirs', expiresAt })
  const soon = () => new Date(house.now().getTime() + 3_600_000)

  const ends: Readonly<
    Record<string, { end: (desk: ConsoleClient, id: string) => unknown; why: string; said: RegExp }>
  > = {
    'revoked by its button': {
      end: (desk, id) => desk.post(`/console/settings/keys/${id}/revoke`),
      why: 'revoked',
      said: /was revoked/,
    },
    expired: { end: () => house.later({ hours: 1 }), why: 'expired', said: /has expired/ },
    'of a maker who was blocked': {
      end: ({ operator }) => disableOperator(house.deps, system, operator),
      why: 'revoked',
      said: /was revoked/,
    },
    'of a maker who was blocked and is back': {
      end: async ({ operator }) => {
        await disableOperator(house.deps, system, operator)
        await enableOperator(house.deps, system, operator)
      },
      why: 'revoked',
      said: /was revoked/,
    },
    'of a maker who is no owner any more': {
      end: ({ operator }) => changeOperator(house.deps, system, { operator, role: 'editor', lists: null }),
      why: 'revoked',
      said: /was revoked/,
    },
    'of a maker whom an older version blocked, which revoked nothing': {
      end: ({ operator }) =>
        house.owner`update operators set disabled_at = ${house.now()} where id = ${operator}`,
      why: 'orphaned',
      said: /the operator who made it is blocked or no owner any more/,
    },
  }

  it.each(Object.entries(ends))(
    'opens nothing, says why, and leaves a row: %s',
    async (_, { end, why, said }) => {
      await owner()
      const desk = await owner()
      const { id, key } = await madeBy(desk, soon())
      expect((await ask(key, 'GET', '/lists')).status).toBe(200)
      await end(desk, id)
      const answer = await ask(key, 'GET', '/lists')
      expect([answer.status, at(answer.body, 'title')]).toEqual([401, expect.stringMatching(said)])
      const [row] = await house.owner`select verb, actor_id, details from audit_log order by id desc limit 1`
      expect(row).toEqual({
        verb: 'key.refused',
        actor_id: id,
        details: { method: 'GET', path: '/lists', why },
      })
    },
  )

  it('is revoked with its maker, each with a row, and no key of anybody else', async () => {
    const [leaver, other] = [await owner(), await owner()]
    const [one, two, kept] = [await madeBy(leaver), await madeBy(leaver), await madeBy(other)]
    await disableOperator(house.deps, { kind: 'operator', id: other.operator }, leaver.operator)
    const rows = await house.owner`
      select subject_id, actor_id from audit_log where verb = 'key.revoke' and subject_id in ${house.owner([one.id, two.id, kept.id])}`
    expect(rows.map(({ subject_id }) => subject_id).sort()).toEqual([one.id, two.id].sort())
    expect(new Set(rows.map(({ actor_id }) => actor_id))).toEqual(new Set([other.operator]))
    expect((await ask(kept.key, 'GET', '/lists')).status).toBe(200)
  })

  it('cannot be made in the moment in which its maker is blocked', async () => {
    await owner()
    const desk = await owner()
    const made = await Promise.allSettled([
      disableOperator(house.deps, system, desk.operator),
      ...Array.from({ length: 5 }, () => madeBy(desk)),
    ])
    for (const one of made)
      if (one.status === 'fulfilled' && one.value !== undefined)
        expect((await ask(one.value.key, 'GET', '/lists')).status).toBe(401)
    expect(
      await house.owner`select 1 from api_keys where maker = ${desk.operator} and revoked_at is null`,
    ).toEqual([])
  })
})

describe('the screen of API keys', () => {
  let desk: ConsoleClient
  beforeAll(async () => {
    desk = await signIn(house, { role: 'owner', name: 'Eva Lind', email: 'eva@brand.example' })
  })

  const form = (fields: readonly (readonly [string, string])[]) =>
    desk.post('/console/settings/keys', [['name', 'For the shop'], ['role', 'editor'], ...fields])

  it('makes a key with its lists, its end and its maker, and shows all of it', async () => {
    const made = await form([
      ['scope', 'some'],
      ['lists', String(garden.number)],
      ['days', '30'],
    ])
    const page = await made.text()
    const key = /assent_[\w-]{43}/.exec(page)?.[0] ?? ''
    expect((await ask(key, 'GET', '/lists/garden')).status).toBe(200)
    expect((await ask(key, 'GET', '/lists/shop')).status).toBe(403)
    for (const words of ['For the shop', 'Garden letter', 'by Eva Lind'])
      expect(wordsOf(page)).toContain(words)
    house.later({ days: 17 })
    const again = await signIn(house, { role: 'owner', email: 'later@brand.example' })
    expect(wordsOf(await (await again.get('/console/settings/keys')).text())).toContain('expires soon')
    house.later({ days: 14 })
    expect((await ask(key, 'GET', '/lists/garden')).status).toBe(401)
    desk = await signIn(house, { role: 'owner', name: 'Ida Ek', email: 'ida@brand.example' })
  })

  it.each([
    ['an owner’s key for some lists', [['role', 'owner']], 'A key of the role owner acts on all lists.'],
    ['an end that is none', [['days', '12']], 'must be one of 30, 90, 365, never'],
    ['some lists and none ticked', [['scope', 'some']], 'Choose at least one list, or all lists.'],
  ] as const)('refuses with a sentence, and makes none: %s', async (what, fields, sentence) => {
    const before = await house.owner`select id from api_keys`
    const some =
      what === 'an owner’s key for some lists'
        ? ([
            ['scope', 'some'],
            ['lists', String(garden.number)],
          ] as const)
        : []
    const refused = await desk.post('/console/settings/keys', [
      ['name', 'x'],
      ...(fields[0][0] === 'role' ? [] : [['role', 'editor'] as const]),
      ...fields,
      ...some,
    ])
    expect(refused.status).toBe(422)
    expect(wordsOf(await refused.text())).toContain(sentence)
    expect(await house.owner`select id from api_keys`).toEqual(before)
  })

  it('says before blocking somebody how many keys go with them', async () => {
    const leaver = await signIn(house, { role: 'owner', email: 'leaver@brand.example' })
    for (const id of [crypto.randomUUID(), crypto.randomUUID()])
      await createKeyOnce(
        house.deps,
        { kind: 'operator', id: leaver.operator },
        { id, role: 'editor', name: 'x' },
      )
    const page = wordsOf(await (await desk.get(`/console/settings/operators/${leaver.operator}`)).text())
    expect(page).toContain('the 2 API keys that they made are revoked')
    expect(page).toContain('unblocking does not bring them back')
  })
})

describe('a key made on the command line', () => {
  it('is limited and dated as asked, and has no maker whose removal would end it', async () => {
    const made = await makeKey(house.deps, {
      role: 'editor',
      name: ' our site ',
      list: ['garden'],
      expires: '90',
    })
    expect(made).toMatchObject({ role: 'editor', name: 'our site', lists: [garden.id] })
    expect(made.expires_at).toBe(new Date(house.now().getTime() + 90 * 86_400_000).toISOString())
    expect((await ask(made.key, 'GET', '/lists/shop')).status).toBe(403)
    const [row] = await house.owner`select maker from api_keys where id = ${made.id}`
    expect(row).toEqual({ maker: null })
  })

  it('ends after a year where nothing is said, and never where that is said', async () => {
    const year = await makeKey(house.deps, { role: 'owner', name: 'x' })
    expect(year.expires_at).toBe(new Date(house.now().getTime() + 365 * 86_400_000).toISOString())
    expect((await makeKey(house.deps, { role: 'owner', name: 'x', expires: 'never' })).expires_at).toBeNull()
  })

  it.each([
    [{ role: 'boss', name: 'x' }, '--role must be one of owner'],
    [{ role: 'owner', name: ' ' }, '--name is required.'],
    [
      { role: 'owner', name: 'x', expires: 'soon' },
      '--expires must be a number of days from 1 to 9999, or never.',
    ],
    [{ role: 'owner', name: 'x', expires: '0' }, '--expires must be a number of days'],
  ])('is refused with a sentence: %j', (asked, sentence) => {
    expect(() => checkKey(asked)).toThrow(sentence)
  })

  it.each([
    [{ role: 'editor', name: 'x', list: ['nowhere'] }, '--list nowhere: there is no such list.'],
    [{ role: 'owner', name: 'x', list: ['garden'] }, 'A key of the role owner acts on all lists.'],
  ])('is refused once the database is asked: %j', async (asked, sentence) => {
    await expect(makeKey(house.deps, asked)).rejects.toThrow(sentence)
  })
})
