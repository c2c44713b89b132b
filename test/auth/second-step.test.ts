// web · roles that need a passkey besides the link: what a link alone opens, and the ways of somebody who has none. NIST SP 800-63B AAL2
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { app } from '../../src/app.ts'
import { roles } from '../../src/auth/roles.ts'
import { linkForOperator } from '../../src/auth/sign-in/links.ts'
import { removePasskeysOf } from '../../src/auth/sign-in/passkeys.ts'
import { readConfig } from '../../src/platform/config.ts'
import { assertionOf, type Device, device, registrationOf } from '../support/authenticator.ts'
import { at, text } from '../support/client.ts'
import { type ConsoleClient, consoleClientOf, fromConsole, signIn } from '../support/console.ts'
import { wordsOf } from '../support/page.ts'
import { contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
beforeAll(async () => {
  house = await openTestApp({ connections: 2, env: { REQUIRE_PASSKEY: 'owner, auditor' } })
})
afterAll(() => house.close())

let people = 0
/** An owner after the link alone. */
async function half(): Promise<ConsoleClient & { email: string }> {
  const email = `owner-${++people}@brand.example`
  return { email, ...(await signIn(house, { role: 'owner', email })) }
}

const register = async (desk: ConsoleClient): Promise<{ key: Device; answer: Response }> => {
  const key = device('ES256')
  const asked = await desk.postJson('/console/settings/passkeys/options', {})
  const challenge = asked.ok ? text(await asked.json(), 'challenge') : ''
  const answer = await desk.postJson('/console/settings/passkeys', {
    name: 'Mine',
    answer: registrationOf(house.url, key, { challenge }),
  })
  return { key, answer }
}

async function enter(key: Device): Promise<ConsoleClient> {
  const post = (path: string, body: unknown) =>
    house.request(`/console/sign-in/passkey${path}`, {
      method: 'POST',
      headers: { ...fromConsole(house), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const challenge = text(await (await post('/options', {})).json(), 'challenge')
  const answer = await post('', { answer: assertionOf(house.url, key, { challenge }) })
  const cookie = /assent_session=[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? ''
  return consoleClientOf(house, { cookie, operator: '' })
}

/** Signs in once more by a link. */
async function byLink(email: string): Promise<ConsoleClient> {
  const link = await linkForOperator(house.deps, email)
  const entered = await house.request(new URL(link ?? '').pathname, {
    method: 'POST',
    headers: fromConsole(house),
    redirect: 'manual',
  })
  const cookie = /assent_session=[^;]+/.exec(entered.headers.get('set-cookie') ?? '')?.[0] ?? ''
  return consoleClientOf(house, { cookie, operator: '' })
}

const consoleRoutes = app.routes.filter(
  ({ method, path }) => ['GET', 'POST'].includes(method) && /^\/console(?!\/sign-in)/.test(path),
)
const gets = [...new Set(consoleRoutes.filter(({ method }) => method === 'GET').map(({ path }) => path))]
const posts = [...new Set(consoleRoutes.filter(({ method }) => method === 'POST').map(({ path }) => path))]
const steps = new Set(['/console/passkey', '/console/again', '/console/sign-out'])
const real = (path: string): string => path.replace(/:\w+/g, '019e8269-4e80-7ef9-a8e3-baa7ee241d55')

describe('somebody of a role that needs a passkey, after the link alone', () => {
  it('is led from every screen to the second step, and sees nothing else', async () => {
    const desk = await half()
    expect(gets.length).toBeGreaterThan(40)
    for (const path of gets.filter((one) => !steps.has(one))) {
      const answer = await desk.get(real(path))
      expect([path, answer.status, answer.headers.get('location')]).toEqual([path, 303, '/console/passkey'])
    }
  })

  it('changes nothing by any form or script', async () => {
    const desk = await half()
    await register(desk)
    const besides = async () => {
      const { 'public.kept_forms': _, 'public.limits': __, ...others } = await contentsOf(house.owner)
      return others
    }
    const before = await besides()
    for (const path of posts.filter((one) => !steps.has(one))) {
      expect([path, (await desk.post(real(path), [['name', 'x']])).status]).toEqual([path, 401])
      expect([path, (await desk.postJson(real(path), {})).status]).toEqual([path, 401])
    }
    expect(await besides()).toEqual(before)
  })

  it('adds the first passkey there, uses it, and is in', async () => {
    const desk = await half()
    const page = wordsOf(await (await desk.get('/console/passkey')).text())
    expect(page).toContain('Here the role owner signs in with two things: a link by email, and a passkey.')
    expect(page).toContain('You have none yet. Add one on this device')
    const { key, answer } = await register(desk)
    expect([answer.status, at(await answer.json(), 'to')]).toEqual([200, '/console/passkey'])
    expect((await desk.get('/console')).status, 'the link alone is still half').toBe(303)
    expect(wordsOf(await (await desk.get('/console/passkey')).text())).toContain('Now your passkey')
    const whole = await enter(key)
    expect((await whole.get('/console')).status).toBe(200)
    expect((await whole.get('/console/passkey')).headers.get('location')).toBe('/console')
    // Whole sessions add a second one, for the day the device is lost.
    expect((await register(whole)).answer.status).toBe(200)
  })

  it('adds none where they have one: whoever reads their mail comes no further', async () => {
    const { email, ...desk } = await half()
    await register(desk)
    const thief = await byLink(email)
    const { answer } = await register(thief)
    expect([answer.status, at(await answer.json(), 'title')]).toEqual([
      401,
      'Use a passkey that you have first: open /console/passkey.',
    ])
    expect((await thief.post('/console/settings/passkeys/remove', [['id', 'x']])).status).toBe(401)
  })

  it('is asked for another link where the first is a quarter of an hour old', async () => {
    const desk = await half()
    house.later({ minutes: 16 })
    const page = await (await desk.get('/console/passkey')).text()
    expect(page).toContain('href="/console/again?for=you"')
    expect((await desk.get('/console/again?for=you')).status).toBe(200)
    expect((await register(desk)).answer.status).toBe(401)
  })
})

describe('somebody who lost the device', () => {
  it('is helped by another owner, in a fresh session, with a row; sessions end and links begin anew', async () => {
    const { email, ...lost } = await half()
    await register(lost)
    const helper = await half()
    const whole = await enter((await register(helper)).key)
    const screen = `/console/settings/operators/${lost.operator}`
    expect(wordsOf(await (await whole.get(screen)).text())).toContain('They have one passkey.')
    expect((await whole.post(`${screen}/passkeys`)).status).toBe(303)
    const [row] = await house.owner`select verb, subject_id, details from audit_log order by id desc limit 1`
    expect(row).toEqual({
      verb: 'passkey.remove_all',
      subject_id: lost.operator,
      details: { passkeys: 1 },
    })
    expect((await lost.get('/console/passkey')).headers.get('location')).toBe('/console/sign-in')
    expect((await register(await byLink(email))).answer.status).toBe(200)
  })

  it('is helped by whoever runs the server', async () => {
    const { email, operator, ...desk } = await half()
    await register({ ...desk, operator })
    expect(await removePasskeysOf(house.deps, { kind: 'system' }, operator)).toBe(1)
    expect((await register(await byLink(email))).answer.status).toBe(200)
  })
})

describe('roles that need none', () => {
  it('come in by the link alone', async () => {
    for (const role of roles) {
      const desk = await signIn(house, { role, email: `${role}-free@brand.example` })
      expect([role, (await desk.get('/console')).status]).toEqual([
        role,
        ['owner', 'auditor'].includes(role) ? 303 : 200,
      ])
    }
  })

  it.each([
    ['', []],
    ['owner', ['owner']],
    [' owner , sender ', ['owner', 'sender']],
    ['all', [...roles]],
  ])('are those that REQUIRE_PASSKEY does not name: %j', (value, needed) => {
    const read = readConfig({ REQUIRE_PASSKEY: value })
    expect(read.ok && read.config.requirePasskey).toEqual(needed)
  })
})
