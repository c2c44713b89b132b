// web · settings in the console: operators, keys, the sender; refusals, form values kept, permissions
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleClient, consoleClientOf, signIn } from '../support/console.ts'
import { valuesOf, wordsOf } from '../support/page.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
let owner: ConsoleClient
beforeAll(async () => {
  house = await openTestApp()
  owner = await signIn(house, { role: 'owner', email: 'owner@brand.example', name: 'Olga' })
  await house.makeList()
  await house.makeList({ slug: 'second', name: 'Second letter' })
})
afterAll(() => house.close())

const verbs = async (): Promise<readonly string[]> =>
  (await house.owner<{ verb: string }[]>`select verb from audit_log order by id`).map(({ verb }) => verb)

describe('inviting an operator', () => {
  const invite = (fields: Record<string, string>) =>
    owner.post('/console/settings/operators', Object.entries({ role: 'editor', scope: 'all', ...fields }))

  it.each([
    ['no name', { name: ' ', email: 'a@brand.example' }, 'It must not be empty.'],
    ['an address that is none', { name: 'A', email: 'a@' }, 'It must be an email address'],
    ['a role that is none', { name: 'A', email: 'a@brand.example', role: 'king' }, 'It must be one of owner'],
    ['no list', { name: 'A', email: 'a@brand.example', scope: 'some' }, 'Choose at least one list'],
    [
      'all lists, and one of them ticked',
      { name: 'A', email: 'a@brand.example', scope: 'all', lists: '1' },
      'You chose all lists and ticked some of them.',
    ],
    ['neither all nor some', { name: 'A', email: 'a@brand.example', scope: '' }, 'It must be all or some.'],
    [
      'somebody who is there',
      { name: 'A', email: 'OWNER@brand.example' },
      'An operator already has this address',
    ],
  ])('says what is wrong and keeps what was typed: %s', async (_, fields, sentence) => {
    const before = await house.owner`select count(*)::int as n from operators`
    const answer = await invite(fields)
    const page = await answer.text()
    expect(answer.status).toBe(422)
    expect(wordsOf(page)).toContain(sentence)
    expect(valuesOf(page, 'email')).toContain(fields.email)
    expect(await house.owner`select count(*)::int as n from operators`).toEqual(before)
  })

  it('mails them, shows them as invited, and is written down with the role alone', async () => {
    const answer = await invite({ name: 'Nils', email: 'nils@brand.example', role: 'sender' })
    expect(answer.headers.get('location')).toBe('/console/settings/operators?done=invited')
    await house.rest()
    const [mail] = await house.mailsTo('nils@brand.example')
    expect(mail?.subject).toContain('You are invited')
    expect(mail?.text).toContain('A sender writes and sends campaigns')
    const page = wordsOf(await (await owner.get('/console/settings/operators')).text())
    expect(page).toMatch(/Nils.*nils@brand\.example.*sender.*all.*invited/)
    const [row] = await house.owner<{ details: unknown }[]>`
      select details from audit_log where verb = 'operator.invite' order by id desc limit 1`
    expect(row?.details).toEqual({ role: 'sender', lists: null })
  })
})

describe('an operator who sees one list only', () => {
  it('keeps that list through an edit, and is shown as having it', async () => {
    const [row] = await house.owner<{ number: number }[]>`select number from lists where slug = 'second'`
    const desk = await signIn(house, {
      role: 'editor',
      email: 'one@brand.example',
      lists: [row?.number ?? 0],
    })
    const page = await (await owner.get(`/console/settings/operators/${desk.operator}`)).text()
    expect(page).toMatch(/value="some" checked/)
    expect(page).toMatch(new RegExp(`name="lists" value="${row?.number}" checked`))
    const stored = await house.owner`select lists from operators where id = ${desk.operator}`
    expect(stored).toEqual([{ lists: [row?.number] }])
    const refused = await owner.post(`/console/settings/operators/${desk.operator}`, [
      ['role', 'sender'],
      ['scope', 'all'],
      ['lists', String(row?.number)],
    ])
    expect(refused.status).toBe(422)
    const shown = await refused.text()
    expect(wordsOf(shown)).toContain('You chose all lists and ticked some of them.')
    expect(shown).toMatch(/value="sender" checked/)
    expect(shown).toMatch(new RegExp(`name="lists" value="${row?.number}" checked`))
    expect(await house.owner`select role, lists from operators where id = ${desk.operator}`).toEqual([
      { role: 'editor', lists: [row?.number] },
    ])
  })
})

