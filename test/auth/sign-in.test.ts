// shell · sign-in: links work once, sessions end, an address reveals nothing
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findOperatorByAddress } from '../../src/auth/operators/find-operators.ts'
import {
  changeOperator,
  disableOperator,
  enableOperator,
  inviteOperator,
} from '../../src/auth/operators/operators.ts'
import { firstOwnerLink, linkForOperator } from '../../src/auth/sign-in/links.ts'
import { rulesOf } from '../../src/sending-rules/find.ts'
import { noRules } from '../../src/sending-rules/rules.ts'
import { browserCookieIn, consoleClientOf, fromConsole, signIn, signInLinkIn } from '../support/console.ts'
import { contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
beforeAll(async () => {
  house = await openTestApp()
})
afterAll(() => house.close())

const system = { kind: 'system' } as const

/** The cookie of the one browser that asks for links in this file; other browsers: link-attacks.test.ts. */
let browser = ''

async function post(
  path: string,
  fields: Record<string, string> = {},
  headers: Record<string, string> = fromConsole(house),
) {
  const answer = await house.request(path, {
    method: 'POST',
    headers: { cookie: browser, ...headers },
    body: new URLSearchParams(fields),
    redirect: 'manual',
  })
  browser = browserCookieIn(answer) || browser
  return answer
}

const askFor = (email: string) => post('/console/sign-in', { email })

async function linkFor(email: string): Promise<string> {
  await askFor(email)
  await house.rest()
  const [mail] = await house.mailsTo(email)
  return new URL(signInLinkIn(mail?.text ?? '')).pathname
}

const cookieOf = (answer: Response): string =>
  /assent_session=[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? ''

const isIn = async (cookie: string): Promise<boolean> =>
  (await consoleClientOf(house, { cookie, operator: '' }).get('/console')).status === 200

describe('a deployment that nobody has entered', () => {
  it('gives its link to the owner away once: the older one stops working', async () => {
    const [old, link] = [await firstOwnerLink(house.deps), await firstOwnerLink(house.deps)]
    expect((await house.request(new URL(old ?? '').pathname)).status).toBe(404)
    const path = new URL(link ?? '').pathname
    expect((await house.request(path)).status).toBe(200)
    const refused = await post(path, { name: '', email: 'not an address' })
    expect(refused.status).toBe(422)
    expect(await refused.text()).toContain('value="not an address"')
    const entered = await post(path, {
      name: 'Olof',
      email: 'Olof@Brand.example',
      timezone: 'Europe/Stockholm',
    })
    expect(entered.status).toBe(303)
    expect(entered.headers.get('location')).toBe('/console')
    expect(await isIn(cookieOf(entered))).toBe(true)
  })

  it('takes the time zone of the first owner’s browser, for them and for the deployment', async () => {
    expect((await findOperatorByAddress(house.deps, 'olof@brand.example'))?.timezone).toBe('Europe/Stockholm')
    expect(await rulesOf(house.deps.db)).toEqual({ ...noRules, timezone: 'Europe/Stockholm' })
  })

  it('has no such link once an operator exists', async () => {
    expect(await firstOwnerLink(house.deps)).toBeNull()
  })
})

describe('an operator who joins', () => {
  it.each([
    ['their own', 'Pacific/Auckland', 'Pacific/Auckland'],
    ['none, without scripts', '', 'UTC'],
    ['an offset, which is no name', '+01:00', 'UTC'],
    ['one that is none', 'Mars/Olympus', 'UTC'],
  ])('sees times in the zone of their browser: %s', async (name, timezone, kept) => {
    const email = `${name.replaceAll(/\W/g, '')}@brand.example`
    const address = { sendTo: email, canonical: email.toLowerCase() }
    await inviteOperator(house.deps, system, { name, address, role: 'editor', lists: null, locale: 'en' })
    await house.rest()
    const [mail] = await house.mailsTo(email)
    await post(new URL(signInLinkIn(mail?.text ?? '')).pathname, { timezone })
    const operator = async () => findOperatorByAddress(house.deps, address.canonical)
    expect((await operator())?.timezone).toBe(kept)
    // Later sign-ins, perhaps on a journey, change nothing.
    await post(await linkFor(email), { timezone: 'Asia/Tokyo' })
    expect((await operator())?.timezone).toBe(kept)
    expect((await rulesOf(house.deps.db)).timezone).toBe('Europe/Stockholm')
  })
})

describe('an operator who asks for a link', () => {
  it('is mailed one, named after the deployment and without list headers', async () => {
    await linkFor('olof@brand.example')
    const [mail] = await house.mailsTo('Olof@Brand.example')
    expect(mail?.subject).toBe('Sign in to Assent at 127.0.0.1:8787')
    expect(Object.keys(mail?.headers ?? {}).filter((name) => /^list-/i.test(name))).toEqual([])
  })

  it('may look at it as often as they like: nothing is used up and nothing changes (I3)', async () => {
    await askFor('olof@brand.example')
    await house.rest()
    const [mail] = await house.mailsTo('Olof@Brand.example')
    const path = new URL(signInLinkIn(mail?.text ?? '')).pathname
    const before = await contentsOf(house.owner)
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'GET'])
      await house.request(path, { method, headers: { cookie: browser } })
    expect(await contentsOf(house.owner)).toEqual(before)
    const first = await post(path)
    expect(await isIn(cookieOf(first))).toBe(true)
    expect((await post(path)).status).toBe(404)
  })

  it('comes too late after twenty minutes', async () => {
    await askFor('olof@brand.example')
    await house.rest()
    const [mail] = await house.mailsTo('Olof@Brand.example')
    house.later({ minutes: 21 })
    expect((await post(new URL(signInLinkIn(mail?.text ?? '')).pathname)).status).toBe(404)
  })

  it('cannot bend it: any changed character opens nothing', async () => {
    const link = await linkForOlof()
    const token = link.split('/').at(-1) ?? ''
    for (const at of [0, 10, 30, 43]) {
      const bent = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
      expect((await post(`/console/sign-in/${bent}`)).status, bent).toBe(404)
    }
    expect((await post(link)).status).toBe(303)
  })
})

