// web · headers of every console page: no caching, no framing, no foreign scripts; reading changes nothing
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { app } from '../../src/app.ts'
import { createKey } from '../../src/auth/keys.ts'
import { text } from '../support/client.ts'
import {
  browserCookieIn,
  type ConsoleClient,
  consoleClientOf,
  fromConsole,
  signIn,
  signInLinkIn,
} from '../support/console.ts'
import { wordsOf } from '../support/page.ts'
import { besidesReading, contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
let owner: ConsoleClient
const ids = new Map<string, string>()
const evil = `"><script>alert('here')</script><img src=x onerror=alert(1)>{{ 7 }}`

beforeAll(async () => {
  house = await openTestApp({
    env: { PUBLIC_URL: 'https://127.0.0.1:8787', TRUST_PROXY: 'loopback', LIMIT_PER_NETWORK: '1000' },
  })
  owner = await signIn(house, { role: 'owner', name: evil.slice(0, 100) })
  const list = await house.makeList({ name: evil.slice(0, 80), description: evil })
  await house.subscribe(list, ['reader@example.pl'])
  const found = await house.api('POST', '/subscribers/search', { email: 'reader@example.pl' })
  ids.set('people', text(found.body, 'data', 0, 'id'))
  await house.api('PATCH', `/subscribers/${ids.get('people')}`, {
    subscriptions: [{ list: 'letter', tags: [evil.slice(0, 50)] }],
  })
  const segment = { name: evil.slice(0, 80), list: 'letter', filter: { all: [] } }
  ids.set('segments', text((await house.api('POST', '/segments', segment)).body, 'id'))
  ids.set('lists', 'letter')
  ids.set('settings/operators', owner.operator)
  const key = { role: 'owner', name: evil.slice(0, 80) } as const
  ids.set('settings/keys', (await createKey(house.deps, { kind: 'system' }, key)).id)
  const content = {
    format: 'markdown',
    body: `${evil}\n\n<iframe src="/console"></iframe> <form action="/console/sign-out">`.replaceAll(
      '<',
      '\\<',
    ),
  }
  const subject = evil.replace('{{ 7 }}', '')
  ids.set('campaigns', (await house.makeCampaign(list, { subject, preheader: subject, content })).id)
  await house.rest()
})
afterAll(() => house.close())

const gets = [...new Set(app.routes.filter(({ method }) => method === 'GET').map(({ path }) => path))].filter(
  (path) => path.startsWith('/console'),
)
const real = (path: string): string =>
  `${path.replace(/\/console\/(.+?)\/:\w+/, (_, folder) => `/console/${folder}/${ids.get(folder) ?? 'x'}`)}?list=letter`

const framed =
  /\/(?:copy|preview\/form|preview\/notice|campaigns\/preview|lists\/new\/preview|edit\/preview)$/

describe('a page of the console', () => {
  it.each(gets)('is kept by nobody, runs nothing that was typed, is framed by us alone: %s', async (path) => {
    for (const desk of [owner, consoleClientOf(house, { cookie: '', operator: '' })]) {
      const answer = await desk.get(real(path))
      const html = await answer.text()
      if (answer.status === 303) {
        expect(answer.headers.get('location')).toMatch(/^\/console/)
        continue
      }
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      if (path.endsWith('.css')) continue
      const policy = answer.headers.get('content-security-policy') ?? ''
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain(`frame-ancestors '${framed.test(path) ? 'self' : 'none'}'`)
      expect(policy).not.toMatch(/script-src[^;]*(?:unsafe|https|\*|data)/)
      expect(html).not.toMatch(
        /<script(?![^>]* src="\/assets\/)|\son\w+="|href="javascript:|<iframe src="\/console"/i,
      )
      expect(html).not.toContain('<img src=x')
    }
  })

  it.each(gets)(
    'changes nothing but when its session was last seen and who read whom (I3): %s',
    async (path) => {
      house.later({ minutes: 6 })
      const before = besidesReading(await contentsOf(house.owner))
      for (const method of ['GET', 'HEAD'])
        await house.request(real(path), { method, headers: { cookie: owner.cookie }, redirect: 'manual' })
      const { 'public.sessions': seen, ...after } = besidesReading(await contentsOf(house.owner))
      expect(after).toEqual(
        Object.fromEntries(Object.entries(before).filter(([name]) => name !== 'public.sessions')),
      )
      expect(seen?.split(',')[0]).toBe(before['public.sessions']?.split(',')[0])
    },
  )

  it.each(['<script>alert(1)</script> <img src=x onerror=alert(1)>', '[x](javascript:alert(1))'])(
    'shows a typed mail in a document of its own without any power: %s',
    async (body) => {
      const look = await owner.post('/console/campaigns/preview', [
        ['list', 'letter'],
        ['subject', '</title><script>alert(1)</script>'],
        ['body', body],
      ])
      const html = await look.text()
      expect(look.headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*; sandbox$/)
      expect(html).not.toMatch(/<script|<img src=x|href="javascript:/i)
    },
  )
})

describe('a deployment without a mail provider', () => {
  const banner = 'Nothing leaves this machine: no mail provider is set up.'
  const screens = gets.filter((path) => !framed.test(path) && !path.endsWith('.css'))

  it.each(screens)(
    'says on every screen that nothing leaves it, with the way to the mailbox: %s',
    async (path) => {
      const answer = await owner.get(real(path))
      const html = await answer.text()
      if (!html.includes('<main id="content" class="desk">')) return
      expect(wordsOf(html)).toContain(banner)
      expect(html).toContain('<a href="/dev/mailbox">mailbox</a>')
    },
  )

  it('says it where a link to sign in is asked for, which is in the mailbox too', async () => {
    const door = await (await house.request('/console/sign-in')).text()
    const asked = await (await askFrom('owner@brand.example', '192.0.2.77')).text()
    for (const html of [door, asked]) expect(wordsOf(html)).toContain(banner)
    expect(door).toContain('<a href="/dev/mailbox">')
  })

  it.each([
    ['en', 'This is a trial installation: no email is sent to anybody.'],
    ['pl', 'To instalacja próbna: żadne e-maile nie są stąd wysyłane.'],
    ['sv', 'Det här är en provinstallation: inga mejl skickas till någon.'],
    ['ru', 'Это пробная установка: письма никому не отправляются.'],
  ])('tells visitors so on the form and on the page that promises a mail: %s', async (lang, sentence) => {
    const list = await house.makeList({ slug: `trial-${lang}`, locales: ['en', 'pl', 'sv', 'ru'] })
    for (const path of [`/s/${list.slug}`, `/s/${list.slug}/sent`]) {
      const html = await (await house.request(`${path}?lang=${lang}`)).text()
      expect(wordsOf(html)).toContain(sentence)
      expect(html).toContain('<a href="/dev/mailbox">')
      const elsewhere = { headers: { 'x-forwarded-for': '192.0.2.1' } }
      expect(await (await house.request(path, elsewhere)).text()).not.toContain('/dev/mailbox')
    }
  })

  it('gives no link where the mailbox does not open, behind a proxy', async () => {
    const headers = { cookie: owner.cookie, 'x-forwarded-for': '192.0.2.1' }
    const html = await (await house.request('/console', { headers })).text()
    expect(wordsOf(html)).toContain('which opens only on the machine itself')
    expect(html).not.toContain('href="/dev/mailbox"')
    expect((await house.request('/dev/mailbox', { headers })).status).toBe(404)
  })

  it('says nothing of the kind where a provider sends', async () => {
    const mailer = { ...house.deps.mailer, name: 'resend' as const }
    const request = new Request(`${house.url}/console`, { headers: { cookie: owner.cookie } })
    const html = await (await app.fetch(request, { ...house.deps, mailer })).text()
    expect(html).toContain('<main id="content" class="desk">')
    expect(wordsOf(html)).not.toContain('Nothing leaves this machine')
  })
})

describe('a session of a deployment on https', () => {
  it('is a cookie for https and the console alone, that no script reads and no other site sends', async () => {
    const before = await house.mailsTo('owner@brand.example')
    const browser = browserCookieIn(await askFrom('owner@brand.example', '192.0.2.1'))
    await house.rest()
    const [mail] = await house.mailsTo('owner@brand.example')
    expect(mail?.id).not.toBe(before[0]?.id)
    expect(browser).toMatch(/^__Secure-/)
    const entered = await house.request(new URL(signInLinkIn(mail?.text ?? '')).pathname, {
      method: 'POST',
      headers: {
        ...fromConsole(house),
        cookie: `__Secure-assent_session=chosen.by.another; ${browser}`,
      },
      redirect: 'manual',
    })
    const attributes = 'Max-Age=\\d+; Path=/console; HttpOnly; Secure; SameSite=Lax'
    expect(entered.headers.getSetCookie()).toEqual([
      expect.stringMatching(`^__Secure-assent_session=(?!chosen)[^;]+; ${attributes}$`),
      expect.stringMatching(`^__Secure-assent_browser=[^;]+; ${attributes}$`),
    ])
    expect(entered.headers.get('set-cookie')).not.toContain(owner.cookie)
  })

  it('is not taken from a cookie that http could have planted (RFC 6265bis, cookie prefixes)', async () => {
    const planted = { ...owner, cookie: owner.cookie.replace('__Secure-', '') }
    expect(planted.cookie).not.toBe(owner.cookie)
    expect((await consoleClientOf(house, planted).get('/console')).headers.get('location')).toBe(
      '/console/sign-in',
    )
    expect((await owner.get('/console')).status).toBe(200)
  })
})

const askFrom = (email: string, forwarded: string): Promise<Response> =>
  house.request('/console/sign-in', {
    method: 'POST',
    headers: { ...fromConsole(house), 'x-forwarded-for': forwarded },
    body: new URLSearchParams({ email }),
  })

describe('a stranger at the door', () => {
  it('is counted by the network that the proxy names, whatever else they claim', async () => {
    const statuses: number[] = []
    for (let time = 0; time < 22; time += 1)
      statuses.push((await askFrom(`nobody${time}@x.example`, `10.0.0.${time}, 203.0.113.7`)).status)
    expect(statuses.indexOf(429)).toBe(20)
    expect((await askFrom('else@x.example', '203.0.113.99')).status).toBe(200)
    // A network's refusals do not use up an operator's own five.
    house.later({ hours: 2 })
    for (let time = 0; time < 20; time += 1) await askFrom(`n${time}@x.example`, '203.0.113.7')
    for (let time = 0; time < 6; time += 1)
      expect((await askFrom('owner@brand.example', '203.0.113.7')).status).toBe(429)
    expect((await askFrom('owner@brand.example', '203.0.113.99')).status).toBe(200)
  })

  it('learns nothing from being refused: known and unknown alike (I5)', async () => {
    house.later({ hours: 2 })
    const told = async (email: string) => {
      const answers: (readonly [number, string])[] = []
      for (let time = 0; time < 7; time += 1) {
        const answer = await askFrom(email, `198.51.100.${email.length}`)
        answers.push([answer.status, await answer.text()])
      }
      return answers
    }
    expect(await told('owner@brand.example')).toEqual(await told('nobody@brand.example'))
  })
})
