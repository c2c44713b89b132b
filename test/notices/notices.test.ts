// pure · notices: contents, completeness, and a name that is the content's hash. GDPR Art. 13
import { describe, expect, it } from 'vitest'
import { type Locale, locales } from '../../src/i18n/locale.ts'
import { noticeItemKeys } from '../../src/i18n/notice/texts.ts'
import { parseSettings } from '../../src/lists/settings.ts'
import { noticeBundle, noticeHash } from '../../src/notices/bundle.ts'
import { type NoticeBundle, type NoticeItems, readNotice } from '../../src/notices/notice.ts'
import { addressHashDays, networkHashHours } from '../../src/notices/storage.ts'
import { canonicalJson } from '../../src/platform/encoding/jcs.ts'

const input = {
  slug: 'monthly',
  name: 'Månadsbrev',
  description: 'One letter a month.',
  locales: [...locales],
  sender: { name: 'Brand AB', email: 'news@brand.example' },
  controller: {
    name: 'Brand AB',
    address: 'Storgatan 1\n111 22 Stockholm',
    contact_email: 'privacy@brand.example',
    dpo_email: 'dpo@brand.example',
    jurisdiction: 'SE',
  },
  recipients: [
    { name: 'Hetzner', role: 'hosting', country: 'DE' },
    { name: 'Resend', role: 'mail relay', country: 'US', safeguard: 'standard clauses' },
  ],
  purposes: [{ key: 'offers', title: 'Offers', text: 'Now and then an offer.' }],
  fields: [
    { key: 'first_name', label: 'First name', purpose: 'newsletter' },
    { key: 'diet', label: 'Diet', purpose: 'newsletter', sensitive: true },
    {
      key: 'country',
      type: 'choice',
      label: 'Country',
      options: ['SE', 'PL'],
      purpose: 'newsletter',
      required: true,
    },
    {
      key: 'adult',
      type: 'boolean',
      label: 'Over 18',
      purpose: 'offers',
      legal_basis: 'legitimate_interest',
    },
  ],
  retention: { evidence_years: 5, inactive_months: 24, deliveries_months: 7 },
}
type Input = typeof input

/** The operator hosts the deployment and its mail. */
const ownMachines = { known: [], unanswered: [] }

const id = '0193a8b0-0000-7000-8000-000000000001'
const noticeOf = (locale: Locale = 'en', change: object = {}): NoticeBundle =>
  noticeBundle({ ...parseSettings({ ...input, ...change }), id }, locale, ownMachines)
const controllerWith = (change: Partial<Input['controller']> & object) => ({
  controller: { ...input.controller, ...change },
})
const said = (notice: NoticeBundle, item: keyof NoticeItems): string =>
  [...notice.items[item].text, ...notice.items[item].points].join('\n')

