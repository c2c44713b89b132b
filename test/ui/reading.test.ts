// view · every public page and mail, read as an editor reads: no mark twice, no stray space, nothing left over
import { describe, expect, it } from 'vitest'
import { formErrorCodes, pageErrorStatuses } from '../../src/i18n/catalogue.ts'
import { dateText } from '../../src/i18n/dates.ts'
import { type Locale, locales } from '../../src/i18n/locale.ts'
import { messages } from '../../src/i18n/messages.ts'
import { renderServiceMail } from '../../src/outbox/service-layout.ts'
import { publicPages, signupMails, type Written } from '../support/public-pages.tsx'
import { mailOf, person, writing } from '../support/rendered-mail.ts'

/** Names that meet the marks of sentences: quotation marks of every style, marks at the end, a legal name of 150 letters. */
const houses: readonly Written[] = [
  {
    list: 'Письма "из сада" и «с огорода»',
    controller:
      'ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ "НАУЧНО-ПРОИЗВОДСТВЕННОЕ ОБЪЕДИНЕНИЕ «САДЫ И ОГОРОДЫ СЕВЕРО-ЗАПАДНОГО РЕГИОНА»"',
    jurisdiction: 'KZ',
    label: 'Что вы выращиваете?',
    other: 'О саде и огороде, с любовью',
  },
  {
    list: 'Listy „z ogrodu”',
    controller: 'Ogród i Dom sp. z o.o.',
    jurisdiction: 'PL',
    label: 'Co lubisz najbardziej?',
    other: 'O ogrodzie i o domu',
  },
  {
    list: 'Ready?',
    controller: 'Garden Ltd.',
    jurisdiction: 'GB',
    label: 'City',
    other: 'All about gardens',
  },
  { list: 'Brevet!', controller: 'Lindströms AB', jurisdiction: 'SE', label: 'Ort:', other: 'Om allt' },
]

const entities: ReadonlyMap<string, string> = new Map([
  ['&quot;', '"'],
  ['&#39;', "'"],
  ['&#34;', '"'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&amp;', '&'],
])

/** Lines of text as a reader sees them; links and emphasis run on in their line. */
const linesOf = (html: string): readonly string[] =>
  html
    .replace(/<(style|script|title)\b[\s\S]*?<\/\1>/g, '\n')
    .replace(/<span class="hint"/g, '<p')
    .replace(/<\/?(?:a|b|em|strong|span|code)\b[^>]*>/g, '')
    .replace(/<[^>]*>/g, '\n')
    .replace(/&(?:quot|#39|#34|lt|gt|amp);/g, (entity) => entities.get(entity) ?? entity)
    .split('\n')
    .map((line) => line.replace(/^ +| +$/g, ''))
    .filter((line) => line !== '')

/** A notice is checked by the tests of notices, but for its line breaks. */
const withoutNotice = (html: string): string =>
  html
    .replace(/<p class="small">[^<]*<\/p><details><summary>[\s\S]*?<\/details>/g, '')
    .replace(/<div class="notice">[\s\S]*/g, '')

const faults: readonly (readonly [fault: string, pattern: RegExp])[] = [
  ['a mark twice', /[?!:;,][.,:;]|[.:;,][?!:;]|\.\.(?!\.)|([„“”«»’])\1/],
  ['two spaces', /[ \u00a0]{2}/],
  ['a space before a mark', /[ \u00a0][.,:;?!](?!\p{L})/u],
  ['something left over', /undefined|NaN|\bnull\b|\[object|\$\{|\{\{/],
  [
    'a key instead of its text',
    new RegExp(`\\b(?:${formErrorCodes.filter((code) => code.includes('_')).join('|')})\\b`),
  ],
]

const shortWord = /(?<![\p{L}\p{M}\p{N}_@'’/.-])\p{L} (?=\S)/u

function expectReadable(locale: Locale, lines: readonly string[]): void {
  for (const line of lines) {
    for (const [fault, pattern] of faults)
      expect(pattern.exec(line)?.[0], `${fault}: ${line}`).toBeUndefined()
    expectBound(locale, line)
  }
}

function expectBound(locale: Locale, line: string): void {
  if (locale === 'pl' || locale === 'ru') expect(shortWord.exec(line)?.[0], line).toBeUndefined()
}

const cases = locales.flatMap((locale) =>
  houses.map((written) => ({ locale, written, list: written.list, controller: written.controller })),
)

describe.each(cases)('in $locale, the list $list', ({ locale, written }) => {
  it.each(Object.entries(publicPages(locale, written)))('on the page %s', (_, html) => {
    expect(html).toContain(`<html lang="${locale}"`)
    expectReadable(locale, linesOf(withoutNotice(html)))
    for (const line of linesOf(html)) expectBound(locale, line)
  })

  it.each(Object.entries(signupMails(locale, written)))('in both parts of the mail %s', (_, mail) => {
    const { html, text } = renderServiceMail(mail)
    expect(html).toContain(`<html lang="${locale}"`)
    expectReadable(locale, linesOf(html))
    expectReadable(locale, text.split('\n'))
    expect(text).not.toMatch(/\n{3}/)
    for (const [fault, pattern] of faults)
      expect(pattern.exec(mail.subject)?.[0], `${fault}: ${mail.subject}`).toBeUndefined()
  })

  it('in the footer of a campaign', () => {
    const words = { en: messages('en').footer, [locale]: messages(locale).footer }
    const list = {
      id: '0193a8c0-0000-7000-8000-000000000001',
      slug: 'monthly',
      name: written.list,
      controller: { name: written.controller, address: 'Storgatan 1', contact_email: 'a@b.example' },
    }
    const at = new Date('2026-11-29T10:02:00Z')
    for (const agreedOn of [dateText(locale, at), null]) {
      const mail = mailOf(writing('Hello'), person({}, { locale, agreedOn }), { list, words })
      const foot = mail.html.slice(mail.html.indexOf('class="foot"') - 5)
      expectReadable(locale, linesOf(foot))
      for (const line of (mail.text.split('-----\n')[1] ?? '').split('\n')) expectBound(locale, line)
      expect(mail.html).toContain(`<html lang="${locale}"`)
    }
  })
})

describe.each(locales)('an error page in %s', (locale) => {
  it('has a title and a sentence for every status', () => {
    for (const status of pageErrorStatuses) {
      const { title, text } = messages(locale).errors[status]
      expect(title, String(status)).toMatch(/[\p{L}]$/u)
      expect(text, String(status)).toMatch(/\.$/)
    }
  })
})
