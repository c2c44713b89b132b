// adapter · what a notice says and what the product does, held together: each rule tries the product, then reads the notice
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerProcessors, republishNotices } from '../../src/consent/publish.ts'
import { locales } from '../../src/i18n/locale.ts'
import { messages } from '../../src/i18n/messages.ts'
import { isAnyUnknown } from '../../src/lists/processors.ts'
import { addressHashDays, erasingJobs, networkHashHours } from '../../src/notices/storage.ts'
import { tickUpkeep } from '../../src/tick.ts'
import { at, linkIn, text } from '../support/client.ts'
import { valuesOf } from '../support/page.ts'
import { listSettings, openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp

beforeAll(async () => {
  house = await openTestApp({ env: { LIMIT_PER_NETWORK: '1000' } })
})
afterAll(() => house.close())

let slugs = 0
const makeList = (settings: object = {}): Promise<TestList> =>
  house.makeList({ slug: `list-${slugs++}`, purposes: [], ...settings })

/** The notice in force, as its page shows it. */
async function noticeOf(list: TestList, locale = 'en'): Promise<string> {
  const hash = text((await house.api('GET', `/lists/${list.slug}`)).body, 'notices', locale)
  return wordsOf(await (await house.get(`/n/${hash}`)).text())
}

const wordsOf = (html: string): string =>
  html
    .replace(/<[^>]+>/g, ' ')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')

async function evidenceOf(list: TestList, email: string): Promise<unknown> {
  const found = await house.api('POST', '/subscribers/search', { email })
  const opened = await house.api('POST', `/subscribers/${text(found.body, 'data', 0, 'id')}/evidence`, {
    list: list.id,
    reason: 'a test',
  })
  return at(opened.body, 'data', 0, 'payload')
}

describe('a sentence on how long data are kept', () => {
  it('names a time only where a job of the upkeep erases by it. Art. 13(2)(a)', () => {
    for (const job of Object.values(erasingJobs)) expect(String(tickUpkeep)).toContain(job)
  })

  it.each(locales)('gives no number that no job keeps to, in %s', (locale) => {
    const { notice } = messages(locale)
    const timeless = [notice.storageKept('x@y.example'), notice.storageProof, notice.storageSuppression]
    for (const sentence of timeless) expect(sentence).not.toMatch(/\d/)
    for (const sentence of [notice.storageUnconfirmed(168), notice.storageLimits(24, 30)])
      expect(sentence).toMatch(/\d/)
  })

  it.each([
    [48, '2 days'],
    [25, '25 hours'],
  ])('on a request nobody confirms: after %i hours its answers are gone', async (hours, said) => {
    const list = await makeList({
      confirm: { ttl_hours: hours },
      fields: [{ key: 'first_name', label: 'First name', purpose: 'newsletter' }],
    })
    expect(await noticeOf(list)).toContain(`the link works for ${said}, then your answers are deleted`)
    const email = `waits-${hours}@example.pl`
    await house.signUp(list, email, { fields: { first_name: 'Anna' } })
    await house.rest()
    const sealed = async () => {
      const [row] = await house.owner<{ octets: number }[]>`
        select sum(octet_length(sealed))::int as octets from signup_requests where list = ${list.number}`
      return row?.octets
    }
    house.later({ hours: hours - 1 })
    await house.rest()
    expect(await sealed()).toBeGreaterThan(0)
    house.later({ hours: 1, minutes: 1 })
    await house.rest()
    expect(await sealed()).toBe(0)
    // The address stays, as the sentence says.
    expect((await house.subscription(list, email))?.state).toBe('expired')
  })

  it('on hashes against abuse: they are gone after the hours and days that it names', async () => {
    const list = await makeList()
    expect(await noticeOf(list)).toContain(
      `of your network for ${networkHashHours} hours, of your address for ${addressHashDays} days`,
    )
    house.later({ days: 100 })
    await house.rest()
    await house.signUp(list, 'counted@example.pl')
    await house.rest()
    const counted = async (about: 'signups' | 'mails'): Promise<boolean> => {
      const rows = await house.owner`select 1 from limits where "window" like ${`${about}:%`}`
      return rows.length > 0
    }
    const after = async (by: { hours?: number; minutes?: number }) => {
      house.later(by)
      await house.rest()
      return { network: await counted('signups'), address: await counted('mails') }
    }
    expect(await after({ hours: networkHashHours - 1 })).toEqual({ network: true, address: true })
    expect(await after({ hours: 1, minutes: 1 })).toEqual({ network: false, address: true })
    expect(await after({ hours: 24 * addressHashDays - networkHashHours - 1 })).toEqual({
      network: false,
      address: true,
    })
    expect(await after({ hours: 1, minutes: 1 })).toEqual({ network: false, address: false })
  })
})

describe('“we do not measure”', () => {
  it('is said while a campaign leaves with its links as they are and without pictures', async () => {
    const list = await makeList()
    expect(await noticeOf(list)).toContain('We do not measure whether you open an email or click a link.')
    await house.subscribe(list, ['reader@example.pl'])
    const campaign = await house.makeCampaign(list, {
      content: { format: 'markdown', body: 'See [the shop](https://shop.example/a?b=c).' },
    })
    await house.launch(campaign)
    await house.rest()
    const [mail] = await house.mailsTo('reader@example.pl')
    expect(mail?.html).toContain('href="https://shop.example/a?b=c"')
    expect(mail?.html).not.toMatch(/<img\b|background(?:-image)?:\s*url/i)
  })

  it('a list that asks for consent to be measured says that nothing is measured today. Art. 4(11)', async () => {
    const list = await makeList({ purposes: [{ key: 'clicks' }] })
    expect((await house.api('PATCH', `/lists/${list.slug}`, { description: 'Weekly.' })).status).toBe(200)
    expect(await noticeOf(list)).toContain('Nothing is measured today.')
  })
})

describe('the proof names the page', () => {
  const post = (list: TestList, fields: readonly (readonly [string, string])[], referer?: string) =>
    house.request(`/s/${list.slug}`, {
      method: 'POST',
      body: new URLSearchParams(fields.map(([name, value]) => [name, value])),
      ...(referer === undefined ? {} : { headers: { referer } }),
    })

  it('of the hosted form, which browsers do not name', async () => {
    const list = await makeList()
    const page = await (await house.get(`/s/${list.slug}`)).text()
    await post(list, [
      ['email', 'hosted@example.pl'],
      ['stamp', valuesOf(page, 'stamp')[0] ?? ''],
    ])
    await house.rest()
    expect(await evidenceOf(list, 'hosted@example.pl')).toMatchObject({
      page: `${house.url}/s/${list.slug}`,
      source: null,
    })
  })

  it.each([
    [
      'the page that the browser names, without its query',
      'https://brand.example/news?id=7',
      'https://brand.example/news',
    ],
    ['the site alone, where that is all it names', 'https://brand.example/', 'https://brand.example/'],
    ['nothing, where it names nothing', undefined, null],
  ])('of a form elsewhere: %s', async (_, referer, page) => {
    const list = await makeList()
    const email = `elsewhere-${slugs}@example.pl`
    const fields = [
      ['email', email],
      ['source', ' Footer\n form '],
    ] as const
    await post(list, fields, referer)
    await house.rest()
    expect(await evidenceOf(list, email)).toMatchObject({ page, source: 'Footer form' })
  })

  it('and the notice whose words a copied form has, even after the list changed', async () => {
    const list = await makeList()
    const shown = text((await house.api('GET', `/lists/${list.slug}`)).body, 'notices', 'en')
    await house.api('PATCH', `/lists/${list.slug}`, { description: 'Two letters a month.' })
    const now = text((await house.api('GET', `/lists/${list.slug}`)).body, 'notices', 'en')
    const foreign = text((await house.api('GET', `/lists/${(await makeList()).slug}`)).body, 'notices', 'en')
    const noticeSeen = async (email: string, claimed: string): Promise<unknown> => {
      await post(list, [
        ['email', email],
        ['shown-notice', claimed],
      ])
      await house.rest()
      const found = await house.api('POST', '/subscribers/search', { email })
      const id = text(found.body, 'data', 0, 'id')
      return at((await house.api('GET', `/subscribers/${id}/consents`)).body, 'data', 0, 'notice')
    }
    expect(await noticeSeen('copied@example.pl', shown)).toBe(shown)
    expect(await noticeSeen('foreign@example.pl', foreign)).toBe(now)
    expect(await noticeSeen('forged@example.pl', 'A'.repeat(43))).toBe(now)
  })
})

describe('what the deployment does with data', () => {
  const glesys = { hosting: { name: 'Glesys', country: 'SE', safeguard: null }, mail_server: null }
  const operator = { kind: 'operator', id: '0193a8b0-0000-7000-8000-000000000001' } as const

  it('reaches the notices of all open lists; consents given before keep theirs', async () => {
    const list = await makeList()
    await house.subscribe(list, ['before@example.pl'])
    const before = text((await house.api('GET', `/lists/${list.slug}`)).body, 'notices', 'en')
    expect((await house.api('PUT', '/processors', glesys)).status).toBe(200)
    expect((await house.api('GET', '/processors')).body).toEqual(glesys)
    expect(await noticeOf(list)).toContain('Glesys (Sweden): hosts this service and its data.')
    const found = await house.api('POST', '/subscribers/search', { email: 'before@example.pl' })
    const consents = await house.api('GET', `/subscribers/${text(found.body, 'data', 0, 'id')}/consents`)
    expect(at(consents.body, 'data', 1, 'notice')).toBe(before)
    expect(wordsOf(await (await house.get(`/n/${before}`)).text())).not.toContain('Glesys')
  })

  it('is published anew where MAIL changed, once, with an event for each new notice', async () => {
    const list = await makeList({ locales: ['en', 'pl'], default_locale: 'en' })
    const published = async (): Promise<number> => {
      const [row] = await house.owner<{ events: number }[]>`
        select count(*)::int as events from consent_events where subscription is null`
      return row?.events ?? 0
    }
    expect(await republishNotices(house.deps)).toBe(0)
    const before = await published()
    const resend = { ...house.deps, config: { ...house.deps.config, mail: 'resend' as const } }
    expect(await republishNotices(resend)).toBeGreaterThan(0)
    expect(await noticeOf(list, 'pl')).toContain('Resend (Stany Zjednoczone)')
    const after = await published()
    expect(after).toBeGreaterThanOrEqual(before + 2)
    expect(await republishNotices(resend)).toBe(0)
    expect(await published()).toBe(after)
    await republishNotices(house.deps)
  })

  it('is missing in the notice of a public deployment until it is said, and keeps no list back', async () => {
    const site = await openTestApp({
      env: { PUBLIC_URL: 'https://lists.brand.example', MAIL: 'resend', RESEND_API_KEY: 're_x' },
    })
    try {
      expect(isAnyUnknown(site.deps.config, null)).toBe(true)
      expect((await site.api('POST', '/lists', listSettings)).status).toBe(201)
      const answers = { hosting: 'own', mail_server: null } as const
      await answerProcessors(site.deps, operator, answers)
      expect(isAnyUnknown(site.deps.config, answers)).toBe(false)
    } finally {
      await site.close()
    }
  })

  it.each<[string, object]>([
    ['no hosting', {}],
    ['a host without a country', { hosting: { name: 'Glesys' } }],
    ['a country written out', { hosting: { name: 'Glesys', country: 'Sweden' } }],
    ['a safeguard nobody knows', { hosting: { name: 'Glesys', country: 'US', safeguard: 'trust' } }],
  ])('is refused with %s', async (_, answers) => {
    expect((await house.api('PUT', '/processors', answers)).status).toBe(422)
  })
})

describe('a form', () => {
  it('says that subscribing is agreeing, to advertising too, above its button in each language. Art. 4(11)', async () => {
    const list = await makeList({ locales: [...locales], default_locale: 'en' })
    const agreeing = { en: 'you agree', pl: 'wyrażasz zgodę', sv: 'samtycker du', ru: 'вы даёте согласие' }
    const advertising = { en: 'advertising', pl: 'informacji handlowych', sv: 'reklam', ru: 'реклам' }
    for (const locale of locales) {
      const page = wordsOf(
        (await (await house.get(`/s/${list.slug}?lang=${locale}`)).text()).split('<details')[0] ?? '',
      )
      expect(page).toContain(agreeing[locale])
      expect(page).toContain(advertising[locale])
      expect(page).toContain('Brand AB')
    }
    await house.signUp(list, 'first-layer@example.pl')
    await house.rest()
    const [mail] = await house.mailsTo('first-layer@example.pl')
    expect(mail === undefined ? '' : linkIn(mail, 'c')).toContain('/c/')
  })
})
