// pure · marks around and behind names: inner quotation marks, one mark where two would meet, no-break spaces
import { describe, expect, it } from 'vitest'
import { locales } from '../../src/i18n/locale.ts'
import { messages } from '../../src/i18n/messages.ts'
import { ended, inRow, labelled, named, quoted } from '../../src/i18n/typography/marks.ts'
import { withNoBreaks, withNoBreaksInHtml } from '../../src/i18n/typography/no-break.ts'

describe('a name in quotation marks', () => {
  it.each([
    [
      'without marks of its own',
      'Listy z ogrodu',
      '“Listy z ogrodu”',
      '„Listy z ogrodu”',
      '”Listy z ogrodu”',
      '«Listy z ogrodu»',
    ],
    [
      'with typewriter marks',
      'Listy "z ogrodu"',
      '“Listy ‘z ogrodu’”',
      '„Listy «z ogrodu»”',
      '”Listy ’z ogrodu’”',
      '«Listy „z ogrodu“»',
    ],
    [
      'with Polish marks',
      '„Ogród” i dom',
      '“‘Ogród’ i dom”',
      '„«Ogród» i dom”',
      '”’Ogród’ i dom”',
      '«„Ogród“ i dom»',
    ],
    ['with Russian marks', 'ООО «Сад»', '“ООО ‘Сад’”', '„ООО «Сад»”', '”ООО ’Сад’”', '«ООО „Сад“»'],
    [
      'with Swedish marks',
      'Tidningen ”Vi”',
      '“Tidningen ‘Vi’”',
      '„Tidningen «Vi»”',
      '”Tidningen ’Vi’”',
      '«Tidningen „Vi“»',
    ],
    [
      'with English marks',
      'The “Green” News',
      '“The ‘Green’ News”',
      '„The «Green» News”',
      '”The ’Green’ News”',
      '«The „Green“ News»',
    ],
    [
      'with German marks',
      'Der »Garten«',
      '“Der ‘Garten’”',
      '„Der «Garten»”',
      '”Der ’Garten’”',
      '«Der „Garten“»',
    ],
    [
      'with single marks',
      "The 'Green' News",
      '“The ‘Green’ News”',
      '„The «Green» News”',
      '”The ’Green’ News”',
      '«The „Green“ News»',
    ],
    ['with marks around the whole', '"Ogród"', '“Ogród”', '„Ogród”', '”Ogród”', '«Ogród»'],
    ['with two quotations', '"A" i "B"', '“‘A’ i ‘B’”', '„«A» i «B»”', '”’A’ i ’B’”', '«„A“ i „B“»'],
    [
      'with a quotation in a quotation',
      'ООО "Дом «Сад»"',
      '“ООО ‘Дом “Сад”’”',
      '„ООО «Дом „Сад”»”',
      '”ООО ’Дом ”Сад”’”',
      '«ООО „Дом «Сад»“»',
    ],
    [
      'with an apostrophe',
      'Anna’s Letter',
      '“Anna’s Letter”',
      '„Anna’s Letter”',
      '”Anna’s Letter”',
      '«Anna’s Letter»',
    ],
    [
      'with a plural’s apostrophe',
      "Growers' News",
      "“Growers' News”",
      "„Growers' News”",
      "”Growers' News”",
      "«Growers' News»",
    ],
    ['with a mark for inches', '5" of Rain', '“5" of Rain”', '„5" of Rain”', '”5" of Rain”', '«5" of Rain»'],
    [
      'with a mark that nothing closes',
      'The "Green News',
      '“The "Green News”',
      '„The "Green News”',
      '”The "Green News”',
      '«The "Green News»',
    ],
  ])('%s', (_, name, en, pl, sv, ru) => {
    const expected = { en, pl, sv, ru }
    for (const locale of locales) expect(quoted(locale, name), locale).toBe(expected[locale])
  })
})

describe('a name in a sentence', () => {
  it.each([
    ['Letter', 'Letter', '„Letter”', 'Letter', '«Letter»'],
    ['Ready?', '“Ready?”', '„Ready?”', '”Ready?”', '«Ready?»'],
    ['News!', '“News!”', '„News!”', '”News!”', '«News!»'],
    ['Garden Ltd.', '“Garden Ltd.”', '„Garden Ltd.”', '”Garden Ltd.”', '«Garden Ltd.»'],
    ['The "Green News"', 'The "Green News"', '„The «Green News»”', 'The "Green News"', '«The „Green News“»'],
  ])('is quoted where the language quotes names, or where marks would meet: %s', (name, en, pl, sv, ru) => {
    const expected = { en, pl, sv, ru }
    for (const locale of locales) expect(named(locale, name), locale).toBe(expected[locale])
  })
})

describe('a mark at the end', () => {
  it.each([
    ['City', 'City:'],
    ['Co lubisz najbardziej?', 'Co lubisz najbardziej?'],
    ['Tell us!', 'Tell us!'],
    ['Your plants:', 'Your plants:'],
    ['And …', 'And …'],
    ['Name (first)', 'Name (first):'],
  ])('of a label is not doubled by a colon: %s', (label, shown) => {
    expect(labelled(label)).toBe(shown)
  })

  it.each([
    ['Ogród', 'Ogród.'],
    ['Ogród sp. z o.o.', 'Ogród sp. z o.o.'],
    ['Yahoo!', 'Yahoo!'],
    ['29 listopada 2026\u00a0r.', '29 listopada 2026\u00a0r.'],
  ])('of a text is not doubled by the full stop of its sentence: %s', (text, shown) => {
    expect(ended(text)).toBe(shown)
  })
})

