// web · sign-in links under attack: one at a time, bound to the browser that asked, and no stranger locks an operator out
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { app } from '../../src/app.ts'
import { linkForOperator } from '../../src/auth/sign-in/links.ts'
import { askForLink, browserCookieIn, fromConsole, signIn, signInLinkIn } from '../support/console.ts'
import { wordsOf } from '../support/page.ts'
import { contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
beforeAll(async () => {
  house = await openTestApp({ connections: 4, env: { LIMIT_PER_NETWORK: '20' } })
  await signIn(house, { role: 'owner', email: eva })
})
beforeEach(() => house.later({ hours: 2 }))
afterAll(() => house.close())

const eva = 'eva@brand.example'

const open = (path: string, cookie: string, method = 'POST'): Promise<Response> =>
  house.request(path, { method, headers: { ...fromConsole(house), cookie }, redirect: 'manual' })

/** Asks from a network, in a browser with this cookie. */
const askFrom = (address: string, cookie = '', email = eva): Promise<Response> =>
  Promise.resolve(
    app.fetch(
      new Request(`${house.url}/console/sign-in`, {
        method: 'POST',
        headers: { ...fromConsole(house), cookie },
        body: new URLSearchParams({ email }),
      }),
      { ...house.deps, remoteAddress: address },
    ),
  )

const many = (times: number, ask: (time: number) => Promise<Response>) =>
  Promise.all(Array.from({ length: times }, (_, time) => ask(time)))

/** The cookie of a browser in which Eva signed in before. */
async function knownBrowser(): Promise<string> {
  const { path, cookie } = await askForLink(house, eva)
  return browserCookieIn(await open(path, cookie))
}

async function linksMailed(): Promise<readonly string[]> {
  await house.rest()
  return (await house.mailsTo(eva)).map(({ text }) => new URL(signInLinkIn(text)).pathname)
}

const openLinks = async (): Promise<number> =>
  (
    await house.owner`
      select from sign_in_links where kind = 'sign_in' and used_at is null and expires_at > ${house.now()}`
  ).length

describe('a link that was mailed', () => {
  it('opens in the browser that asked, and tells any other one what to do', async () => {
    const { path, cookie } = await askForLink(house, eva)
    const elsewhere = browserCookieIn(await askFrom('192.0.2.9', '', 'somebody@else.example'))
    expect(elsewhere).not.toBe('')
    for (const other of ['', elsewhere, 'assent_browser=x.y.z', cookie.slice(0, -4)]) {
      const before = await contentsOf(house.owner)
      const shown = await open(path, other, 'GET')
      expect([shown.status, await contentsOf(house.owner)], other).toEqual([403, before])
      const refused = await open(path, other)
      expect([refused.status, refused.headers.get('set-cookie')], other).toEqual([403, null])
      expect(wordsOf(await refused.text())).toContain('works only in the browser in which it was asked for')
    }
    expect((await open(path, cookie, 'GET')).status).toBe(200)
    expect((await open(path, cookie)).status).toBe(303)
    expect((await open(path, cookie)).status).toBe(404)
  })

  it('leaves a row where another browser tried it, without the link and without an address', async () => {
    const { path } = await askForLink(house, eva)
    await open(path, '')
    const [row] = await house.owner`select verb, actor_kind, details from audit_log order by id desc limit 1`
    expect(row).toEqual({
      verb: 'sign_in.failed',
      actor_kind: 'stranger',
      details: { method: 'link', why: 'another browser' },
    })
  })

  it('ends when the next is asked for, and the next is the only one', async () => {
    const first = await askForLink(house, eva)
    const second = await askForLink(house, eva, { cookie: first.cookie })
    expect(second.path).not.toBe(first.path)
    expect(await openLinks()).toBe(1)
    expect((await open(first.path, first.cookie)).status).toBe(404)
    expect((await open(second.path, first.cookie)).status).toBe(303)
  })

  it('is one, of five requests at the same moment', async () => {
    await Promise.all(Array.from({ length: 5 }, () => askFrom('192.0.2.1')))
    expect(await openLinks()).toBe(1)
  })

  it('opens in any browser where the server’s owner made it, and is the only one as well', async () => {
    const mailed = await askForLink(house, eva)
    const link = await linkForOperator(house.deps, eva)
    expect(await openLinks()).toBe(1)
    expect((await open(mailed.path, mailed.cookie)).status).toBe(404)
    expect((await open(new URL(link ?? '').pathname, '')).status).toBe(303)
  })
})

describe('a stranger who asks for links to an operator', () => {
  it('locks nobody out: not another network, after five', async () => {
    for (let time = 0; time < 5; time += 1) expect((await askFrom('198.51.100.1')).status).toBe(200)
    expect((await askFrom('198.51.100.1')).status).toBe(429)
    const { path, cookie } = await askForLink(house, eva)
    expect((await open(path, cookie)).status).toBe(303)
  })

  it('locks nobody out of a browser in which they signed in before, however many networks ask', async () => {
    const known = await knownBrowser()
    house.later({ hours: 2 })
    await many(30, (time) => askFrom(`198.51.100.${time}`))
    expect((await askFrom('198.51.100.99')).status, 'the address as a whole').toBe(429)
    await many(25, (time) => askFrom('127.0.0.1', '', `n${time}@x.example`))
    expect((await askFrom('127.0.0.1')).status, 'their network').toBe(429)
    const { path, cookie } = await askForLink(house, eva, { cookie: known })
    expect((await open(path, cookie)).status).toBe(303)
  })

  it('does not end the link that waits for the browser of the operator', async () => {
    const known = await knownBrowser()
    const { path, cookie } = await askForLink(house, eva, { cookie: known })
    const mails = (await linksMailed()).length
    for (let time = 0; time < 3; time += 1) expect((await askFrom('198.51.100.7')).status).toBe(200)
    expect(await linksMailed()).toHaveLength(mails)
    expect((await open(path, cookie)).status).toBe(303)
  })

  it('mails them 20 links an hour at most, from as many networks as there are', async () => {
    const mails = (await linksMailed()).length
    for (let time = 0; time < 22; time += 1) {
      await askFrom(`198.51.100.${time}`)
      await house.rest()
    }
    expect((await linksMailed()).length - mails).toBe(20)
  })

  it('is not taken for the operator’s browser by the cookie of another address, or of another deployment', async () => {
    const ola = 'ola@brand.example'
    await signIn(house, { role: 'editor', email: ola })
    const asked = await askForLink(house, ola)
    const ofOla = browserCookieIn(await open(asked.path, asked.cookie))
    await many(20, (time) => askFrom(`198.51.100.${time}`))
    for (const cookie of [ofOla, `${(await knownCookieBefore()).slice(0, -6)}AAAAAA`])
      expect((await askFrom('203.0.113.5', cookie)).status).toBe(429)
  })

  it('is bound in a known browser too: ten an hour', async () => {
    const known = await knownBrowser()
    const statuses: number[] = []
    for (let time = 0; time < 11; time += 1) statuses.push((await askFrom('192.0.2.1', known)).status)
    expect(statuses.indexOf(429)).toBe(10)
  })

  const knownCookieBefore = async (): Promise<string> => {
    const link = await linkForOperator(house.deps, eva)
    return browserCookieIn(await open(new URL(link ?? '').pathname, ''))
  }
})

describe('the cookie of a browser', () => {
  it('is the console’s alone, is changed by signing in, and is no session', async () => {
    const asked = await askFrom('192.0.2.1')
    expect(asked.headers.get('set-cookie')).toMatch(
      /^assent_browser=[^;]+; Max-Age=34560000; Path=\/console; HttpOnly; SameSite=Lax$/,
    )
    const planted = browserCookieIn(asked)
    await house.rest()
    const [mail] = await house.mailsTo(eva)
    const entered = await open(new URL(signInLinkIn(mail?.text ?? '')).pathname, planted)
    expect(browserCookieIn(entered)).not.toBe(planted)
    const value = browserCookieIn(entered).replace('assent_browser=', '')
    const tried = await house.request('/console', {
      headers: { cookie: `assent_session=${value}` },
      redirect: 'manual',
    })
    expect(tried.headers.get('location')).toBe('/console/sign-in')
    const claims = Buffer.from(value.split('.')[1] ?? '', 'base64url').toString()
    expect(claims).not.toContain('eva')
  })
})

describe('somebody who signs in once more in the same browser', () => {
  it('leaves no session behind', async () => {
    const first = await askForLink(house, eva)
    const entered = await open(first.path, first.cookie)
    const session = /assent_session=[^;]+/.exec(entered.headers.get('set-cookie') ?? '')?.[0] ?? ''
    const browser = browserCookieIn(entered)
    const second = await askForLink(house, eva, { cookie: browser })
    expect((await open(second.path, `${browser}; ${session}`)).status).toBe(303)
    const old = await house.request('/console', { headers: { cookie: session }, redirect: 'manual' })
    expect(old.headers.get('location')).toBe('/console/sign-in')
  })
})