async function linkForOlof(): Promise<string> {
  house.later({ hours: 2 })
  await askFor('olof@brand.example')
  await house.rest()
  const [mail] = await house.mailsTo('Olof@Brand.example')
  return new URL(signInLinkIn(mail?.text ?? '')).pathname
}

describe('an address that belongs to nobody here', () => {
  it('gets the same answer, and no mail (I5)', async () => {
    house.later({ hours: 2 })
    const [known, unknown] = [await askFor('olof@brand.example'), await askFor('nobody@brand.example')]
    expect(unknown.status).toBe(known.status)
    expect(await unknown.text()).toBe(await known.text())
    await house.rest()
    expect(await house.mailsTo('nobody@brand.example')).toEqual([])
  })

  it('is answered in the same time: never sooner than the floor', async () => {
    const began = performance.now()
    await askFor('nobody@brand.example')
    expect(performance.now() - began).toBeGreaterThanOrEqual(145)
  })

  it('is not asked for more than five times an hour', async () => {
    house.later({ hours: 2 })
    const answers = []
    for (let time = 0; time < 6; time += 1) answers.push((await askFor('flood@brand.example')).status)
    expect(answers).toEqual([200, 200, 200, 200, 200, 429])
  })
})

describe('a session', () => {
  it('stands in the database as a hash alone, and its cookie is for the console only', async () => {
    const entered = await post(await linkForOlof())
    const header = entered.headers.get('set-cookie') ?? ''
    expect(header).toMatch(/HttpOnly/)
    expect(header).toMatch(/SameSite=Lax/)
    expect(header).toMatch(/Path=\/console/)
    const claims = JSON.parse(Buffer.from(header.split('.')[1] ?? '', 'base64url').toString()) as unknown
    const secret = JSON.stringify(claims).match(/"sid":"([^"]+)"/)?.[1] ?? ''
    expect(secret).toHaveLength(43)
    expect(JSON.stringify(await contentsOf(house.owner))).not.toContain(secret)
  })

  it('is over after twelve hours without a request, and after fourteen days with many', async () => {
    const idle = cookieOf(await post(await linkForOlof()))
    house.later({ hours: 11 })
    expect(await isIn(idle)).toBe(true)
    house.later({ hours: 13 })
    expect(await isIn(idle)).toBe(false)
    const busy = cookieOf(await post(await linkForOlof()))
    for (let half = 0; half < 2 * 13 + 1; half += 1) {
      house.later({ hours: 11 })
      expect(await isIn(busy)).toBe(true)
    }
    house.later({ days: 2 })
    expect(await isIn(busy)).toBe(false)
  })

  it('ends by its button, and no copy of the cookie brings it back', async () => {
    const desk = await signIn(house, { role: 'editor', email: 'ida@brand.example' })
    expect((await desk.post('/console/sign-out')).status).toBe(303)
    expect(await isIn(desk.cookie)).toBe(false)
  })

  it('can be ended from another one of theirs, not from another operator’s', async () => {
    const desk = await signIn(house, { role: 'editor', email: 'iris@brand.example' })
    const stranger = await signIn(house, { role: 'editor', email: 'igor@brand.example' })
    const id = /\/console\/settings\/sessions\/([\w-]+)\/end/
    const elsewhere = cookieOf(await post(await linkFor('iris@brand.example')))
    const other = id.exec(await (await desk.get('/console/settings')).text())?.[1] ?? ''
    expect((await stranger.post(`/console/settings/sessions/${other}/end`)).status).toBe(404)
    expect(await isIn(elsewhere)).toBe(true)
    expect((await desk.post(`/console/settings/sessions/${other}/end`)).status).toBe(303)
    expect(await isIn(elsewhere)).toBe(false)
    expect(await isIn(desk.cookie)).toBe(true)
  })

  it.each([
    [
      'their role changes',
      (id: string) => changeOperator(house.deps, system, { operator: id, role: 'analyst', lists: null }),
    ],
    ['they are shut out', (id: string) => disableOperator(house.deps, system, id)],
  ])('ends at once when %s', async (what, act) => {
    const desk = await signIn(house, { role: 'editor', email: `${what.replaceAll(' ', '-')}@brand.example` })
    await act(desk.operator)
    expect(await isIn(desk.cookie)).toBe(false)
  })

  it('is not believed when it was signed by another, or says it needs no signature', async () => {
    const desk = await signIn(house, { role: 'owner', email: 'oda@brand.example' })
    const [header = '', payload = '', mac = ''] = desk.cookie.replace('assent_session=', '').split('.')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    for (const forged of [`${none}.${payload}.`, `${header}.${payload}.${mac.slice(0, -2)}AA`, 'x', ''])
      expect(await isIn(`assent_session=${forged}`), forged).toBe(false)
  })
})

