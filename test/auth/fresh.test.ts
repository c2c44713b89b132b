// web · a fresh sign-in before what outlives a session: keys, passkeys, operators. OWASP ASVS 4.0: V3.7
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { disableOperator, inviteOperator } from '../../src/auth/operators/operators.ts'
import { askForLink, type ConsoleClient, consoleClientOf, fromConsole, signIn } from '../support/console.ts'
import { wordsOf } from '../support/page.ts'
import { contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
let people = 0
beforeAll(async () => {
  house = await openTestApp({ connections: 2 })
})
afterAll(() => house.close())

const fresh = (): string => `operator-${++people}@brand.example`

let email: string
let owner: ConsoleClient
beforeEach(async () => {
  email = fresh()
  owner = await signIn(house, { role: 'owner', email })
})

const passkeyOf = async (operator: string): Promise<string> => {
  const id = `key${++people}`
  await house.owner`
    insert into passkeys (id, operator, name, public_key, algorithm, transports, counter, synced, created_at)
    values (${id}, ${operator}, 'x', 'x', 'ES256', '{}', 0, false, now())`
  return id
}

const invited = (): Promise<string> => {
  const address = { sendTo: fresh(), canonical: `operator-${people}@brand.example` }
  return inviteOperator(
    house.deps,
    { kind: 'system' },
    { name: 'New', address, role: 'editor', lists: null, locale: 'en' },
  )
}

type Fields = readonly (readonly [string, string])[]

const acts: Readonly<Record<string, () => Promise<readonly [path: string, fields: Fields]>>> = {
  'make an API key': async () => [
    '/console/settings/keys',
    [
      ['name', 'For the shop, in words'],
      ['role', 'editor'],
    ],
  ],
  'take a passkey away': async () => [
    '/console/settings/passkeys/remove',
    [['id', await passkeyOf(owner.operator)]],
  ],
  'invite an operator': async () => [
    '/console/settings/operators',
    [
      ['name', 'New'],
      ['email', fresh()],
      ['role', 'owner'],
      ['scope', 'all'],
    ],
  ],
  'invite them again': async () => [`/console/settings/operators/${await invited()}/invite`, []],
  'make an operator an owner': async () => [
    `/console/settings/operators/${await invited()}`,
    [
      ['role', 'owner'],
      ['scope', 'all'],
    ],
  ],
  'unblock an operator': async () => {
    const id = await invited()
    await disableOperator(house.deps, { kind: 'system' }, id)
    return [`/console/settings/operators/${id}/enable`, []]
  },
  'take passkeys from an operator': async () => {
    const id = await invited()
    await passkeyOf(id)
    return [`/console/settings/operators/${id}/passkeys`, []]
  },
}

/** Everything but what is kept of a form, and its count. */
async function besidesKept() {
  const {
    'public.kept_forms': _,
    'public.limits': __,
    'public.sessions': ___,
    ...others
  } = await contentsOf(house.owner)
  return others
}

const acted = async (): Promise<number> =>
  (await house.owner`select 1 from audit_log where actor_id = ${owner.operator}`).length

describe('an operator who signed in a quarter of an hour ago', () => {
  it.each(Object.entries(acts))('may %s; a second later not before another sign-in', async (_, prepare) => {
    const [path, fields] = await prepare()
    house.later({ minutes: 15 })
    const early = await owner.post(path, fields)
    expect([200, 303], path).toContain(early.status)

    const [next, again] = await prepare()
    house.later({ seconds: 1 })
    const before = await besidesKept()
    const late = await owner.post(next, again)
    expect(late.status).toBe(401)
    expect(wordsOf(await late.text())).toContain('they need a sign-in of the last 15 minutes')
    expect(await besidesKept()).toEqual(before)
  })

  it('may not add a passkey either, and is told so', async () => {
    expect((await owner.postJson('/console/settings/passkeys/options', {})).status).toBe(200)
    house.later({ minutes: 15, seconds: 1 })
    for (const path of ['/console/settings/passkeys/options', '/console/settings/passkeys']) {
      const refused = await owner.postJson(path, { name: 'x', answer: {} })
      expect([refused.status, await refused.json()]).toMatchObject([
        401,
        { title: 'This needs a sign-in of the last 15 minutes. Reload the page, and sign in again.' },
      ])
    }
    const page = await (await owner.get('/console/settings')).text()
    expect(wordsOf(page)).toContain('Adding or removing a passkey needs a sign-in of the last 15 minutes.')
    expect(page).toContain('href="/console/again?for=you"')
    expect(page).not.toContain('Add passkey</button>')
  })

  it('is no fresher for using the console', async () => {
    for (let minute = 0; minute < 16; minute += 1) {
      house.later({ minutes: 1 })
      await owner.get('/console')
    }
    const [path, fields] = (await acts['make an API key']?.()) ?? ['', []]
    expect((await owner.post(path, fields)).status).toBe(401)
  })

  it('may still take things away: revoke, block, sign out others', async () => {
    house.later({ hours: 1 })
    const id = await invited()
    expect((await owner.post(`/console/settings/operators/${id}/disable`)).status).toBe(303)
    expect((await owner.post('/console/settings/sessions/end-others')).status).toBe(303)
  })

  it('finds what was typed after signing in again, and sends it', async () => {
    const [path, fields] = (await acts['make an API key']?.()) ?? ['', []]
    house.later({ hours: 1 })
    const late = await owner.post(path, fields)
    const cookies = late.headers.getSetCookie().map((one) => one.split(';')[0])
    const kept = cookies.find((one) => one?.startsWith('assent_kept=')) ?? ''
    const page = await late.text()
    expect(wordsOf(page)).toContain('they are kept, encrypted')
    expect(page).toContain(`Email a link to ${email}`)
    const link = await askForLink(house, email)
    const entered = await house.request(link.path, {
      method: 'POST',
      headers: { ...fromConsole(house), cookie: `${link.cookie}; ${owner.cookie}; ${kept}` },
      redirect: 'manual',
    })
    expect(entered.headers.get('location')).toBe('/console/kept')
    const session = /assent_session=[^;]+/.exec(entered.headers.get('set-cookie') ?? '')?.[0] ?? ''
    const desk = consoleClientOf(house, { cookie: `${session}; ${kept}`, operator: owner.operator })
    const form = await (await desk.get('/console/kept')).text()
    expect(form).toContain('For the shop, in words')
    const before = await acted()
    expect((await desk.post(`${path}?kept=sent`, fields)).status).toBe(200)
    expect(await acted()).toBe(before + 1)
  })

  it.each([
    ['keys', '/console/settings/keys'],
    ['operators', '/console/settings/operators'],
    ['you', '/console/settings'],
    ['https://evil.example', '/console'],
    ['constructor', '/console'],
  ])('is led back to the screen it was asked on: %s', async (name, screen) => {
    const asked = await owner.get(`/console/again?for=${encodeURIComponent(name)}`)
    const back = /assent_back=[^;]+/.exec(asked.headers.get('set-cookie') ?? '')?.[0] ?? 'assent_back=planted'
    const link = await askForLink(house, email)
    const entered = await house.request(link.path, {
      method: 'POST',
      headers: { ...fromConsole(house), cookie: `${link.cookie}; ${back}` },
      redirect: 'manual',
    })
    expect(entered.headers.get('location')).toBe(screen)
  })
})
