// shell · the console's audit log: each act of an operator leaves one row, in its own transaction. GDPR Art. 5(2)
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { app } from '../../src/app.ts'
import { createKey } from '../../src/auth/keys.ts'
import { findOperatorByAddress } from '../../src/auth/operators/find-operators.ts'
import { text } from '../support/client.ts'
import { type ConsoleClient, fromConsole, signIn, signInLinkIn } from '../support/console.ts'
import { besidesReading, contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let owner: ConsoleClient
let letter: TestList
let person = ''
let made = 0

beforeAll(async () => {
  house = await openTestApp()
  owner = await signIn(house, { role: 'owner' })
  letter = await house.makeList()
  await house.subscribe(letter, ['reader@example.pl'])
  const found = await house.api('POST', '/subscribers/search', { email: 'reader@example.pl' })
  person = text(found.body, 'data', 0, 'id')
})
afterAll(() => house.close())

type Fields = readonly (readonly [string, string])[]

/** The request, and the address in it; `verb` null: it changes nothing. */
interface Deed {
  readonly path: string
  readonly fields?: Fields
  readonly desk?: ConsoleClient
}

const fresh = (): string => `who${++made}@brand.example`
const somebody = (): Promise<ConsoleClient> => signIn(house, { role: 'analyst', email: fresh() })
const at = async (path: string, fields: Fields = []): Promise<Deed> => ({ path, fields })

async function invited(): Promise<string> {
  const email = fresh()
  await owner.post('/console/settings/operators', [
    ['name', 'New'],
    ['email', email],
    ['role', 'editor'],
    ['scope', 'all'],
  ])
  return (await findOperatorByAddress(house.deps, email))?.id ?? ''
}

async function campaign(...acts: readonly string[]): Promise<string> {
  const { id } = await house.makeCampaign(letter)
  for (const act of acts) await house.api('POST', `/campaigns/${id}/${act}`)
  return `/console/campaigns/${id}`
}

async function segment(): Promise<string> {
  const body = { name: 'All', list: 'letter', filter: { all: [] } }
  return `/console/segments/${text((await house.api('POST', '/segments', body)).body, 'id')}`
}

/** The controls of a page's form as a browser would send them. */
async function formOf(path: string): Promise<Fields> {
  const html = await (await owner.get(path)).text()
  const inputs = [...html.matchAll(/<input[^>]*\bname="([^"]+)"[^>]*>/g)].flatMap(([tag, name = '']) => {
    if (/type="(?:checkbox|radio)"/.test(tag) && !/\schecked/.test(tag)) return []
    return [[name, /value="([^"]*)"/.exec(tag)?.[1] ?? ''] as const]
  })
  const areas = [...html.matchAll(/<textarea[^>]*\bname="([^"]+)"[^>]*>([^<]*)/g)]
  const choices = [...html.matchAll(/<select[^>]*\bname="([^"]+)"[^>]*>(.*?)<\/select>/gs)]
  return [
    ...inputs,
    ...areas.map(([, name = '', value = '']) => [name, value] as const),
    ...choices.map(([, name = '', inner = '']) => {
      const option =
        /<option value="([^"]*)"[^>]*selected/.exec(inner) ?? /<option value="([^"]*)"/.exec(inner)
      return [name, option?.[1] ?? ''] as const
    }),
  ]
}

const written: Fields = [
  ['list', 'letter'],
  ['purpose', 'newsletter'],
  ['subject', 'July'],
  ['body', 'July.'],
]

