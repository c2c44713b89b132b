// web · the audit log of the API: each act leaves exactly one row, in its own transaction, and can be read back
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { endpoints } from '../../src/api/site-map.ts'
import { createKey } from '../../src/auth/keys.ts'
import { at, text } from '../support/client.ts'
import { besidesReading, contentsOf } from '../support/tables.ts'
import { listSettings, openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let letter: TestList
let person: string
let segment: string
let campaign: string
let suppression = ''

beforeAll(async () => {
  house = await openTestApp()
  letter = await house.makeList()
  await house.subscribe(letter, ['anna@example.pl'])
  const found = await house.api('POST', '/subscribers/search', { email: 'anna@example.pl' })
  person = text(found.body, 'data', 0, 'id')
})
afterAll(() => house.close())

beforeEach(async () => {
  const made = await house.api('POST', '/segments', { name: 'All', list: 'letter', filter: { all: [] } })
  segment = text(made.body, 'id')
  campaign = (await house.makeCampaign(letter)).id
})

interface Deed {
  readonly body?: unknown
  readonly verb: string
  readonly subject: () => string
  /** Acts needed beforehand. */
  readonly after?: () => Promise<unknown>
}

let slugs = 0
const does = (name: string) => (): Promise<unknown> => house.api('POST', `/campaigns/${campaign}/${name}`)
const onCampaign = (verb: string, more: Partial<Deed> = {}): Deed => ({
  verb: `campaign.${verb}`,
  subject: () => campaign,
  ...more,
})

/** Every endpoint that acts, with its audit row; a new endpoint missing here fails the walk. */
const deeds: Readonly<Record<string, () => Deed>> = {
  'POST /lists': () => ({
    body: { ...listSettings, slug: `list-${slugs++}` },
    verb: 'list.create',
    subject: () => '',
  }),
  'PATCH /lists/:list': () => ({
    body: { description: `Letter ${slugs++}` },
    verb: 'list.change',
    subject: () => letter.id,
  }),
  'POST /signups': () => ({
    body: { list: 'letter', email: 'bo@example.se' },
    verb: 'signup.take',
    subject: () => letter.id,
  }),
  'PATCH /subscribers/:id': () => ({
    body: { subscriptions: [{ list: 'letter', tags: [`tag ${slugs++}`] }] },
    verb: 'subscriber.change',
    subject: () => person,
  }),
  'POST /subscribers/:id/evidence': () => ({
    body: { list: 'letter', reason: 'asked by the authority' },
    verb: 'evidence.open',
    subject: () => person,
  }),
  'POST /segments': () => ({
    body: { name: 'Some', list: 'letter', filter: { all: [] } },
    verb: 'segment.create',
    subject: () => '',
  }),
  'PATCH /segments/:id': () => ({
    body: { name: 'Others' },
    verb: 'segment.change',
    subject: () => segment,
  }),
  'DELETE /segments/:id': () => ({ verb: 'segment.delete', subject: () => segment }),
  'POST /campaigns': () => ({
    body: { list: 'letter', subject: 'July', content: { format: 'markdown', body: 'July.' } },
    verb: 'campaign.create',
    subject: () => '',
  }),
  'PATCH /campaigns/:id': () => onCampaign('change', { body: { subject: 'July' } }),
  'POST /campaigns/:id/test': () => onCampaign('test', { body: { to: 'news@brand.example' } }),
  'POST /campaigns/:id/schedule': () => onCampaign('schedule', { body: { at: '2027-01-01T00:00:00Z' } }),
  'POST /campaigns/:id/launch': () => onCampaign('launch'),
  'POST /campaigns/:id/pause': () => onCampaign('pause', { after: does('launch') }),
  'POST /campaigns/:id/resume': () =>
    onCampaign('resume', { after: () => does('launch')().then(does('pause')) }),
  'POST /campaigns/:id/cancel': () => onCampaign('cancel'),
  'PUT /sending': () => ({
    body: { timezone: 'Europe/Warsaw', warm_up: null, caps: {}, quiet_hours: null },
    verb: 'settings.sending',
    subject: () => 'sending',
  }),
  'PUT /processors': () => ({
    body: { hosting: 'own' },
    verb: 'settings.processors',
    subject: () => 'processors',
  }),
  'POST /suppressions': () => ({
    body: { email: `cy.${slugs++}@example.pl` },
    verb: 'suppression.add',
    subject: () => '',
  }),
  'DELETE /suppressions/:id': () => ({
    verb: 'suppression.remove',
    subject: () => suppression,
    after: async () => {
      const added = await house.api('POST', '/suppressions', { email: 'dag@example.pl' })
      suppression = text(added.body, 'id')
    },
  }),
}

/** Endpoints that change nothing, though they are not GET. */
const readings = {
  'POST /subscribers/search': { list: 'letter', filter: { all: [] } },
  'POST /segments/preview': { list: 'letter', filter: { all: [] } },
  'POST /campaigns/:id/preflight': undefined,
  'POST /campaigns/preview': {
    list: 'letter',
    subject: 'x',
    content: { format: 'markdown', body: '{{ x }}' },
  },
  'POST /campaigns/:id/explain': { email: 'anna@example.pl' },
}

const named = endpoints.map((endpoint) => ({ ...endpoint, name: `${endpoint.method} ${endpoint.path}` }))
const isBuilt = ({ answer, status }: (typeof endpoints)[number]): boolean =>
  answer !== undefined || status === 204

const call = ({ method, path }: (typeof endpoints)[number], body: unknown) => {
  const ids = {
    subscribers: person,
    segments: segment,
    campaigns: campaign,
    lists: 'letter',
    suppressions: suppression,
  }
  const id = Object.entries(ids).find(([folder]) => path.startsWith(`/${folder}/`))?.[1] ?? ''
  return house.api(method, path.replace(/:\w+/, id), body)
}

const acts = () =>
  house.owner<{ verb: string; subject_id: string; actor: string }[]>`
    select verb, subject_id, actor_kind || ' ' || actor_id as actor from audit_log order by id`

describe('an act through the API', () => {
  it('is one of those below, or changes nothing', () => {
    const acting = named.filter((one) => one.method !== 'GET' && isBuilt(one)).map(({ name }) => name)
    expect([...Object.keys(deeds), ...Object.keys(readings)].sort()).toEqual(acting.sort())
  })

  const doing = named.filter(({ name }) => Object.hasOwn(deeds, name))

  it.each(doing)('leaves exactly one row: $name', async (endpoint) => {
    const deed = deeds[endpoint.name]?.()
    await deed?.after?.()
    const before = (await acts()).length
    const answer = await call(endpoint, deed?.body)
    expect(answer.status).toBeLessThan(300)
    const [row, ...more] = (await acts()).slice(before)
    expect(more).toEqual([])
    expect(row).toMatchObject({ verb: deed?.verb, actor: 'key bootstrap' })
    expect(row?.subject_id).toBe(deed?.subject() || at(answer.body, 'id'))
  })

  it.each(doing)('does not happen where the row cannot be written: $name', async (endpoint) => {
    const deed = deeds[endpoint.name]?.()
    await deed?.after?.()
    const mails = (await house.mails()).length
    await house.owner.unsafe(`
      create function refuse_act() returns trigger language plpgsql as $$ begin raise 'gone'; end $$;
      create trigger refuse before insert on audit_log execute function refuse_act()`)
    const before = await contentsOf(house.owner)
    const answer = await call(endpoint, deed?.body)
    const after = await contentsOf(house.owner)
    await house.owner.unsafe('drop trigger refuse on audit_log; drop function refuse_act()')
    expect(answer.status).toBe(500)
    expect(after).toEqual(before)
    expect(await house.mails()).toHaveLength(mails)
  })

  it.each(Object.entries(readings))(
    'is at most one where it only reads, and nothing else changes: %s',
    async (name, body) => {
      const endpoint = named.find((one) => one.name === name)
      const before = besidesReading(await contentsOf(house.owner))
      const rows = (await acts()).length
      if (endpoint !== undefined) expect((await call(endpoint, body)).status).toBe(200)
      expect(besidesReading(await contentsOf(house.owner))).toEqual(before)
      expect((await acts()).length - rows).toBeLessThan(2)
    },
  )
})

describe('the audit log', () => {
  const read = async (query: string) => {
    const answer = await house.api('GET', `/audit?${query}`)
    expect(answer.status).toBe(200)
    return answer.body
  }

  it('says who did what, when, newest first', async () => {
    house.later({ minutes: 1 })
    await house.launch({ id: campaign })
    expect(at(await read('limit=1'), 'data')).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        at: house.now().toISOString(),
        actor: { kind: 'key', id: 'bootstrap' },
        verb: 'campaign.launch',
        subject: { kind: 'campaign', id: campaign },
        details: {},
      },
    ])
  })

  it('is read page by page, each act once', async () => {
    const ids: string[] = []
    let cursor: unknown = ''
    while (typeof cursor === 'string') {
      const page = await read(`limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`)
      for (let one = 0; at(page, 'data', one) !== undefined; one += 1) ids.push(text(page, 'data', one, 'id'))
      cursor = at(page, 'next_cursor')
    }
    const rows = await house.owner<{ uid: string }[]>`select uid from audit_log order by id desc`
    expect(ids).toEqual(rows.map(({ uid }) => uid))
    expect(ids.length).toBeGreaterThan(20)
  })

  it('answers by who, by what, by what it was done to', async () => {
    const { id, key } = await createKey(house.deps, { kind: 'system' }, { role: 'auditor', name: 'auditor' })
    await house.request('/api/v1/subscribers/x/evidence', { headers: { authorization: `Bearer ${key}` } })
    const opened = await house.request(`/api/v1/subscribers/${person}/evidence`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ list: 'letter', reason: 'an audit' }),
    })
    expect(opened.status).toBe(200)
    expect(at(await read(`actor=${id}`), 'data')).toMatchObject([{ verb: 'evidence.open', actor: { id } }])
    expect(at(await read('actor=system'), 'data')).toMatchObject([
      { verb: 'key.create', actor: { id: null } },
    ])
    expect(at(await read(`subject=${campaign}&verb=campaign.create`), 'data')).toMatchObject([
      { subject: { kind: 'campaign', id: campaign } },
    ])
    expect(at(await read('verb=nothing.done'), 'data')).toEqual([])
  })

  it('is for owners and auditors alone', async () => {
    for (const [role, status] of [
      ['auditor', 200],
      ['editor', 403],
    ] as const) {
      const { key } = await createKey(house.deps, { kind: 'system' }, { role, name: role })
      const answer = await house.request('/api/v1/audit', { headers: { authorization: `Bearer ${key}` } })
      expect(answer.status).toBe(status)
    }
  })

  it.each(['actor=', 'verb=%00', `subject=${'x'.repeat(101)}`, 'actor=two%20words'])(
    'refuses a filter that names nothing: %s',
    async (query) => {
      const answer = await house.api('GET', `/audit?${query}`)
      expect(answer.status).toBe(422)
      expect(text(answer.body, 'title')).toBe('It must have 1 to 100 characters without a space.')
    },
  )
})
