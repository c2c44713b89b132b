// web · safe methods change nothing (I3): scanners open every link of every mail repeatedly, and only people press buttons
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endpoints } from '../../src/api/site-map.ts'
import { locales } from '../../src/i18n/locale.ts'
import { referenceToken } from '../../src/platform/vault/tokens.ts'
import { at, linkIn, type Mail, nonceIn } from '../support/client.ts'
import { wordsOf } from '../support/page.ts'
import { ownerKey } from '../support/running.ts'
import { besidesReading, contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let letter: TestList

/** Mails of people in every state: asked, refused, expired, confirmed, mailed, told they are subscribed already, gone. */
beforeAll(async () => {
  house = await openTestApp()
  letter = await house.makeList()
  await house.signUp(letter, 'expired@example.pl')
  await house.signUp(letter, 'refused@example.pl')
  await house.subscribe(letter, ['left@example.pl', 'reader@example.pl'], { purposes: ['clicks', 'offers'] })
  await house.confirm('refused@example.pl', [
    ['action', 'refuse'],
    ['block', '1'],
  ])
  const campaign = await house.makeCampaign(letter, {
    content: {
      format: 'markdown',
      body: 'June. [Stop]({{ unsubscribe_url }}), [choose]({{ preferences_url }}), or read on.',
    },
  })
  await house.launch(campaign)
  house.later({ days: 8 })
  await house.signUp(letter, 'reader@example.pl', { locale: 'pl' })
  await house.signUp(letter, 'waiting@example.pl', { locale: 'sv', purposes: ['clicks'] })
  await house.rest()
  await house.post(await leaveLinkOf('left@example.pl'), [['List-Unsubscribe', 'One-Click']])
})
afterAll(() => house.close())

const leaveLinkOf = async (email: string): Promise<string> => {
  const mail = (await house.mailsTo(email)).find((one) => one.text.includes('/u/'))
  return linkIn(mail ?? { text: '' }, 'u')
}

const confirmLinkOf = async (email: string): Promise<string> => {
  const mail = (await house.mailsTo(email)).find((one) => one.text.includes('/c/'))
  return linkIn(mail ?? { text: '' }, 'c')
}

/** All our URLs anywhere in mails: in either part, or in a header. */
function linksIn(mails: readonly Mail[]): readonly string[] {
  const texts = mails.flatMap(({ text, html, headers }) => [text, html, ...Object.values(headers)])
  const found = texts.flatMap((text) => text.match(/http:\/\/127\.0\.0\.1:8787\/[^\s"<>)\]]+/g) ?? [])
  return [...new Set(found.map((link) => link.replace(/#.*$/, '')))]
}

describe('every link of every mail', () => {
  it('is there: to confirm, to leave, to choose, to read the notice, to the form', async () => {
    const links = linksIn(await house.mails())
    for (const kind of ['c', 'u', 'p', 'n', 's'])
      expect(links.filter((link) => link.includes(`/${kind}/`)).length, kind).toBeGreaterThanOrEqual(1)
    expect(links.length).toBeGreaterThanOrEqual(12)
  })

  it('may be opened fifty times, several at once, by each method that only looks', async () => {
    const links = linksIn(await house.mails())
    const before = await contentsOf(house.owner)
    const open = async (link: string, method: string): Promise<number> => {
      const answer = await house.request(new URL(link).pathname, { method })
      await answer.text()
      return answer.status
    }
    for (const link of links)
      for (const [method, times, status] of [
        ['GET', 50, 200],
        ['HEAD', 10, 200],
        ['OPTIONS', 10, 204],
      ] as const) {
        const answers = await Promise.all(Array.from({ length: times }, () => open(link, method)))
        expect([...new Set(answers)], `${method} ${link}`).toEqual([status])
      }
    expect(await contentsOf(house.owner)).toEqual(before)
    await house.rest()
    expect(await contentsOf(house.owner)).toEqual(before)
  })

  it.each([
    ...locales.map((locale) => `lang=${locale}`),
    'lang=xx',
    'lang=%00',
    'action=refuse&block=1',
    'List-Unsubscribe=One-Click',
    'purpose=newsletter',
    'confirm=1&code=000000',
  ])('does nothing more with ?%s', async (query) => {
    const links = linksIn(await house.mails())
    const before = await contentsOf(house.owner)
    for (const link of links)
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        const answer = await house.request(`${new URL(link).pathname}?${query}`, {
          method,
          headers: {
            'x-http-method-override': 'POST',
            'x-method-override': 'POST',
            purpose: 'prefetch',
            'list-unsubscribe': 'One-Click',
          },
        })
        expect([200, 204]).toContain(answer.status)
        await answer.text()
      }
    expect(await contentsOf(house.owner)).toEqual(before)
  })

  it('does nothing by GET, even with what its form would post in the address', async () => {
    const before = await contentsOf(house.owner)
    const confirm = await confirmLinkOf('waiting@example.pl')
    const nonce = nonceIn(await (await house.get(confirm)).text())
    await house.get(`${confirm}?nonce=${nonce}`)
    await house.get(`${confirm}?nonce=${nonce}&action=refuse`)
    await house.post(`${confirm}?nonce=${nonce}`, [])
    const leave = await leaveLinkOf('reader@example.pl')
    await house.get(`${leave}?page&List-Unsubscribe=One-Click`)
    expect(await contentsOf(house.owner)).toEqual(before)
  })

  it.each(['PUT', 'PATCH', 'DELETE', 'PROPFIND'])('is not there for %s', async (method) => {
    const links = linksIn(await house.mails())
    const before = await contentsOf(house.owner)
    for (const link of links) {
      const answer = await house.request(new URL(link).pathname, { method })
      expect([answer.status, answer.headers.get('allow')?.startsWith('GET, HEAD')]).toEqual([405, true])
    }
    expect(await contentsOf(house.owner)).toEqual(before)
  })

  it('still works afterwards, for the person who presses the button', async () => {
    const link = await confirmLinkOf('waiting@example.pl')
    const nonce = nonceIn(await (await house.get(link)).text())
    for (let time = 0; time < 20; time += 1) await (await house.get(link)).text()
    const answer = await house.post(link, [['nonce', nonce]])
    expect(answer.status).toBe(200)
    expect(await house.subscription(letter, 'waiting@example.pl')).toMatchObject({
      state: 'active',
      granted: ['clicks', 'newsletter'],
    })
  })
})

describe('everything else that can be read', () => {
  it('changes nothing: pages, the mailbox, health', async () => {
    const before = await contentsOf(house.owner)
    const paths = ['/s/letter', '/s/letter/sent', '/s/letter/brand.css', '/dev/mailbox', '/dev/mailbox.json']
    for (const path of [...paths, '/healthz', '/readyz', '/assets/public.css'])
      for (const method of ['GET', 'HEAD'])
        expect((await house.request(path, { method })).status, `${method} ${path}`).toBe(200)
    expect(await contentsOf(house.owner)).toEqual(before)
  })

  it('changes nothing but who read whom: every GET of the API, with ids that are there', async () => {
    const person = await house.api('POST', '/subscribers/search', { email: 'reader@example.pl' })
    const campaigns = await house.api('GET', '/campaigns')
    const segment = { name: 'All', list: 'letter', filter: { all: [] } }
    const made = await house.api('POST', '/segments', segment)
    const ids: Readonly<Record<string, unknown>> = {
      lists: 'letter',
      segments: at(made.body, 'id'),
      subscribers: at(person.body, 'data', 0, 'id'),
      campaigns: at(campaigns.body, 'data', 0, 'id'),
    }
    const before = besidesReading(await contentsOf(house.owner))
    for (const { path } of endpoints.filter(({ method }) => method === 'GET'))
      for (const method of ['GET', 'HEAD']) {
        const [, folder = ''] = path.split('/')
        const real = path.replace(/:\w+/, String(ids[folder] ?? 'x'))
        const answer = await house.request(`/api/v1${real}`, {
          method,
          headers: { authorization: `Bearer ${ownerKey}` },
        })
        expect([200, 422], `${method} ${real}`).toContain(answer.status)
      }
    expect(besidesReading(await contentsOf(house.owner))).toEqual(before)
  })
})

describe('a page behind a token', () => {
  const policy =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

  const tokenLinks = async () => linksIn(await house.mails()).filter((link) => /\/[cup]\//.test(link))

  it('is kept by nobody, tells nobody where its reader came from, runs nothing', async () => {
    // A POST to a leave link would unsubscribe, and is answered by a line of text. One to a page of choices ends what it shows.
    for (const link of [...(await tokenLinks()), '/c/forged', '/u/forged', '/p/forged'])
      for (const method of link.includes('/u/') ? ['GET', 'HEAD'] : ['GET', 'HEAD', 'POST']) {
        const answer = await house.request(link.replace('http://127.0.0.1:8787', ''), {
          method,
          ...(method === 'POST' ? { body: new URLSearchParams({ shown: '' }) } : {}),
        })
        expect(Object.fromEntries(answer.headers), `${method} ${link}`).toMatchObject({
          'cache-control': 'no-store',
          'referrer-policy': 'no-referrer',
          'x-robots-tag': 'noindex, nofollow',
          'x-content-type-options': 'nosniff',
          'content-security-policy': policy,
        })
        expect(answer.headers.get('set-cookie')).toBeNull()
        const html = await answer.text()
        expect(html).not.toMatch(/<(?:script|img|iframe|object|embed|meta http-equiv)\b/i)
        expect(html.match(/(?:src|href|action)="(?:https?:)?\/\/[^"]*"/g) ?? []).toEqual([])
      }
  })

  it('holds no address and no name, since links are forwarded', async () => {
    for (const link of await tokenLinks())
      expect(await (await house.get(link)).text()).not.toMatch(
        /(?:reader|waiting|left|expired|refused)(?:@|%40)/,
      )
  })

  it('is one page and 404 for any token that is not ours, whatever its use', async () => {
    const [link = ''] = await tokenLinks()
    const token = link.split('/').at(-1) ?? ''
    const forged = ['x', 'A'.repeat(44), `${token}A`, token.slice(1), token.replace(/.$/, '!'), '%00', '..']
    const pages = new Map<string, string>()
    for (const use of ['c', 'u', 'p'])
      for (const one of forged) {
        const answer = await house.get(`/${use}/${one === '..' ? '%2e%2e%2f' : one}`)
        expect(answer.status, `${use} ${one}`).toBe(404)
        pages.set(await answer.text(), `${use} ${one}`)
      }
    expect([...pages.values()]).toHaveLength(1)
    expect(wordsOf([...pages.keys()][0] ?? '')).toContain('This link does not work')
  })

  it('answers HEAD with the headers of GET', async () => {
    for (const link of await tokenLinks()) {
      const path = new URL(link).pathname
      const [get, head] = [await house.request(path), await house.request(path, { method: 'HEAD' })]
      expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(get.headers))
    }
  })
})

describe('a POST to the link that leaves (RFC 8058)', () => {
  const urlencoded = 'application/x-www-form-urlencoded'
  const multipart = (name: string, value: string): FormData => {
    const form = new FormData()
    form.set(name, value)
    return form
  }
  const text = (type: string, body: string): RequestInit => ({ body, headers: { 'content-type': type } })

  /** RFC 8058 requires the first two; the rest are variants that programs send, by intent or by mistake. */
  const clicks: readonly (readonly [string, string, RequestInit])[] = [
    ['multipart', '', { body: multipart('List-Unsubscribe', 'One-Click') }],
    ['urlencoded', '', { body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) }],
    ['urlencoded with a line end', '', text(urlencoded, 'List-Unsubscribe=One-Click\r\n')],
    [
      'urlencoded in another charset',
      '',
      text(`${urlencoded}; charset=UTF-16`, 'List-Unsubscribe=One-Click'),
    ],
    [
      'with cookies and a password, which count for nothing',
      '',
      {
        body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
        headers: { cookie: 'a=b', authorization: 'Basic eDp5', origin: 'https://evil.example' },
      },
    ],
    ['nothing', '', {}],
    ['an empty form', '', text(urlencoded, '')],
    ['another field', '', { body: new URLSearchParams({ unsubscribe: 'One-Click' }) }],
    ['another value', '', { body: new URLSearchParams({ 'List-Unsubscribe': 'yes' }) }],
    ['another case', '', { body: new URLSearchParams({ 'List-Unsubscribe': 'one-click' }) }],
    ['another case of the name', '', { body: new URLSearchParams({ 'list-unsubscribe': 'One-Click' }) }],
    ['no value', '', { body: new URLSearchParams({ 'List-Unsubscribe': '' }) }],
    ['the pair in the address', '?List-Unsubscribe=One-Click', {}],
    ['the pair in a header', '', { headers: { 'List-Unsubscribe': 'One-Click' } }],
    ['the pair as text', '', text('text/plain', 'List-Unsubscribe=One-Click')],
    ['the pair as JSON', '', text('application/json', '{"List-Unsubscribe":"One-Click"}')],
    ['broken JSON', '', text('application/json', '{"List-Unsub')],
    ['the pair without a type', '', { body: new TextEncoder().encode('List-Unsubscribe=One-Click') }],
    ['the pair under a type that is none', '', text('One-Click', 'List-Unsubscribe=One-Click')],
    ['octets', '', { body: new Uint8Array([0xff, 0, 0xfe]) }],
    ['a broken multipart', '', text('multipart/form-data; boundary=b', '--b\r\n')],
    ['a multipart without a boundary', '', text('multipart/form-data', 'List-Unsubscribe=One-Click')],
    ['another multipart', '', { body: multipart('List-Unsubscribe', 'Two-Clicks') }],
    ['a file', '', { body: multipart('List-Unsubscribe', 'x'.repeat(200_000)) }],
    ['more fields than a form has', '', text(urlencoded, 'a=b&'.repeat(50_000))],
    [
      'the nonce of an older page',
      '',
      { body: new URLSearchParams({ nonce: 'mb7qb4xs.AAAAAAAAAAAAAAAAAAAAAA' }) },
    ],
  ]
  const readerOf = (number: number): string => `one-click-${number}@example.pl`

  beforeAll(async () => {
    await house.subscribe(
      letter,
      clicks.map((_, number) => readerOf(number)),
      { purposes: ['clicks', 'offers'] },
    )
    await house.launch(await house.makeCampaign(letter, { subject: 'May' }))
    await house.rest()
  })

  it.each(clicks.map((click, number) => [...click, number] as const))(
    'that answers 200 has ended the subscription, whatever it holds: %s',
    async (_, query, init, number) => {
      const path = `${new URL(await leaveLinkOf(readerOf(number))).pathname}${query}`
      const answer = await house.request(path, { method: 'POST', redirect: 'manual', ...init })
      expect([answer.status, await answer.text()]).toEqual([200, 'Done\n'])
      expect(answer.headers.get('location')).toBeNull()
      expect(answer.headers.get('set-cookie')).toBeNull()
      expect(answer.headers.get('cache-control')).toBe('no-store')
      const standing = await house.subscription(letter, readerOf(number))
      expect(standing).toMatchObject({ state: 'withdrawn', granted: [], seq: 2 })
      const after = await contentsOf(house.owner)
      const again = await house.request(path, { method: 'POST', ...init })
      expect([again.status, await again.text()]).toEqual([200, 'Done\n'])
      expect(await contentsOf(house.owner)).toEqual(after)
    },
  )

  it.each(
    ['.', ',', ')', '>', '/', ').', '"', '%3E', '%29', '%E2%80%9D'].map(
      (behind, at) => [behind, at] as const,
    ),
  )(
    'ends it by a link copied with what stood behind it in the text, whose page asks as ever: %s',
    async (behind, number) => {
      const [{ id }] = await house.subscribe(letter, [`copied-${number}@example.pl`])
      const token = referenceToken(house.deps.vault, 'unsub', { subscription: id, campaign: 0 })
      const path = `/u/${token}${behind}`
      const before = await contentsOf(house.owner)
      const asked = await house.request(path)
      expect([asked.status, await contentsOf(house.owner)]).toEqual([200, before])
      const answer = await house.request(path, { method: 'POST', redirect: 'manual' })
      expect([answer.status, await answer.text()]).toEqual([200, 'Done\n'])
      expect(await house.subscription(letter, `copied-${number}@example.pl`)).toMatchObject({ granted: [] })
    },
  )

  it('leaves by the button of the page, too', async () => {
    const [{ id }] = await house.subscribe(letter, ['button@example.pl'])
    const token = referenceToken(house.deps.vault, 'unsub', { subscription: id, campaign: 0 })
    const answer = await house.press(`${house.url}/u/${token}`)
    expect(wordsOf(await answer.text())).toContain('You will not get Garden letter any more.')
    expect(await house.subscription(letter, 'button@example.pl')).toMatchObject({ state: 'withdrawn' })
  })
})
