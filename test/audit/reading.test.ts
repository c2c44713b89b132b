// shell · who read whom, and what was refused: one row each, without an address. GDPR Art. 5(2), 15(1); CJEU C-579/21
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { app } from '../../src/app.ts'
import { createKey } from '../../src/auth/keys.ts'
import { at, text } from '../support/client.ts'
import { type ConsoleClient, fromConsole, signIn } from '../support/console.ts'
import { ownerKey } from '../support/running.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let letter: TestList
let owner: ConsoleClient
let anna = ''
let bo = ''
let campaign = ''

beforeAll(async () => {
  house = await openTestApp()
  letter = await house.makeList()
  owner = await signIn(house, { role: 'owner' })
  await house.subscribe(letter, ['anna@example.pl', 'bo@example.se'])
  const idOf = async (email: string): Promise<string> =>
    text((await house.api('POST', '/subscribers/search', { email })).body, 'data', 0, 'id')
  ;[anna, bo] = [await idOf('anna@example.pl'), await idOf('bo@example.se')]
  const made = await house.makeCampaign(letter)
  await house.launch(made)
  await house.rest()
  campaign = made.id
})
afterAll(() => house.close())

interface Row {
  readonly verb: string
  readonly actor: string
  readonly subject: string
  readonly details: unknown
}

const rows = (): Promise<readonly Row[]> => house.owner<Row[]>`
  select verb, concat_ws(' ', actor_kind, actor_id) as actor, subject_id as subject, details
  from audit_log order by id`

/** The rows that the act left. */
async function left(act: () => Promise<unknown>): Promise<readonly Row[]> {
  const before = (await rows()).length
  await act()
  const found = (await rows()).slice(before)
  expect(JSON.stringify(found)).not.toMatch(/@|127\.0\.0\.1|example\.(?:pl|se)/)
  return found
}

const people = (row: Row | undefined): readonly unknown[] => {
  const ids = at(row?.details, 'people')
  return Array.isArray(ids) ? ids.toSorted() : []
}

interface Reading {
  readonly act: () => Promise<unknown>
  readonly verb: string
  readonly subject: () => string
  readonly people: () => readonly string[]
}
const both = (): readonly string[] => [anna, bo].toSorted()
const one = (): readonly string[] => [anna]
const nobody = (): readonly string[] => []

