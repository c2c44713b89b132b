// adapter · what the law of the controller's country and the kind of data ask of forms, notices and mails
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { locales } from '../../src/i18n/locale.ts'
import { parseSettings } from '../../src/lists/settings.ts'
import { noticeBundle } from '../../src/notices/bundle.ts'
import type { NoticeItems } from '../../src/notices/notice.ts'
import { formSnippet } from '../../src/signup/pages/snippet.ts'
import { text } from '../support/client.ts'
import { listSettings, openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp

beforeAll(async () => {
  house = await openTestApp()
})
afterAll(() => house.close())

let slugs = 0
const makeList = (settings: object = {}): Promise<TestList> =>
  house.makeList({ slug: `list-${slugs++}`, purposes: listSettings.purposes, ...settings })

const noticeOf = (change: object, locale: (typeof locales)[number] = 'en') =>
  noticeBundle({ ...parseSettings({ ...listSettings, ...change }), id: 'x' }, locale, {
    known: [],
    unanswered: [],
  })
const said = (change: object, item: keyof NoticeItems, locale: (typeof locales)[number] = 'en'): string => {
  const { text: sentences, points } = noticeOf(change, locale).items[item]
  return [...sentences, ...points].join('\n')
}
const controllerIn = (jurisdiction: string, more: object = {}) => ({
  controller: { ...listSettings.controller, jurisdiction, ...more },
})
const diet = { key: 'diet', label: 'Diet', purpose: 'newsletter', sensitive: true }

describe('data of a special category', () => {
  it.each(locales)('are asked for by explicit consent, with its article, in %s. Art. 9(2)(a)', (locale) => {
    const points = said({ fields: [diet] }, 'purposes', locale).split('\n')
    expect(points.find((point) => point.startsWith('Diet'))).toMatch(/9\(2\)\(a\)|9\.2 a|9 ust\. 2 lit\. a/)
  })

  it.each(locales)(
    'say so beside their control, not in the folded part alone, in %s. Art. 7(2)',
    (locale) => {
      const notice = noticeOf({ fields: [diet] }, locale)
      const open = notice.form.html.split('<details')[0] ?? ''
      const [hint] = notice.form.controls.flatMap(({ name, hint }) => (name === 'diet' ? [hint ?? ''] : []))
      expect(hint).toMatch(/\b9\b/)
      expect(open).toContain(hint)
      const snippet = formSnippet(notice, { action: 'a', noticeUrl: 'n', notice: 'h', source: 's' })
      expect(snippet).toContain(hint)
    },
  )

  it('of every type of field', () => {
    const fields = [
      diet,
      { ...diet, key: 'weight', type: 'number' },
      { ...diet, key: 'born', type: 'date' },
      { ...diet, key: 'sick', type: 'boolean' },
      { ...diet, key: 'faith', type: 'choice', options: ['a', 'b'] },
    ]
    const notice = noticeOf({ fields })
    const snippet = formSnippet(notice, { action: 'a', noticeUrl: 'n', notice: 'h', source: 's' })
    const beside = 'Special category data (Art. 9 GDPR)'
    expect((notice.form.html.split('<details')[0] ?? '').split(beside)).toHaveLength(6)
    expect(snippet.split(beside)).toHaveLength(6)
  })

  it.each(['contract', 'legal_obligation', 'legitimate_interest'])(
    'are refused on the basis of %s',
    async (basis) => {
      const refused = await house.api('POST', '/lists', {
        ...listSettings,
        slug: 'special',
        fields: [{ ...diet, legal_basis: basis }],
      })
      expect(refused.status).toBe(422)
      expect(refused.body).toMatchObject({
        errors: [{ path: 'fields.0.legal_basis', message: expect.stringContaining('explicit consent') }],
      })
    },
  )
})

describe('a controller', () => {
  it.each(locales)('in the United Kingdom cites the UK GDPR alone, in %s', (locale) => {
    const purposes = said(controllerIn('GB'), 'purposes', locale)
    expect(purposes).toContain('UK GDPR')
    expect(purposes.replaceAll('UK GDPR', '')).not.toMatch(/GDPR|RODO|dataskyddsförordningen/)
    expect(said(controllerIn('GB'), 'complaint', locale)).toContain('ICO')
  })

  it.each(locales)(
    'outside the Union names its representative, and is under the GDPR, in %s. Art. 27',
    (locale) => {
      const abroad = controllerIn('US', { representative: 'Rep GmbH\nHauptstr. 1, Berlin\nrep@rep.example' })
      expect(said(abroad, 'controller', locale)).toContain('Rep GmbH, Hauptstr. 1, Berlin, rep@rep.example')
      expect(said(abroad, 'purposes', locale)).toMatch(/GDPR|RODO|dataskyddsförordningen/)
      expect(said(controllerIn('US'), 'purposes', locale)).not.toMatch(/GDPR|RODO|dataskyddsförordningen/)
    },
  )
})

describe('a list under Russian law, which asks for what is not built', () => {
  const russian = { ...listSettings.controller, jurisdiction: 'RU' }

  it('is not made, and no list becomes one', async () => {
    const list = await makeList()
    for (const refused of [
      await house.api('POST', '/lists', { ...listSettings, slug: 'russian', controller: russian }),
      await house.api('PATCH', `/lists/${list.slug}`, { controller: russian }),
    ]) {
      expect(refused.status).toBe(422)
      expect(refused.body).toMatchObject({
        errors: [{ path: 'controller.jurisdiction', message: expect.stringContaining('152-FZ') }],
      })
    }
  })

  it('of an earlier version can be read and left; its form is closed, nothing is published or sent', async () => {
    const list = await makeList()
    await house.subscribe(list, ['reader@example.pl'])
    const campaign = await house.makeCampaign(list)
    await house.owner`
      update lists set settings = jsonb_set(settings, '{controller,jurisdiction}', '"RU"') where id = ${list.id}`
    house.later({ seconds: 2 })

    expect((await house.api('GET', `/lists/${list.slug}`)).status).toBe(200)
    const launched = await house.api('POST', `/campaigns/${campaign.id}/launch`)
    expect([launched.status, text(launched.body, 'title')]).toEqual([409, expect.stringContaining('152-FZ')])
    const scheduled = await house.api('POST', `/campaigns/${campaign.id}/schedule`, {
      at: '2030-01-01T08:00:00Z',
    })
    expect(scheduled.status).toBe(409)
    const changed = await house.api('PATCH', `/lists/${list.slug}`, { description: 'Weekly.' })
    expect([changed.status, JSON.stringify(changed.body)]).toEqual([422, expect.stringContaining('152-FZ')])
    expect((await house.get(`/s/${list.slug}`)).status).toBe(404)
    expect((await house.signUp(list, 'new@example.pl')).status).toBe(404)
    const byKey = await house.api('POST', '/signups', { list: list.slug, email: 'new@example.pl' })
    expect([byKey.status, text(byKey.body, 'title')]).toEqual([409, expect.stringContaining('152-FZ')])

    expect(
      (await house.api('PATCH', `/lists/${list.slug}`, { controller: listSettings.controller })).status,
    ).toBe(200)
    house.later({ seconds: 2 })
    expect((await house.get(`/s/${list.slug}`)).status).toBe(200)
  })
})

describe('the block behind “this was not me”', () => {
  it('says that it holds for every form here, and does so for another controller’s list', async () => {
    const { host } = new URL(house.url)
    const mine = await makeList()
    const theirs = await makeList({ controller: { ...listSettings.controller, name: 'Another Ltd' } })
    const email = 'blocks@example.pl'
    await house.signUp(mine, email)
    await house.rest()
    const [mail] = await house.mailsTo(email)
    const link = /https?:\/\/\S+\/c\/[\w-]+/.exec(mail?.text ?? '')?.[0] ?? ''
    expect(await (await house.get(link)).text()).toContain(`No form at ${host} will then send you`)
    const refused = await house.post(link, [
      ['action', 'refuse'],
      ['block', '1'],
    ])
    expect(await refused.text()).toContain(`no form at ${host} sends a confirmation message`)
    house.later({ days: 2 })
    await house.signUp(theirs, email)
    await house.rest()
    expect(await house.mailsTo(email)).toHaveLength(1)
  })
})

describe('the footer of a campaign', () => {
  const lettersOf = async (purpose: string, body: string): Promise<ReadonlyMap<string, string>> => {
    const list = await makeList()
    const readers = locales.map((locale) => [locale, `${locale}-${slugs}@example.pl`] as const)
    for (const [locale, email] of readers)
      await house.subscribe(list, [email], { purposes: ['offers'], locale })
    const campaign = await house.makeCampaign(list, { purpose, content: { format: 'markdown', body } })
    await house.launch(campaign)
    await house.rest()
    const mails = await Promise.all(readers.map(([, email]) => house.mailsTo(email)))
    return new Map(readers.map(([locale], at) => [locale, mails[at]?.[0]?.text ?? '']))
  }

  it('of an optional purpose names what was agreed to, in each language', async () => {
    const letters = await lettersOf('offers', 'Seeds are cheaper.')
    const titles = { en: '“Offers”', pl: '„Oferty”', sv: '”Erbjudanden”', ru: '«Предложения»' }
    for (const locale of locales) expect(letters.get(locale)).toContain(titles[locale])
    expect(letters.get('en')).not.toContain('You get Garden letter')
  })

  it('holds the sender’s electronic address, in each language. PKE art. 398, marknadsföringslagen 20 §', async () => {
    const letters = await lettersOf('newsletter', 'Roses.')
    for (const locale of locales) expect(letters.get(locale)).toContain('privacy@brand.example')
  })

  it('does not repeat an address that the text has', async () => {
    const letters = await lettersOf('newsletter', 'Questions: privacy@brand.example')
    expect(letters.get('en')?.split('privacy@brand.example')).toHaveLength(2)
  })
})