describe('a key made in the console', () => {
  it('is shown once, works, and opens nothing after it was revoked', async () => {
    const page = await (
      await owner.post('/console/settings/keys', [
        ['name', 'our site'],
        ['role', 'editor'],
      ])
    ).text()
    const key = /assent_[\w-]{43}/.exec(page)?.[0] ?? ''
    const ask = () => house.request('/api/v1/lists', { headers: { authorization: `Bearer ${key}` } })
    expect((await ask()).status).toBe(200)
    const shown = await (await owner.get('/console/settings/keys')).text()
    expect(shown).not.toContain(key)
    const revoke = /\/console\/settings\/keys\/[\w-]+\/revoke/.exec(shown)?.[0] ?? ''
    expect((await owner.get(revoke)).status).toBe(200)
    expect((await ask()).status).toBe(200)
    expect((await owner.post(revoke)).status).toBe(303)
    expect((await ask()).status).toBe(401)
    expect((await owner.post(revoke)).status).toBe(404)
    expect((await verbs()).slice(-3)).toEqual(['key.create', 'key.revoke', 'key.refused'])
  })

  it('is one key, however often its form is sent: a reload makes no second', async () => {
    const form = await (await owner.get('/console/settings/keys')).text()
    const fields: [string, string][] = [
      ['once', valuesOf(form, 'once')[0] ?? ''],
      ['name', 'sent twice'],
      ['role', 'editor'],
    ]
    expect(await (await owner.post('/console/settings/keys', fields)).text()).toMatch(/assent_[\w-]{43}/)
    const again = await owner.post('/console/settings/keys', fields)
    expect(again.headers.get('location')).toBe('/console/settings/keys?done=again')
    expect(wordsOf(await (await owner.get('/console/settings/keys?done=again')).text())).toContain(
      'This key was created already',
    )
    expect(await house.owner`select 1 from api_keys where name = 'sent twice'`).toHaveLength(1)
  })

  it('needs a name', async () => {
    const answer = await owner.post('/console/settings/keys', [
      ['name', ''],
      ['role', 'editor'],
    ])
    expect(answer.status).toBe(422)
    expect(wordsOf(await answer.text())).toContain('It must not be empty.')
  })
})

describe('the sender of mails to operators', () => {
  it('is the first list’s until somebody chooses, then the chosen one', async () => {
    expect(valuesOf(await (await owner.get('/console/settings/sender')).text(), 'email')).toEqual([
      'news@brand.example',
    ])
    const refused = await owner.post('/console/settings/sender', [
      ['name', 'House'],
      ['email', 'house'],
    ])
    expect(refused.status).toBe(422)
    expect(valuesOf(await refused.text(), 'email')).toEqual(['house'])
    await owner.post('/console/settings/sender', [
      ['name', 'House'],
      ['email', 'house@brand.example'],
    ])
    await signIn(house, { role: 'analyst', email: 'ana@brand.example' })
    const [mail] = await house.mailsTo('ana@brand.example')
    expect(mail?.from).toBe('"House" <house@brand.example>')
  })
})

describe('the screen of who did what', () => {
  it('shows acts with names for owners and auditors, by one of them too, and no address', async () => {
    const auditor = await signIn(house, { role: 'auditor', email: 'aud@brand.example', name: 'Aud' })
    await owner.post('/console/settings/keys', Object.entries({ name: 'seen', role: 'analyst' }))
    const all = wordsOf(await (await auditor.get('/console/settings/acts')).text())
    expect(all).toMatch(/Olga.* Created an API key.*role: analyst/)
    expect(all).not.toContain('@brand.example')
    const own = await (await auditor.get(`/console/settings/acts?actor=${auditor.operator}`)).text()
    expect(own).toContain('session.begin')
    expect(own).not.toContain('key.create')
    const none = await auditor.get(`/console/settings/acts?actor=${encodeURIComponent("' or 1=1")}&before=x`)
    expect(none.status).toBe(200)
    const editor = await signIn(house, { role: 'editor', email: 'edi@brand.example' })
    expect((await editor.get('/console/settings/acts')).status).toBe(403)
  })
})

describe('one’s own settings', () => {
  it('keep the name and the time zone, and refuse a zone that is none', async () => {
    const refused = await owner.post('/console/settings/profile', [
      ['name', 'Olga P'],
      ['timezone', 'Mars/Base'],
    ])
    expect(refused.status).toBe(422)
    expect(valuesOf(await refused.text(), 'name')).toEqual(['Olga P'])
    await owner.post('/console/settings/profile', [
      ['name', 'Olga P'],
      ['timezone', 'Europe/Warsaw'],
    ])
    const page = await (await owner.get('/console/settings')).text()
    expect(valuesOf(page, 'timezone')).toEqual(['Europe/Warsaw'])
    expect(wordsOf(page)).toContain('Olga P')
  })
})

describe('a role that may not', () => {
  it.each(['editor', 'sender', 'analyst', 'auditor'] as const)(
    '%s: sees no operators, keys or sender',
    async (role) => {
      const desk = await signIn(house, { role, email: `${role}-2@brand.example` })
      for (const path of ['operators', `operators/${owner.operator}`, 'keys', 'sender'])
        expect((await desk.get(`/console/settings/${path}`)).status, path).toBe(403)
      const posts = [
        [
          '/console/settings/operators',
          [
            ['name', 'X'],
            ['email', 'x@brand.example'],
            ['role', 'owner'],
            ['scope', 'all'],
          ],
        ],
        [
          `/console/settings/operators/${desk.operator}`,
          [
            ['role', 'owner'],
            ['scope', 'all'],
          ],
        ],
        [`/console/settings/operators/${owner.operator}/disable`, []],
        [
          '/console/settings/keys',
          [
            ['name', 'x'],
            ['role', 'owner'],
          ],
        ],
        [
          '/console/settings/sender',
          [
            ['name', 'x'],
            ['email', 'x@x.example'],
          ],
        ],
      ] as const
      const before = await verbs()
      for (const [path, fields] of posts) expect((await desk.post(path, fields)).status, path).toBe(403)
      expect(await verbs()).toEqual([...before, ...posts.map(() => 'act.refused')])
      const tabs = await (await desk.get('/console/settings')).text()
      expect(tabs).not.toContain('/console/settings/keys')
    },
  )

  it('and a stranger is led to the door', async () => {
    const stranger = consoleClientOf(house, { cookie: '', operator: '' })
    const answer = await stranger.get('/console/settings/keys')
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/console/sign-in'])
  })
})
