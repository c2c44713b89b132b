// pure · every language has every sentence, in its own grammar and in our voice
import { describe, expect, it } from 'vitest'
import { dateText, dateTextIn, dateTimeText, momentText } from '../../src/i18n/dates.ts'
import { chooseLocale, locales } from '../../src/i18n/locale.ts'
import { messages } from '../../src/i18n/messages.ts'
import { counted, countryCode, countryName, enumerated } from '../../src/i18n/words.ts'

/** All sentences of a catalogue by path; functions get names that cannot be mistaken for text. */
function sentences(value: unknown, path = ''): readonly (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function') return sentences(value(subject, 'Whenever', 'Third'), path)
  if (Array.isArray(value)) return value.flatMap((inner, at) => sentences(inner, `${path}.${at}`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    sentences(inner, path === '' ? key : `${path}.${key}`),
  )
}

/** Stands for a name, a count or an object of facts, as a sentence requires. */
const subject = Object.assign(Object('Something'), {
  ...Object.fromEntries(
    [
      'label',
      'name',
      'controller',
      'list',
      'address',
      'contact',
      'title',
      'text',
      'basis',
      'purpose',
      'optional',
      'country',
      'role',
    ]
      .concat('safeguard')
      .map((name) => [name, 'Something']),
  ),
  limit: 3,
  second: 5,
  third: 65,
  [Symbol.toPrimitive]: (hint: string) => (hint === 'number' ? 3 : 'Something'),
})

const pathsOf = (locale: (typeof locales)[number]): readonly string[] =>
  sentences(messages(locale)).map(([path]) => path)

describe.each(locales)('the catalogue in %s', (locale) => {
  it('has exactly the sentences of the English one', () => {
    expect(pathsOf(locale)).toEqual(pathsOf('en'))
  })

  it('leaves nothing empty and nothing undefined', () => {
    for (const [path, text] of sentences(messages(locale))) {
      expect(text.trim(), path).not.toBe('')
      expect(text, path).not.toMatch(/undefined|NaN|\[object/)
      expect(text, path).toBe(text.normalize('NFC'))
    }
  })

  it('does not raise its voice', () => {
    for (const [path, text] of sentences(messages(locale))) expect(text, path).not.toContain('!')
  })

  it('says what is wrong in whole sentences', () => {
    for (const [path, text] of sentences({ ...messages(locale).formErrors, ...messages(locale).errors }))
      if (!path.endsWith('.title')) expect(text, path).toMatch(/[.?]$/)
  })
})

describe('a Polish reader', () => {
  it('is never addressed as Pan or Pani, and by no past tense that knows a gender', () => {
    for (const [path, text] of sentences(messages('pl'))) {
      expect(text, path).not.toMatch(/\bPan(i|a|u|em|ią|ą)?\b/)
      expect(text, path).not.toMatch(/\p{L}+(łeś|łaś|łem|łam)(?!\p{L})/u)
    }
  })
})

describe('a Russian reader', () => {
  it('is addressed as вы, without a capital', () => {
    for (const [path, text] of sentences(messages('ru')))
      expect(text, path).not.toMatch(/(?<![.?«]\s|^|«)\bВ(ы|ам|ас|аш)/u)
  })
})

describe('numbers', () => {
  it.each([
    ['en', 1, '1 year'],
    ['en', 3, '3 years'],
  ] as const)('take their form in %s: %i', (locale, count, text) => {
    expect(counted(locale, count, { one: 'year', other: 'years' })).toBe(text)
  })

  it.each([
    [1, '1 rok'],
    [3, '3 lata'],
    [5, '5 lat'],
    [12, '12 lat'],
    [22, '22 lata'],
    [25, '25 lat'],
  ] as const)('take three forms in Polish: %i', (count, text) => {
    expect(counted('pl', count, { one: 'rok', few: 'lata', many: 'lat' })).toBe(text)
  })

  it.each([
    [1, '1 год'],
    [3, '3 года'],
    [5, '5 лет'],
    [11, '11 лет'],
    [21, '21 год'],
  ] as const)('take three forms in Russian: %i', (count, text) => {
    expect(counted('ru', count, { one: 'год', few: 'года', many: 'лет' })).toBe(text)
  })

  it.each([
    ['en', 'You have 1 try left', 'You have 3 tries left'],
    ['pl', 'Pozostało: 1 próba', 'Pozostało: 3 próby'],
    ['sv', 'Du har 1 försök kvar', 'Du har 3 försök kvar'],
    ['ru', 'Осталось: 1 попытка', 'Осталось: 3 попытки'],
  ] as const)('agree with what is counted in %s', (locale, one, three) => {
    const { code_wrong } = messages(locale).formErrors
    expect(code_wrong({ label: '', limit: 1 })).toContain(one)
    expect(code_wrong({ label: '', limit: 3 })).toContain(three)
  })
})

describe('a time', () => {
  const at = new Date('2026-05-03T23:59:59.999Z')

  it.each([
    ['en', '3 May 2026', '3 May 2026, 23:59_UTC', '3 May 2026 at 23:59_UTC'],
    ['pl', '3 maja 2026_r.', '3 maja 2026_r., godz._23:59_(UTC)', '3 maja 2026_r. o_godz._23:59_(UTC)'],
    ['sv', '3 maj 2026', '3 maj 2026 kl._23:59_(UTC)', '3 maj 2026 kl._23:59_(UTC)'],
    ['ru', '3 мая 2026 года', '3 мая 2026 года, 23:59_(UTC)', '3 мая 2026 года в_23:59_(UTC)'],
  ] as const)(
    'is written in UTC, whatever the zone of the machine, and never parts from its zone (_): %s',
    (locale, day, term, moment) => {
      const shown = (text: string) => text.replaceAll('\u00a0', '_')
      expect(shown(dateText(locale, at))).toBe(day)
      expect(shown(dateTimeText(locale, at))).toBe(term)
      expect(shown(momentText(locale, at))).toBe(moment)
    },
  )

  it.each([
    ['Europe/Stockholm', '4 May 2026, 01:59 UTC+2', '4 May 2026'],
    ['America/St_Johns', '3 May 2026, 21:29 UTC-2:30', '3 May 2026'],
    ['Asia/Kolkata', '4 May 2026, 05:29 UTC+5:30', '4 May 2026'],
    ['Africa/Abidjan', '3 May 2026, 23:59 UTC', '3 May 2026'],
    ['UTC', '3 May 2026, 23:59 UTC', '3 May 2026'],
  ])('is written by the clock of a zone, with its distance to UTC: %s', (zone, whole, day) => {
    expect(dateTimeText('en', at, zone)).toBe(whole.replace(' UTC', '\u00a0UTC'))
    expect(dateTextIn(zone, 'en', at)).toBe(day)
  })
})

describe('names', () => {
  it('are joined as each language joins them', () => {
    expect(enumerated('en', ['A', 'B', 'C'])).toBe('A, B and C')
    expect(enumerated('pl', ['A', 'B'])).toBe('A i B')
    expect(enumerated('sv', ['A', 'B'])).toBe('A och B')
    expect(enumerated('ru', ['A'])).toBe('A')
  })

  it('of countries come from their codes, and go back to them', () => {
    expect(countryName('pl', 'DE')).toBe('Niemcy')
    expect(countryName('pl', 'Atlantis')).toBe('Atlantis')
    expect(countryCode(' niemcy ', ['PL', 'DE'])).toBe('DE')
    expect(countryCode('Sverige', ['PL', 'DE'])).toBeNull()
  })
})

describe('the language of a page', () => {
  it.each([
    [{ asked: 'pl', acceptLanguage: 'sv' }, 'pl'],
    [{ asked: 'de', acceptLanguage: 'de, sv;q=0.5, ru;q=0.9' }, 'ru'],
    [{ acceptLanguage: 'en-US,en' }, 'sv'],
  ] as const)(
    'is what was asked for, else what the browser prefers, else the fallback: %j',
    (wish, locale) => {
      expect(chooseLocale({ ...wish, offered: ['pl', 'sv', 'ru'], fallback: 'sv' })).toBe(locale)
    },
  )
})