describe('somebody whose data is read', () => {
  const byApi: Readonly<Record<string, Reading>> = {
    'a page of everybody': {
      act: () => house.api('GET', '/subscribers'),
      verb: 'people.list',
      subject: () => 'all',
      people: both,
    },
    'a search by address': {
      act: () => house.api('POST', '/subscribers/search', { email: 'anna@example.pl' }),
      verb: 'people.search',
      subject: () => 'all',
      people: one,
    },
    'a search for nobody': {
      act: () => house.api('POST', '/subscribers/search', { email: 'nobody@example.pl' }),
      verb: 'people.search',
      subject: () => 'all',
      people: nobody,
    },
    'a search by list': {
      act: () => house.api('POST', '/subscribers/search', { list: 'letter', filter: { locale: 'en' } }),
      verb: 'people.search',
      subject: () => letter.id,
      people: both,
    },
    'one person': {
      act: () => house.api('GET', `/subscribers/${anna}`),
      verb: 'person.read',
      subject: () => anna,
      people: one,
    },
    consents: {
      act: () => house.api('GET', `/subscribers/${anna}/consents`),
      verb: 'person.consents',
      subject: () => anna,
      people: one,
    },
    recipients: {
      act: () => house.api('GET', `/campaigns/${campaign}/recipients`),
      verb: 'recipients.list',
      subject: () => campaign,
      people: both,
    },
    explain: {
      act: () => house.api('POST', `/campaigns/${campaign}/explain`, { email: 'anna@example.pl' }),
      verb: 'person.explain',
      subject: () => campaign,
      people: one,
    },
  }

  it.each(Object.entries(byApi))('has one row that says by which key: %s', async (_, reading) => {
    const [row, ...more] = await left(reading.act)
    expect(more).toEqual([])
    expect(row).toMatchObject({ verb: reading.verb, actor: 'key bootstrap', subject: reading.subject() })
    expect(people(row)).toEqual(reading.people())
  })

  it('has one row for each page, with the people of that page', async () => {
    const first = await house.api('GET', '/subscribers?limit=1')
    const found = await left(() =>
      house.api('GET', `/subscribers?limit=1&cursor=${text(first.body, 'next_cursor')}`),
    )
    expect(found).toHaveLength(1)
    const second = both().filter((id) => id !== text(first.body, 'data', 0, 'id'))
    expect(people(found[0])).toEqual(second)
  })

  const email = (typed: string) => [['email', typed]] as const
  const onScreen: Readonly<Record<string, Reading>> = {
    'the table of people': {
      act: () => owner.get('/console/people'),
      verb: 'people.list',
      subject: () => 'all',
      people: both,
    },
    'the table of a list': {
      act: () => owner.get('/console/people?list=letter'),
      verb: 'people.list',
      subject: () => letter.id,
      people: both,
    },
    'a search': {
      act: () => owner.post('/console/people/search', email('anna@example.pl')),
      verb: 'people.search',
      subject: () => 'all',
      people: one,
    },
    'a person': {
      act: () => owner.get(`/console/people/${anna}`),
      verb: 'person.read',
      subject: () => anna,
      people: one,
    },
    'the form of a person': {
      act: () => owner.get(`/console/people/${anna}/edit`),
      verb: 'person.read',
      subject: () => anna,
      people: one,
    },
    recipients: {
      act: () => owner.get(`/console/campaigns/${campaign}/recipients`),
      verb: 'recipients.list',
      subject: () => campaign,
      people: both,
    },
    explain: {
      act: () => owner.post(`/console/campaigns/${campaign}/explain`, email('anna@example.pl')),
      verb: 'person.explain',
      subject: () => campaign,
      people: one,
    },
  }

  it.each(Object.entries(onScreen))('has one row that says by which operator: %s', async (_, reading) => {
    const [row, ...more] = await left(reading.act)
    expect(more).toEqual([])
    expect(row).toMatchObject({
      verb: reading.verb,
      actor: `operator ${owner.operator}`,
      subject: reading.subject(),
    })
    expect(people(row)).toEqual(reading.people())
  })

  const refused: Readonly<Record<string, () => Promise<Response>>> = {
    'an edit with a bad time zone': () =>
      owner.post(`/console/people/${anna}/edit`, [['timezone', 'Mars/Olympus']]),
    'evidence without a reason': () => owner.post(`/console/people/${anna}/evidence`, [['list', 'letter']]),
    'evidence with an address in the reason': () =>
      owner.post(`/console/people/${anna}/evidence`, [
        ['list', 'letter'],
        ['reason', 'asked by x@y.example'],
      ]),
    'a withdrawal of nothing': () => owner.post(`/console/people/${anna}/end`, [['list', 'letter']]),
  }

  it.each(Object.entries(refused))(
    'has one row where a refused form shows them again: %s',
    async (_, act) => {
      const answers: Response[] = []
      const found = await left(async () => answers.push(await act()))
      expect(answers[0]?.status).toBeGreaterThanOrEqual(409)
      expect(found).toMatchObject([{ verb: 'person.read', subject: anna }])
    },
  )

  it('has one row for each reading, whatever Idempotency-Key is sent: a repeat reads anew', async () => {
    const search = () =>
      house.request('/api/v1/subscribers/search', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${ownerKey}`,
          'content-type': 'application/json',
          'idempotency-key': 'the same',
        },
        body: '{"email":"anna@example.pl"}',
      })
    for (const time of ['first', 'second'])
      expect(await left(search), time).toMatchObject([{ verb: 'people.search' }])
  })

  it('has one row where an operator of another list asks for them, and is told of nobody', async () => {
    const other = await house.makeList({ slug: 'shop', name: 'Shop letter' })
    const limited = await signIn(house, { role: 'editor', email: 'ed@brand.example', lists: [other.number] })
    const answers: Response[] = []
    const found = await left(async () => answers.push(await limited.get(`/console/people/${anna}`)))
    expect(answers[0]?.status).toBe(404)
    expect(found).toMatchObject([
      {
        verb: 'act.refused',
        actor: `operator ${limited.operator}`,
        details: { path: '/console/people/:id' },
      },
    ])
  })

  it('is told who read them, on what page and in what search: one question of the audit log', async () => {
    const [list, search, page] = [
      () => house.api('GET', '/subscribers'),
      () => house.api('POST', '/subscribers/search', { email: 'bo@example.se' }),
      () => owner.get(`/console/people/${bo}`),
    ]
    for (const read of [list, search, page]) await read()
    await house.api('GET', `/subscribers/${anna}`)
    const told = await house.api('GET', `/audit?person=${bo}&limit=3`)
    expect([0, 1, 2].map((row) => at(told.body, 'data', row, 'verb'))).toEqual([
      'person.read',
      'people.search',
      'people.list',
    ])
    expect((await owner.get(`/console/settings/acts?person=${bo}`)).status).toBe(200)
  })

  it('is not shown where the row cannot be written', async () => {
    await house.owner.unsafe(`
      create function refuse_act() returns trigger language plpgsql as $$ begin raise 'gone'; end $$;
      create trigger refuse before insert on audit_log execute function refuse_act()`)
    const shown = await house.api('GET', `/subscribers/${anna}`)
    const page = await owner.get(`/console/people/${anna}`)
    await house.owner.unsafe('drop trigger refuse on audit_log; drop function refuse_act()')
    expect([shown.status, page.status]).toEqual([500, 500])
    expect(JSON.stringify(shown.body)).not.toContain('anna')
  })
})

describe('what was refused', () => {
  const withKey = (key: string, path = '/subscribers') =>
    house.request(`/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } })

  it('says a key that is not in force, and nothing of the key', async () => {
    const [row, ...more] = await left(() => withKey('assent_wrong-key-of-somebody'))
    expect(more).toEqual([])
    expect(row).toMatchObject({ verb: 'key.refused', actor: 'stranger' })
    expect(JSON.stringify(row)).not.toContain('wrong-key')
    expect(await left(() => house.request('/api/v1/subscribers'))).toEqual([])
  })

  it('says a key and an operator without the right', async () => {
    const key = await createKey(house.deps, { kind: 'system' }, { role: 'analyst', name: 'figures' })
    expect(await left(() => withKey(key.key))).toMatchObject([
      { verb: 'act.refused', actor: `key ${key.id}`, details: { method: 'GET', path: '/subscribers' } },
    ])
    const analyst = await signIn(house, { role: 'analyst' })
    for (const act of [
      () => analyst.get(`/console/people/${anna}`),
      () => analyst.post('/console/settings/keys', [['name', 'x']]),
    ])
      expect(await left(act)).toMatchObject([{ verb: 'act.refused', actor: `operator ${analyst.operator}` }])
  })

  it('says a sign-in by a link or a passkey that opens nothing', async () => {
    const post = (path: string, body: BodyInit, type: string) =>
      house.request(path, { method: 'POST', headers: { ...fromConsole(house), 'content-type': type }, body })
    expect(
      await left(() => post(`/console/sign-in/${'A'.repeat(44)}`, '', 'application/x-www-form-urlencoded')),
    ).toMatchObject([{ verb: 'sign_in.failed', actor: 'stranger', details: { method: 'link' } }])
    expect(
      await left(() => post('/console/sign-in/passkey', '{"answer":{}}', 'application/json')),
    ).toMatchObject([{ verb: 'sign_in.failed', actor: 'stranger', details: { method: 'passkey' } }])
  })

  it('fills nothing: of one network 20 an hour, of all strangers 1,000', async () => {
    const from = async (address: string, limitPerNetwork: number) =>
      app.fetch(new Request(`${house.url}/api/v1/lists`, { headers: { authorization: 'Bearer wrong' } }), {
        ...house.deps,
        config: { ...house.deps.config, limitPerNetwork },
        remoteAddress: address,
      })
    house.later({ hours: 2 })
    const near = await left(async () => {
      for (let time = 0; time < 30; time += 1) await from('192.0.2.7', 20)
    })
    expect(near).toHaveLength(20)
    house.later({ hours: 2 })
    await house.owner`update limits set count = 998, until = ${new Date(house.now().getTime() + 60_000)}
      where "window" = 'security:all'`
    const all = await left(async () => {
      for (let time = 0; time < 10; time += 1) await from(`198.51.100.${time}`, 0)
    })
    expect(all).toHaveLength(2)
  })
})