/** Verb and request of each act; the verb is the audit log's. */
const deeds: Readonly<Record<string, readonly [verb: string, deed: () => Promise<Deed>]>> = {
  '/console/settings/profile': [
    'operator.change_profile',
    () =>
      at('/console/settings/profile', [
        ['name', `Eva ${++made}`],
        ['timezone', 'UTC'],
      ]),
  ],
  '/console/settings/sessions/:id/end': [
    'session.end',
    async () => {
      const desk = await somebody()
      const rows = await house.owner<
        { id: string }[]
      >`select id from sessions where operator = ${desk.operator}`
      return { desk, path: `/console/settings/sessions/${rows[0]?.id}/end` }
    },
  ],
  '/console/settings/sessions/end-others': [
    'session.end_others',
    async () => {
      const desk = await somebody()
      await house.owner`
        insert into sessions select gen_random_uuid(), sha256(hash), operator, method, device, created_at, last_seen_at, expires_at
        from sessions where operator = ${desk.operator}`
      return { desk, path: '/console/settings/sessions/end-others' }
    },
  ],
  '/console/settings/passkeys/remove': [
    'passkey.remove',
    async () => {
      await house.owner`
        insert into passkeys (id, operator, name, public_key, algorithm, transports, counter, synced, created_at)
        values (${`key${++made}`}, ${owner.operator}, 'x', 'x', 'ES256', '{}', 0, false, now())`
      return at('/console/settings/passkeys/remove', [['id', `key${made}`]])
    },
  ],
  '/console/settings/operators': [
    'operator.invite',
    () =>
      at('/console/settings/operators', [
        ['name', 'New'],
        ['email', fresh()],
        ['role', 'editor'],
        ['scope', 'all'],
      ]),
  ],
  '/console/settings/operators/:id': [
    'operator.change',
    async () =>
      at(`/console/settings/operators/${(await somebody()).operator}`, [
        ['role', 'editor'],
        ['scope', 'some'],
        ['lists', String(letter.number)],
      ]),
  ],
  '/console/settings/operators/:id/disable': [
    'operator.disable',
    async () => at(`/console/settings/operators/${(await somebody()).operator}/disable`),
  ],
  '/console/settings/operators/:id/enable': [
    'operator.enable',
    async () => {
      const path = `/console/settings/operators/${(await somebody()).operator}`
      await owner.post(`${path}/disable`)
      return at(`${path}/enable`)
    },
  ],
  '/console/settings/operators/:id/invite': [
    'operator.invite_again',
    async () => at(`/console/settings/operators/${await invited()}/invite`),
  ],
  '/console/settings/operators/:id/passkeys': [
    'passkey.remove_all',
    async () => {
      const { operator } = await somebody()
      await house.owner`
        insert into passkeys (id, operator, name, public_key, algorithm, transports, counter, synced, created_at)
        values (${`key${++made}`}, ${operator}, 'x', 'x', 'ES256', '{}', 0, false, now())`
      return at(`/console/settings/operators/${operator}/passkeys`)
    },
  ],
  '/console/settings/keys': [
    'key.create',
    () =>
      at('/console/settings/keys', [
        ['name', 'x'],
        ['role', 'owner'],
      ]),
  ],
  '/console/settings/keys/:id/revoke': [
    'key.revoke',
    async () => {
      const { id } = await createKey(house.deps, { kind: 'system' }, { role: 'owner', name: 'x' })
      return at(`/console/settings/keys/${id}/revoke`)
    },
  ],
  '/console/settings/sender': [
    'settings.sender',
    () =>
      at('/console/settings/sender', [
        ['name', `House ${++made}`],
        ['email', 'house@brand.example'],
      ]),
  ],
  '/console/settings/processors': [
    'settings.processors',
    () => at('/console/settings/processors', [['hosting.whose', 'own']]),
  ],
  '/console/settings/sending': [
    'settings.sending',
    () =>
      at('/console/settings/sending', [
        ['timezone', 'UTC'],
        ['from', '21:00'],
        ['to', '08:00'],
      ]),
  ],
  '/console/lists/new': [
    'list.create',
    async () =>
      at('/console/lists/new', [
        ...(await formOf('/console/lists/new')).filter(([name]) => !['name', 'slug', 'do'].includes(name)),
        ['name', `List ${++made}`],
        ['slug', `list-${made}`],
      ]),
  ],
  '/console/lists/:list/edit': [
    'list.change',
    async () =>
      at('/console/lists/letter/edit', [
        ...(await formOf('/console/lists/letter/edit')).filter(([name]) => !['name', 'do'].includes(name)),
        ['name', `Letter ${++made}`],
      ]),
  ],
  '/console/lists/:list/archive': [
    'list.archive',
    async () => at(`/console/lists/${(await house.makeList({ slug: `shut-${++made}` })).slug}/archive`),
  ],
  '/console/lists/:list/reopen': [
    'list.reopen',
    async () => {
      const { slug } = await house.makeList({ slug: `open-${++made}` })
      await owner.post(`/console/lists/${slug}/archive`)
      return at(`/console/lists/${slug}/reopen`)
    },
  ],
  '/console/people/:id/address': ['subscriber.show_address', () => at(`/console/people/${person}/address`)],
  '/console/people/:id/edit': [
    'subscriber.change',
    async () => {
      const sent = await formOf(`/console/people/${person}/edit`)
      return at(`/console/people/${person}/edit`, [
        ...sent.filter(([name]) => name !== `${letter.id}.tags`),
        [`${letter.id}.tags`, `tag ${++made}`],
      ])
    },
  ],
  '/console/people/:id/end': [
    'consent.withdraw',
    async () => {
      const email = `leaver${++made}@example.pl`
      await house.subscribe(letter, [email])
      const found = await house.api('POST', '/subscribers/search', { email })
      return at(`/console/people/${text(found.body, 'data', 0, 'id')}/end`, [
        ['list', 'letter'],
        ['purpose', 'newsletter'],
        ['asked_by', 'phone'],
      ])
    },
  ],
  '/console/people/:id/evidence': [
    'evidence.open',
    () =>
      at(`/console/people/${person}/evidence`, [
        ['list', 'letter'],
        ['reason', 'asked by the authority'],
      ]),
  ],
  '/console/segments/:id': [
    'segment.create',
    () =>
      at('/console/segments/new', [
        ['list', 'letter'],
        ['name', 'Some'],
        ['do', 'save'],
      ]),
  ],
  '/console/segments/:id/delete': ['segment.delete', async () => at(`${await segment()}/delete`)],
  '/console/campaigns/new': ['campaign.create', () => at('/console/campaigns/new', written)],
  '/console/campaigns/:id/edit': [
    'campaign.change',
    async () => at(`${await campaign()}/edit`, [...written, ['version', '1']]),
  ],
  '/console/settings/suppressions': [
    'suppression.add',
    () =>
      at('/console/settings/suppressions', [
        ['email', `unwanted${++made}@example.pl`],
        ['scope', 'all'],
      ]),
  ],
  '/console/settings/suppressions/:id/lift': [
    'suppression.remove',
    async () => {
      const body = { email: `unwanted${++made}@example.pl`, scope: 'all', reason: 'operator' }
      const id = text((await house.api('POST', '/suppressions', body)).body, 'id')
      return at(`/console/settings/suppressions/${id}/lift`)
    },
  ],
  '/console/campaigns/:id/duplicate': ['campaign.create', async () => at(`${await campaign()}/duplicate`)],
  '/console/campaigns/:id/delete': ['campaign.delete', async () => at(`${await campaign()}/delete`)],
  '/console/campaigns/:id/test': [
    'campaign.test',
    async () => at(`${await campaign()}/test`, [['to', 'news@brand.example']]),
  ],
  '/console/campaigns/:id/launch': [
    'campaign.launch',
    async () => {
      const path = `${await campaign()}/launch`
      return at(path, await formOf(path))
    },
  ],
  '/console/campaigns/:id/pause': ['campaign.pause', async () => at(`${await campaign('launch')}/pause`)],
  '/console/campaigns/:id/resume': [
    'campaign.resume',
    async () => at(`${await campaign('launch', 'pause')}/resume`),
  ],
  '/console/campaigns/:id/cancel': ['campaign.cancel', async () => at(`${await campaign()}/cancel`)],
  '/console/sign-out': ['session.end', async () => ({ desk: await somebody(), path: '/console/sign-out' })],
}

