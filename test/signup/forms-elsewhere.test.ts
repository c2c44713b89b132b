// web · forms on other sites: names the list does not know, spellings of languages, charsets. RFC 4647, RFC 7578, URL Standard
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseLocale, lookUpLocale } from '../../src/i18n/locale.ts'
import { messages } from '../../src/i18n/messages.ts'
import { findList } from '../../src/lists/find.ts'
import { findFormNotes } from '../../src/signup/form-notes.ts'
import { at } from '../support/client.ts'
import { languageOf, unescaped, valuesOf } from '../support/page.ts'
import { contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp

let number = 0
beforeAll(async () => {
  house = await openTestApp()
  const name = { en: 'First name', pl: 'Imię', sv: 'Förnamn', ru: 'Имя' }
  await house.makeList({
    slug: 'odd',
    default_locale: 'sv',
    fields: [{ key: 'first_name', label: name, purpose: 'newsletter' }],
  })
})
afterAll(() => house.close())

const somebody = (): string => {
  number += 1
  return `person-${number}@example.pl`
}

type Form = Readonly<Record<string, string>>
const encoders: Readonly<Record<string, (fields: Form) => RequestInit>> = {
  urlencoded: (fields) => ({ body: new URLSearchParams(fields) }),
  multipart: (fields) => {
    const body = new FormData()
    for (const [name, value] of Object.entries(fields)) body.set(name, value)
    return { body }
  },
  json: (fields) => ({ body: JSON.stringify(fields), headers: { 'content-type': 'application/json' } }),
}

const post = (init: RequestInit): Promise<Response> =>
  house.request('/s/odd', { method: 'POST', redirect: 'manual', ...init })

/** The first name that the newest confirmation page shows, and the language of the mail's link. */
async function keptOf(email: string): Promise<{ given: string | undefined; lang: string }> {
  await house.rest()
  const link = /https?:\S+\/c\/[\w-]+/.exec((await house.mailsTo(email))[0]?.text ?? '')?.[0] ?? ''
  const page = await (await house.get(link)).text()
  return { given: unescaped(/<strong>([^<]*)<\/strong>/.exec(page)?.[1] ?? ''), lang: languageOf(page) }
}

const unknownNames = async (): Promise<readonly string[]> => {
  const found = await findList(house.deps.db, 'odd')
  if (found === null) throw new Error('no list')
  return (await findFormNotes(house.deps, found)).unknown
}

describe('a form that sends more than the list asks', () => {
  it.each(Object.keys(encoders))('is taken, and the rest of it passed over (%s)', async (as) => {
    const email = somebody()
    const odd = {
      submit: 'Subscribe',
      utm_source: 'shop',
      'g-recaptcha-response': 'x',
      constructor: 'x',
      'a\r\nb': '1',
    }
    const answer = await post(encoders[as]?.({ email, locale: 'en', first_name: 'Anna', ...odd }) ?? {})
    expect(answer.status).toBe(as === 'json' ? 202 : 303)
    expect(await keptOf(email)).toEqual({ given: 'Anna', lang: 'en' })
  })

  it('is told to the owner of the list, by names alone, of which strangers can add no more than twenty', async () => {
    const before = await unknownNames()
    expect(before).toEqual(['ab', 'constructor', 'g-recaptcha-response', 'submit', 'utm_source'])
    for (let more = 0; more < 40; more += 1)
      await post(
        encoders['urlencoded']?.({ email: somebody(), [`x${more}`.padEnd(99, 'y')]: 'secret' }) ?? {},
      )
    const after = await unknownNames()
    expect(after).toHaveLength(20)
    expect(after.every((name) => name.length <= 40)).toBe(true)
    expect(JSON.stringify(await house.owner`select l::text from limits as l`)).not.toContain('secret')
    house.later({ days: 8 })
    expect(await unknownNames()).toEqual([])
  })

  it('is refused by the API, whose caller can mend it (a typo there would lose data)', async () => {
    const body = { list: 'odd', email: somebody(), fields: { firstname: 'Anna' } }
    const answer = await house.api('POST', '/signups', body)
    expect([answer.status, at(answer.body, 'errors', 0, 'path')]).toEqual([422, 'fields.firstname'])
  })
})

describe('the language that a form names', () => {
  it.each([
    ['pl', 'pl'],
    ['pl-PL', 'pl'],
    ['PL', 'pl'],
    ['pl_PL', 'pl'],
    ['pl_PL.UTF-8', 'pl'],
    ['ru-Cyrl-RU-x-mine', 'ru'],
    ['en-GB-oed', 'en'],
    ['plt', 'sv'],
    ['de-DE', 'sv'],
    ['x-pl', 'sv'],
    ['*', 'sv'],
    ['__proto__', 'sv'],
    ['en\0', 'sv'],
  ])('%j is %s: looked up (RFC 4647 section 3.4), else the default of the list', async (locale, lang) => {
    const email = somebody()
    const init = encoders['urlencoded']?.({ email, locale }) ?? {}
    const answer = await post({ ...init, headers: { 'accept-language': 'en' } })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/s/odd/sent?lang=${lang}`])
    const refused = await post({ ...(encoders['urlencoded']?.({ email: 'anna', locale }) ?? {}) })
    expect([refused.status, languageOf(await refused.text())]).toEqual([422, lang])
  })

  it('of a browser is looked up the same way, and not taken where its weight is 0 (RFC 9110 section 12.5.4)', () => {
    const offered = ['en', 'pl', 'sv', 'ru'] as const
    expect(lookUpLocale('plt-MG', offered)).toBeUndefined()
    for (const [acceptLanguage, locale] of [
      ['plt, sv;q=0.5', 'sv'],
      ['pl;q=0, ru;q=0.1', 'ru'],
      ['PL-pl', 'pl'],
    ] as const)
      expect(chooseLocale({ acceptLanguage, offered, fallback: 'en' })).toBe(locale)
  })
})

const octets = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (one) => one.charCodeAt(0))
const formType = 'application/x-www-form-urlencoded'
const sent = (body: string, type = formType): RequestInit => ({
  body: octets(body),
  headers: { 'content-type': type },
})
const parts = (fields: readonly (readonly [string, string, string?])[]): string =>
  [
    ...fields.map(
      ([name, value, type = '']) =>
        `--b\r\nContent-Disposition: form-data; name="${name}"\r\n${type === '' ? '' : `Content-Type: ${type}\r\n`}\r\n${value}\r\n`,
    ),
    '--b--\r\n',
  ].join('')
const multipartType = 'multipart/form-data; boundary=b'

describe('the charset of a form', () => {
  it.each<readonly [string, string, (email: string) => RequestInit]>([
    [
      'in its Content-Type',
      'Mañana',
      (e) => sent(`email=${e}&first_name=Ma%F1ana`, `${formType}; charset=ISO-8859-1`),
    ],
    [
      'in its Content-Type, quoted',
      'Łucja',
      (e) => sent(`email=${e}&first_name=%A3ucja`, `${formType};charset="iso-8859-2"`),
    ],
    ['in the field _charset_', 'Łucja', (e) => sent(`_charset_=windows-1250&email=${e}&first_name=%A3ucja`)],
    [
      'in _charset_ behind what it decodes',
      'Иван',
      (e) => sent(`first_name=%E9%D7%C1%CE&email=${e}&_charset_=koi8-r`),
    ],
    [
      'in _charset_, octets not escaped',
      'Åsa',
      (e) => sent(`_charset_=windows-1252&email=${e}&first_name=\xc5sa`),
    ],
    [
      'in _charset_ of a multipart',
      'Łucja',
      (e) =>
        sent(
          parts([
            ['_charset_', 'iso-8859-2'],
            ['email', e],
            ['first_name', '\xa3ucja'],
          ]),
          multipartType,
        ),
    ],
    [
      'in a part of a multipart',
      'Иван',
      (e) =>
        sent(
          parts([
            ['email', e],
            ['first_name', '\xc8\xe2\xe0\xed', 'text/plain; charset=windows-1251'],
          ]),
          multipartType,
        ),
    ],
    [
      'named UTF-8',
      'Łucja',
      (e) => sent(`_charset_=UTF-8&email=${e}&first_name=%C5%81ucja`, `${formType}; charset=utf-8`),
    ],
    ['not named, and UTF-8', 'Łucja', (e) => sent(`email=${e}&first_name=%C5%81ucja`)],
    ['not named, UTF-8, octets not escaped', 'Łucja', (e) => sent(`email=${e}&first_name=\xc5\x81ucja`)],
    [
      'not named, and UTF-8 for U+FFFD, which somebody typed',
      'A\ufffdb',
      (e) => sent(`email=${e}&first_name=A%EF%BF%BDb`),
    ],
  ])('is honoured: %s', async (_, name, form) => {
    const email = somebody()
    expect((await post(form(email))).status).toBe(303)
    expect((await keptOf(email)).given).toBe(name)
  })

  it.each<readonly [string, (email: string) => RequestInit]>([
    ['not named, and not UTF-8', (e) => sent(`email=${e}&first_name=Ma%F1ana&locale=ru`)],
    ['not named, not UTF-8, octets not escaped', (e) => sent(`email=${e}&first_name=Ma\xf1ana&locale=ru`)],
    ['named UTF-8, and not UTF-8', (e) => sent(`_charset_=utf-8&email=${e}&first_name=Ma%F1ana&locale=ru`)],
    ['that nobody knows', (e) => sent(`_charset_=klingon&email=${e}&first_name=Ma%F1ana&locale=ru`)],
    ['of two octets a letter', (e) => sent(`_charset_=utf-16le&email=${e}&first_name=Anna&locale=ru`)],
    [
      'of a multipart, not named and not UTF-8',
      (e) =>
        sent(
          parts([
            ['email', e],
            ['first_name', 'Ma\xf1ana'],
            ['locale', 'ru'],
          ]),
          multipartType,
        ),
    ],
  ])('is refused in words, with a form that works, and no letter is lost: %s', async (_, form) => {
    const email = somebody()
    const before = await contentsOf(house.owner)
    const answer = await post(form(email))
    const page = await answer.text()
    expect(answer.status).toBe(422)
    expect(unescaped(page)).toContain(messages('ru').formErrors.encoding({ label: '', limit: 0 }))
    expect(unescaped(page)).not.toContain(messages('ru').page.whatToMend)
    expect([valuesOf(page, 'email'), valuesOf(page, 'first_name')[0] ?? '']).toEqual([
      [email],
      expect.not.stringContaining('\ufffd'),
    ])
    expect(await contentsOf(house.owner)).toEqual(before)
  })

  it('of JSON is UTF-8 (RFC 8259 section 8.1): anything else is told to the program that sent it', async () => {
    const answer = await post({
      body: octets('{"email":"anna@example.pl","first_name":"Ma\xf1ana"}'),
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      code: 'malformed',
      title: expect.stringContaining('not in UTF-8'),
    })
  })
})

describe('an address that was mistyped', () => {
  it('is taken as it is, with the likely one on the page after it, in any language', async () => {
    for (const [lang, word] of [
      ['en', 'If you meant gmail.com'],
      ['pl', 'Jeśli chodziło o gmail.com'],
      ['sv', 'Om du menade gmail.com'],
      ['ru', 'Если вы имели в виду gmail.com'],
    ] as const) {
      number += 1
      const email = `person-${number}@gmial.com`
      const answer = await post(encoders['urlencoded']?.({ email, locale: lang }) ?? {})
      const next = answer.headers.get('location') ?? ''
      expect([answer.status, next]).toEqual([303, `/s/odd/sent?lang=${lang}&at=gmial.com`])
      expect(unescaped(await (await house.get(next)).text())).toContain(word)
      await house.rest()
      expect(await house.mailsTo(email)).toHaveLength(1)
    }
  })

  it('is answered so to a program too', async () => {
    const answer = await post(encoders['json']?.({ email: 'ola@example.con' }) ?? {})
    expect([answer.status, await answer.json()]).toEqual([
      202,
      { status: 'check_your_inbox', suggestion: 'ola@example.com' },
    ])
  })

  it('and cannot be one is refused with the likely one, beside what was typed', async () => {
    const answer = await post(encoders['urlencoded']?.({ email: 'ola@gmail,com', locale: 'en' }) ?? {})
    const page = await answer.text()
    expect(answer.status).toBe(422)
    expect(unescaped(page)).toContain('Did you mean ola@gmail.com?')
    expect(valuesOf(page, 'email')).toEqual(['ola@gmail,com'])
  })

  it.each(['gmail.com', 'evil.example', '<b>.con', 'x'.repeat(200), ''])(
    'is a page that repeats no other word of its address: %j',
    async (word) => {
      const page = await (await house.get(`/s/odd/sent?lang=en&at=${encodeURIComponent(word)}`)).text()
      expect(unescaped(page)).not.toContain('If you meant')
    },
  )
})