describe.each(locales)('a notice in %s', (locale) => {
  const notice = noticeOf(locale)

  it('tells every item of Art. 13 and 21(4), none of them empty', () => {
    expect(Object.keys(notice.items).sort()).toEqual([...noticeItemKeys].sort())
    for (const key of noticeItemKeys) {
      expect(notice.items[key].title, key).not.toBe('')
      expect(said(notice, key), key).not.toBe('')
      expect(said(notice, key), key).not.toMatch(/undefined|NaN|\[object|\.\.|null/)
    }
  })

  it('covers the articles one by one', () => {
    const articles = Object.values(notice.items).map(({ article }) => article)
    for (const first of ['a', 'b', 'c', 'd', 'e', 'f'])
      expect(articles).toEqual(expect.arrayContaining([`13(1)(${first})`, `13(2)(${first})`]))
    expect(articles).toContain('21(4)')
  })

  it('names the numbers of the settings, the controller, the officer and the authority', () => {
    const storage = said(notice, 'storage')
    expect(storage).toMatch(/(^|\D)7\D/)
    expect(notice.retention).toEqual({
      confirmation_hours: 168,
      network_hash_hours: networkHashHours,
      address_hash_days: addressHashDays,
    })
    expect(said(notice, 'controller')).toContain('Storgatan 1, 111 22 Stockholm')
    expect(said(notice, 'dpo')).toContain('dpo@brand.example')
    expect(said(notice, 'complaint')).toContain('Integritetsskyddsmyndigheten (IMY)')
  })

  it('says beside the button how to stop: as easy as agreeing. Art. 7(3)', () => {
    expect(notice.form.short_notice.length).toBeGreaterThanOrEqual(2)
    expect(notice.form.short_notice.join(' ')).toContain('16')
  })

  it('holds the form as it was rendered, in the words of the notice', () => {
    const { html, heading, promise, submit, controls } = notice.form
    for (const words of [heading, promise, submit, ...controls.map(({ label }) => label)])
      expect(html).toContain(words)
    expect(html).toContain(notice.items.ledger.title)
  })
})

describe('a form', () => {
  it('has one empty box per optional purpose and none that is ticked. Recital 32, CJEU C-673/17', () => {
    const { form } = noticeOf()
    const boxes = form.controls.filter(({ name }) => name === 'purpose')
    expect(boxes).toMatchObject([{ type: 'checkbox', value: 'offers', default: false, required: false }])
    expect(form.controls.every((control) => control.default === '' || control.default === false)).toBe(true)
    expect(form.html).not.toMatch(/\schecked/)
  })

  it('holds nothing that changes from visit to visit', () => {
    expect(noticeOf().form.html).not.toMatch(/stamp|leave-empty|action=|type="hidden"|nonce/)
  })

  it('says what is optional and does not star what is required', () => {
    const { controls } = noticeOf().form
    expect(controls.find(({ name }) => name === 'first_name')?.mark).toBe('optional')
    expect(controls.find(({ name }) => name === 'country')?.mark).toBeNull()
    expect(controls.find(({ name }) => name === 'email')).toMatchObject({ type: 'email', required: true })
  })
})

describe('what is said of', () => {
  it('fields: their purpose, their basis, whether they are sensitive', () => {
    const purposes = said(noticeOf(), 'purposes')
    expect(purposes).toContain(
      'Country (required): used for “The newsletter by email”. Legal basis: your consent (GDPR Art. 6(1)(a)).',
    )
    expect(said(noticeOf(), 'legitimate_interests')).toContain('Over 18')
    expect(said(noticeOf(), 'obligation')).toContain('Country')
  })

  it('recipients abroad: the safeguard, and where to get a copy. Art. 13(1)(f)', () => {
    expect(said(noticeOf(), 'transfers')).toContain('Resend (United States). Safeguard: standard clauses.')
    expect(said(noticeOf(), 'transfers')).not.toContain('Hetzner')
  })

  it('recipients at home only: that nobody is abroad, also where the country is written out', () => {
    const near = { recipients: [{ name: 'Host', role: 'hosting', country: 'Tyskland' }] }
    expect(noticeOf('en', near).items.transfers).toMatchObject({ points: [] })
    expect(said(noticeOf('en', near), 'transfers')).toContain('European Economic Area')
  })

  it('no recipients: that nobody else receives the data', () => {
    expect(said(noticeOf('en', { recipients: [] }), 'recipients')).toBe(
      'Nobody outside Brand AB receives your data.',
    )
  })

  it.each([
    ['PL', 'PUODO'],
    ['FR', 'CNIL'],
    ['IE', 'DPC'],
    ['EU', 'the data protection authority of your country'],
  ])('the authority of %s', (jurisdiction, name) => {
    expect(said(noticeOf('en', controllerWith({ jurisdiction })), 'complaint')).toContain(name)
  })

  it('a controller outside the GDPR: no article of it', () => {
    expect(said(noticeOf('ru', controllerWith({ jurisdiction: 'CH' })), 'purposes')).not.toContain('GDPR')
  })

  it.each(['none', 'truncated', 'full'] as const)('the IP address: %s', (ip_storage) => {
    expect(noticeOf('en', { ip_storage }).ip_storage).toBe(ip_storage)
    expect(
      new Set(
        ['none', 'truncated', 'full'].map((mode) => said(noticeOf('en', { ip_storage: mode }), 'ip_storage')),
      ).size,
    ).toBe(3)
  })

  it('age: a limit, or that there is none', () => {
    expect(said(noticeOf('en', { minimum_age: 0 }), 'age')).toContain('no age limit')
    expect(noticeOf('en', { minimum_age: 0 }).form.short_notice.join(' ')).not.toMatch(/aged/)
  })
})

describe('the name of a notice', () => {
  it('is the same for the same settings, and 43 characters', () => {
    expect(noticeHash(noticeOf())).toBe(noticeHash(noticeOf()))
    expect(noticeHash(noticeOf())).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })

  it.each<[string, object]>([
    ['the promise', { description: 'Two letters a month.' }],
    ['how long a request can be confirmed', { confirm: { ttl_hours: 48 } }],
    ['who receives the data', { recipients: [] }],
    ['what is asked', { fields: [] }],
    ['the controller', controllerWith({ name: 'Brand Group AB' })],
    ['what is kept of the IP address', { ip_storage: 'full' }],
  ])('changes with %s', (_, change) => {
    expect(noticeHash(noticeOf('en', change))).not.toBe(noticeHash(noticeOf()))
  })

  it('does not change with what the person is not shown', () => {
    for (const change of [
      { brand: { color: '#123456', logo: null } },
      // No job keeps to these numbers yet, so no notice states them.
      { retention: { ...input.retention, evidence_years: 6 } },
    ])
      expect(noticeHash(noticeOf('en', change))).toBe(noticeHash(noticeOf()))
  })

  it('is one per language', () => {
    expect(new Set(locales.map((locale) => noticeHash(noticeOf(locale)))).size).toBe(locales.length)
  })

  it('survives the way through the database', () => {
    const notice = noticeOf('pl')
    const back = readNotice(JSON.parse(canonicalJson(notice)))
    expect(back).toEqual(notice)
    expect(noticeHash(back)).toBe(noticeHash(notice))
  })
})

describe('a stored notice', () => {
  it('is refused where an item is missing or a box came ticked', () => {
    const notice = noticeOf()
    const { ledger: _, ...items } = notice.items
    expect(() => readNotice({ ...notice, items })).toThrow()
    const controls = notice.form.controls.map((control) => ({ ...control, default: true }))
    expect(() => readNotice({ ...notice, form: { ...notice.form, controls } })).toThrow()
  })
})