/** Posts that change no stored data; passkeys are added in passkeys.test.ts. */
const readings: Readonly<Record<string, Fields>> = {
  '/console/kept/drop': [],
  '/console/settings/passkeys/options': [],
  '/console/settings/passkeys': [['answer', 'x']],
  '/console/lists/new/preview': [],
  '/console/lists/:list/edit/preview': [],
  '/console/people/search': [['email', 'reader@example.pl']],
  '/console/campaigns/preview': written,
  '/console/campaigns/:id/preflight': [],
  '/console/campaigns/:id/explain': [['email', 'reader@example.pl']],
}

const acts = () =>
  house.owner<{ verb: string; actor: string }[]>`
    select verb, actor_kind || ' ' || actor_id as actor from audit_log order by id`

const doing = Object.entries(deeds).map(([route, [verb, deed]]) => ({ route, verb, deed }))

describe('an act in the console', () => {
  it('is one of those below, or changes nothing', () => {
    const posts = app.routes
      .filter(({ method, path }) => method === 'POST' && /^\/console(?!\/sign-in)/.test(path))
      .map(({ path }) => path)
    expect([...Object.keys(deeds), ...Object.keys(readings)].sort()).toEqual([...new Set(posts)].sort())
  })

  it.each(doing)('leaves exactly one row: $route', async ({ verb, deed }) => {
    const { desk = owner, path, fields } = await deed()
    const before = (await acts()).length
    const answer = await desk.post(path, fields)
    expect([200, 303]).toContain(answer.status)
    expect((await acts()).slice(before)).toEqual([{ verb, actor: `operator ${desk.operator}` }])
  })

  it.each(doing)('does not happen where the row cannot be written: $route', async ({ deed }) => {
    const { desk = owner, path, fields } = await deed()
    const mails = (await house.mails()).length
    await house.owner.unsafe(`
      create function refuse_act() returns trigger language plpgsql as $$ begin raise 'gone'; end $$;
      create trigger refuse before insert on audit_log execute function refuse_act()`)
    const before = await contentsOf(house.owner)
    const answer = await desk.post(path, fields)
    const after = await contentsOf(house.owner)
    await house.owner.unsafe('drop trigger refuse on audit_log; drop function refuse_act()')
    expect(answer.status).toBe(500)
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(after).toEqual(before)
    expect(await house.mails()).toHaveLength(mails)
  })

  it.each(Object.entries(readings))(
    'is at most one where it only looks, and nothing else changes: %s',
    async (path, fields) => {
      const before = besidesReading(await contentsOf(house.owner))
      const rows = (await acts()).length
      expect((await owner.post(path.replace(':list', 'letter'), fields)).status).toBeLessThan(500)
      expect(besidesReading(await contentsOf(house.owner))).toEqual(before)
      expect((await acts()).length - rows).toBeLessThan(2)
    },
  )
})

describe('coming in', () => {
  it('leaves one row, and without it nobody is in and the link is good', async () => {
    const email = fresh()
    await owner.post('/console/settings/operators', [
      ['name', 'New'],
      ['email', email],
      ['role', 'editor'],
      ['scope', 'all'],
    ])
    await house.rest()
    const link = new URL(signInLinkIn((await house.mailsTo(email))[0]?.text ?? '')).pathname
    const enter = () =>
      house.request(link, { method: 'POST', headers: fromConsole(house), redirect: 'manual' })
    await house.owner.unsafe(`
      create function refuse_act() returns trigger language plpgsql as $$ begin raise 'gone'; end $$;
      create trigger refuse before insert on audit_log execute function refuse_act()`)
    const before = await contentsOf(house.owner)
    const refused = await enter()
    await house.owner.unsafe('drop trigger refuse on audit_log; drop function refuse_act()')
    expect([refused.status, refused.headers.get('set-cookie')]).toEqual([500, null])
    expect(await contentsOf(house.owner)).toEqual(before)
    const known = (await acts()).length
    expect((await enter()).status).toBe(303)
    expect((await acts()).slice(known).map(({ verb }) => verb)).toEqual(['session.begin'])
  })
})