describe('texts in a row', () => {
  it.each([
    [['The newsletter', 'Offers'], 'The newsletter; Offers'],
    [['Want offers?', 'Events'], 'Want offers? Events'],
    [['Offers', 'Events!'], 'Offers; Events!'],
    [['Offers'], 'Offers'],
  ])('are parted by one mark: %j', (texts, shown) => {
    expect(inRow(texts)).toBe(shown)
  })
})

describe('a word of one letter', () => {
  it.each([
    ['pl', 'Listy z ogrodu i o domu', 'Listy z_ogrodu i_o_domu'],
    ['pl', 'W domu, a w lesie', 'W_domu, a_w_lesie'],
    ['pl', '„Z ogrodu” (i z domu)', '„Z_ogrodu” (i_z_domu)'],
    ['ru', 'Письма о саде и огороде', 'Письма о_саде и_огороде'],
    ['ru', 'В саду: я и вы', 'В_саду: я_и_вы'],
    ['pl', 'https://a.example/w i dalej', 'https://a.example/w i_dalej'],
    ['pl', 'pole x-w dalej, 5 m dalej', 'pole x-w dalej, 5 m_dalej'],
    ['pl', 'koniec w', 'koniec w'],
    ['en', 'I am a letter', 'I am a letter'],
    ['sv', 'Se i å och ö', 'Se i å och ö'],
  ] as const)('never ends a line (_ does not break) in %s: %s', (locale, text, shown) => {
    expect(withNoBreaks(locale, text).replaceAll('\u00a0', '_')).toBe(shown)
  })

  it.each([
    ['text between tags', '<p>Listy z <b>ogrodu i z</b> domu</p>', '<p>Listy z_<b>ogrodu i_z</b> domu</p>'],
    [
      'not an attribute',
      '<input value="Listy z ogrodu" title="a b"> i ja',
      '<input value="Listy z ogrodu" title="a b"> i_ja',
    ],
    [
      'not what is shown as typed',
      '<pre>a b</pre><textarea>w domu</textarea>w domu',
      '<pre>a b</pre><textarea>w domu</textarea>w_domu',
    ],
    ['not a style sheet', '<style>a b { c: d }</style><p>a b</p>', '<style>a b { c: d }</style><p>a_b</p>'],
    ['behind an entity', '<p>&quot;w domu&quot;</p>', '<p>&quot;w_domu&quot;</p>'],
  ])('is bound in HTML, %s', (_, html, shown) => {
    expect(withNoBreaksInHtml('pl', html).replaceAll('\u00a0', '_')).toBe(shown)
    expect(withNoBreaksInHtml('en', html)).toBe(html)
  })
})

describe('a count', () => {
  const left = (locale: 'pl' | 'ru', limit: number) =>
    messages(locale).formErrors.code_wrong({ label: '', limit })
  const wait = (locale: 'pl' | 'ru', limit: number) =>
    messages(locale).formErrors.network_limit({ label: '', limit })
  const longest = (locale: 'pl' | 'ru', limit: number) =>
    messages(locale).formErrors.text_too_long({ label: 'X', limit })

  it.each([
    [0, '0 prób.', '0 minut.', '0 znaków.', '0 попыток.', '0 минут.', '0 символов.'],
    [1, '1 próba.', '1 minutę.', '1 znak.', '1 попытка.', '1 минуту.', '1 символа.'],
    [2, '2 próby.', '2 minuty.', '2 znaki.', '2 попытки.', '2 минуты.', '2 символов.'],
    [5, '5 prób.', '5 minut.', '5 znaków.', '5 попыток.', '5 минут.', '5 символов.'],
    [12, '12 prób.', '12 minut.', '12 znaków.', '12 попыток.', '12 минут.', '12 символов.'],
    [21, '21 prób.', '21 minut.', '21 znaków.', '21 попытка.', '21 минуту.', '21 символа.'],
    [22, '22 próby.', '22 minuty.', '22 znaki.', '22 попытки.', '22 минуты.', '22 символов.'],
  ])('takes its form, in the case that its sentence asks for: %i', (count, ...forms) => {
    const said = [
      ...[left, wait, longest].map((of) => of('pl', count)),
      ...[left, wait, longest].map((of) => of('ru', count)),
    ]
    for (const [at, form] of forms.entries()) expect(said[at]?.endsWith(form), said[at]).toBe(true)
  })

  it.each([
    [
      'en',
      'after 5 minutes for a second message, and after 65 minutes',
      'after 1 minute for',
      'after 3 hours for',
    ],
    ['pl', 'po 5 minutach, a przyjdzie druga wiadomość; po 65 minutach', 'po 1 minucie,', 'po 3 godzinach'],
    [
      'sv',
      'efter 5 minuter, så kommer ett andra meddelande, och efter 65 minuter',
      'efter 1 minut,',
      'efter 3 timmar',
    ],
    ['ru', 'через 5 минут, и придёт второе письмо, а через 65 минут', 'через 1 минуту,', 'через 3 часа'],
  ] as const)('is that of the real limit where a page names one, in %s', (locale, usual, one, hours) => {
    const { repeat } = messages(locale).sent
    expect(repeat({ second: 5, third: 65 })).toContain(usual)
    expect(repeat({ second: 1, third: 180 })).toContain(one)
    expect(repeat({ second: 1, third: 180 })).toContain(hours)
  })
})