describe('an operator whose mail does not arrive', () => {
  it('is let in by a link that the machine’s owner makes, once, and it is written down', async () => {
    const desk = await signIn(house, { role: 'editor', email: 'lost@brand.example' })
    const link = await linkForOperator(house.deps, 'lost@brand.example')
    expect(cookieOf(await post(new URL(link ?? '').pathname))).not.toBe('')
    expect((await post(new URL(link ?? '').pathname)).status).toBe(404)
    const rows =
      await house.owner`select 1 from audit_log where verb = 'operator.link' and subject_id = ${desk.operator}`
    expect(rows).toHaveLength(1)
    expect(await linkForOperator(house.deps, 'nobody@brand.example')).toBeNull()
  })
})

describe('the last owner', () => {
  it('cannot be shut out or made less, also not by two at once', async () => {
    const small = await openTestApp()
    try {
      const one = await signIn(small, { role: 'owner', email: 'one@brand.example' })
      const two = await signIn(small, { role: 'owner', email: 'two@brand.example' })
      const gone = await Promise.allSettled(
        [one, two].map(({ operator }) => disableOperator(small.deps, system, operator)),
      )
      expect(gone.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      for (const { operator } of [one, two])
        await changeOperator(small.deps, system, { operator, role: 'editor', lists: null }).catch(() => {})
      const rows = await small.owner`
        select 1 from operators where role = 'owner' and disabled_at is null`
      expect(rows).toHaveLength(1)
    } finally {
      await small.close()
    }
  })
})

describe('somebody who is shut out', () => {
  it('gets no link, cannot use one they have, and can be let in again', async () => {
    const desk = await signIn(house, { role: 'editor', email: 'uwe@brand.example' })
    const waiting = await linkFor('uwe@brand.example')
    await disableOperator(house.deps, system, desk.operator)
    expect((await post(waiting)).status).toBe(404)
    const before = (await house.mailsTo('uwe@brand.example')).length
    await askFor('uwe@brand.example')
    await house.rest()
    expect(await house.mailsTo('uwe@brand.example')).toHaveLength(before)
    await enableOperator(house.deps, system, desk.operator)
    expect((await post(await linkFor('uwe@brand.example'))).status).toBe(303)
  })
})

describe('a form posted after the session was over', () => {
  it('is kept, shown after signing in again, and sent as it was', async () => {
    const desk = await signIn(house, { role: 'owner', email: 'kim@brand.example' })
    house.later({ days: 3 })
    const name = 'A name that took long to find, in two words and more'
    const late = await desk.post('/console/settings/profile', [
      ['name', name],
      ['timezone', 'Europe/Warsaw'],
    ])
    expect(late.status).toBe(401)
    expect(await late.text()).toContain('they are kept, encrypted')
    expect(JSON.stringify(await contentsOf(house.owner))).not.toContain(name)
    const kept = /assent_kept=[^;]+/.exec(late.headers.get('set-cookie') ?? '')?.[0] ?? ''
    const entered = await house.request(await linkFor('kim@brand.example'), {
      method: 'POST',
      headers: { ...fromConsole(house), cookie: `${kept}; ${browser}` },
      redirect: 'manual',
    })
    expect(entered.headers.get('location')).toBe('/console/kept')
    const again = consoleClientOf(house, { cookie: `${cookieOf(entered)}; ${kept}`, operator: desk.operator })
    const page = await (await again.get('/console/kept')).text()
    expect(page).toContain(name)
    expect(page).toContain('action="/console/settings/profile?kept=sent"')
    expect(page).toContain('value="Europe/Warsaw"')
    expect((await again.post('/console/kept/drop')).status).toBe(303)
    expect((await again.get('/console/kept')).headers.get('location')).toBe('/console')
  })
})

describe('another site', () => {
  it('cannot post to the console with an operator’s cookie', async () => {
    const desk = await signIn(house, { role: 'owner', email: 'pia@brand.example' })
    const before = await contentsOf(house.owner)
    const froms: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site', origin: house.url },
      { 'sec-fetch-site': 'same-site' },
      {},
    ]
    for (const from of froms)
      for (const path of ['/console/settings/profile', '/console/sign-out', '/console/sign-in'])
        expect(
          (await post(path, { name: 'x', email: 'a@b.example' }, { ...from, cookie: desk.cookie })).status,
        ).toBe(403)
    expect(await contentsOf(house.owner)).toEqual(before)
  })
})
