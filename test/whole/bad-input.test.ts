// shell · invalid input at forms and links: a status, a sentence in the reader's language, and no row changed
// Long because it is one table, to be read in one go.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { app } from '../../src/app.ts'
import { type Locale, locales } from '../../src/i18n/locale.ts'
import { messages } from '../../src/i18n/messages.ts'
import { secretKey, type Vault } from '../../src/platform/vault/keys.ts'
import { makeNonce } from '../../src/platform/vault/nonce.ts'
import { referenceToken, requestToken } from '../../src/platform/vault/tokens.ts'
import { at, linkIn, nonceIn } from '../support/client.ts'
import { isFaulty, languageOf, unescaped, valuesOf, wordsOf } from '../support/page.ts'
import { ownerKey } from '../support/running.ts'
import { contentsOf } from '../support/tables.ts'
import { listSettings, openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

const perLocale = (en: string, pl: string, sv: string, ru: string) => ({ en, pl, sv, ru })

let house: TestApp
let letter: TestList

beforeAll(async () => {
  house = await openTestApp()
  letter = await house.makeList({
    fields: [
      { key: 'first_name', label: perLocale('First name', 'Imię', 'Förnamn', 'Имя'), purpose: 'newsletter' },
      {
        key: 'country',
        type: 'choice',
        label: perLocale('Country', 'Kraj', 'Land', 'Страна'),
        options: ['PL', 'SE'],
        purpose: 'newsletter',
      },
      { key: 'born', type: 'date', label: perLocale('Born', 'Data', 'Född', 'Дата'), purpose: 'newsletter' },
      { key: 'shoe', type: 'number', label: perLocale('Shoe', 'But', 'Sko', 'Обувь'), purpose: 'newsletter' },
    ],
  })
  await house.makeList({ slug: 'weekly', name: 'Weekly' })
  await house.makeList({
    slug: 'strict',
    locales: ['en'],
    purposes: [],
    confirm: { mode: 'code' },
    fields: [{ key: 'city', label: 'City', purpose: 'newsletter', required: true }],
  })
})
afterAll(() => house.close())

/** Runs the act, and checks that no table changed, the audit log included. */
async function withoutATrace<T>(ask: () => Promise<T>): Promise<T> {
  const before = await contentsOf(house.owner)
  const answer = await ask()
  await house.rest()
  expect(await contentsOf(house.owner)).toEqual(before)
  return answer
}

type Fields = readonly (readonly [string, string])[]

interface BadForm {
  readonly what: string
  readonly fields: Fields
  /** The control to correct. */
  readonly control: string
  readonly code: keyof ReturnType<typeof messages>['formErrors']
  /** The message in English, word for word. */
  readonly says: string
  readonly about?: (locale: Locale) => { label: string; limit: number }
  /** Values that JSON and the API treat differently from a form. */
  readonly formOnly?: boolean
}

const email = (typed: string): Fields => [['email', typed]]
const anna: Fields = email('anna@example.pl')

const sentences = {
  missing: 'Enter your email address.',
  invalid: 'This does not look like an email address. It should look like name@example.com.',
  tooLong: 'This address is longer than an email address can be. Check for extra text.',
  control: 'The address holds a character that cannot be seen. Type it again instead of pasting it.',
  dots: 'The address has two dots in a row, or a dot where none can be.',
  role: 'This is a general address, not a personal one. Use one of your own.',
  quoted: 'Addresses in quotation marks are not accepted here.',
  domain: 'Check the part after the @. Is there a comma instead of a dot?',
  purpose: 'One of the boxes is no longer offered. Check what is ticked and send the form again.',
  list: 'One of the lists is no longer offered. Check what is ticked and send the form again.',
  garbled: 'The form arrived damaged. Reload the page and try again.',
}

const addresses: readonly (readonly [string, string, BadForm['code'], string])[] = [
  ['no address', '', 'address_missing', sentences.missing],
  ['spaces for an address', '   ', 'address_missing', sentences.missing],
  ['a word for an address', 'anna', 'address_invalid', sentences.invalid],
  ['two signs', 'a@b@example.com', 'address_invalid', sentences.invalid],
  ['a space within', 'an na@example.com', 'address_invalid', sentences.invalid],
  ['a comment', 'anna(home)@example.com', 'address_invalid', sentences.invalid],
  ['a tag of HTML', '<script>alert(1)</script>@example.com', 'address_invalid', sentences.invalid],
  ['300 characters', `${'a'.repeat(288)}@example.com`, 'address_too_long', sentences.tooLong],
  ['a local part of 65', `${'a'.repeat(65)}@example.com`, 'address_too_long', sentences.tooLong],
  ['10 000 characters', 'a'.repeat(10_000), 'address_too_long', sentences.tooLong],
  ['a line end', 'anna@example.com\r\nBcc: eve@example.com', 'address_control', sentences.control],
  ['NUL', 'anna\0@example.com', 'address_control', sentences.control],
  ['a tab', 'an\tna@example.com', 'address_control', sentences.control],
  ['a direction override', '\u202eanna@example.com', 'address_control', sentences.control],
  ['two dots', 'anna..b@example.com', 'address_dots', sentences.dots],
  ['a leading dot', '.anna@example.com', 'address_dots', sentences.dots],
  ['two dots in the domain', 'anna@example..com', 'address_dots', sentences.dots],
  ['a quoted local part', '"anna b"@example.com', 'address_quoted', sentences.quoted],
  ['a role', 'postmaster@example.com', 'address_role', sentences.role],
  ['a role in disguise', 'No-Reply+news@example.com', 'address_role', sentences.role],
  ['a bare host', 'anna@localhost', 'address_domain', sentences.domain],
  ['an IP address', 'anna@127.0.0.1', 'address_domain', sentences.domain],
  ['a domain literal', 'anna@[127.0.0.1]', 'address_domain', sentences.domain],
  ['a port', 'anna@example.com:25', 'address_domain', sentences.domain],
  ['a path', 'anna@example.com/x', 'address_domain', sentences.domain],
]

const label =
  (en: string, pl: string, sv: string, ru: string, limit = 0) =>
  (locale: Locale) => ({
    label: perLocale(en, pl, sv, ru)[locale],
    limit,
  })

const badForms: readonly BadForm[] = [
  ...addresses.map(([what, typed, code, says]) => ({
    what,
    fields: email(typed),
    control: 'email',
    code,
    says,
  })),
  {
    what: 'an unknown purpose',
    fields: [...anna, ['purpose', 'clicks'], ['purpose', 'profiling']],
    control: 'purpose',
    code: 'purpose_unknown',
    says: sentences.purpose,
  },
  {
    what: 'a word for a number',
    fields: [...anna, ['shoe', 'forty {{ 2 | plus: 2 }}']],
    control: 'shoe',
    code: 'number_invalid',
    says: '“Shoe” must be a number.',
    about: label('Shoe', 'But', 'Sko', 'Обувь'),
  },
  {
    what: 'a number no measure has',
    fields: [...anna, ['shoe', '1e999']],
    control: 'shoe',
    code: 'number_invalid',
    says: '“Shoe” must be a number.',
    about: label('Shoe', 'But', 'Sko', 'Обувь'),
  },
  {
    what: 'a day that does not exist',
    fields: [...anna, ['born', '2026-02-30']],
    control: 'born',
    code: 'date_invalid',
    says: '“Born” must be a date that exists, such as 2026-05-03.',
    about: label('Born', 'Data', 'Född', 'Дата'),
  },
  {
    what: 'an answer that is not offered',
    fields: [...anna, ['country', '__proto__']],
    control: 'country',
    code: 'choice_invalid',
    says: 'Choose one of the answers offered for “Country”.',
    about: label('Country', 'Kraj', 'Land', 'Страна'),
  },
  {
    what: 'a name of 501 characters',
    fields: [...anna, ['first_name', 'n'.repeat(501)]],
    control: 'first_name',
    code: 'text_too_long',
    says: '“First name” can hold at most 500 characters.',
    about: label('First name', 'Imię', 'Förnamn', 'Имя', 500),
  },
  ...['Anna\r\nBcc: eve@example.com', 'An\0na', '\u202eannA', 'An\u2028na'].map(
    (typed): BadForm => ({
      what: `a name with ${JSON.stringify(typed)}`,
      fields: [...anna, ['first_name', typed]],
      control: 'first_name',
      code: 'malformed',
      says: sentences.garbled,
    }),
  ),
  ...['nowhere', 'a\0b', '__proto__', `x${'y'.repeat(200)}`].map(
    (slug): BadForm => ({
      what: `a further list ${JSON.stringify(slug.slice(0, 20))}`,
      fields: [...anna, ['also', 'weekly'], ['also', slug]],
      control: 'also',
      code: 'list_unknown',
      says: sentences.list,
    }),
  ),
  {
    what: 'eleven further lists',
    fields: [...anna, ...Array.from({ length: 11 }, (_, number) => ['also', `l${number}`] as const)],
    control: 'also',
    code: 'list_unknown',
    says: sentences.list,
  },
]

describe('a sign-up form with a mistake in it', () => {
  const post = (fields: Fields, locale: Locale): Promise<Response> =>
    house.post(`/s/${letter.slug}`, [...fields, ['locale', locale]])

  it.each(badForms)('comes back with one sentence: $what', async ({ fields, control, says }) => {
    const answer = await withoutATrace(() => post(fields, 'en'))
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
    expect(unescaped(html)).toContain(says)
    if (valuesOf(html, control).length > 0 && control !== 'also' && control !== 'purpose')
      expect(isFaulty(html, control)).toBe(true)
  })

  it.each(locales)('says so in %s, for everything that can be wrong', async (locale) => {
    await withoutATrace(async () => {
      for (const { fields, code, about } of badForms) {
        const html = await (await post(fields, locale)).text()
        const { page, formErrors } = messages(locale)
        expect(languageOf(html)).toBe(locale)
        expect(unescaped(html)).toContain(page.whatToMend)
        expect(unescaped(html)).toContain(formErrors[code](about?.(locale) ?? { label: '', limit: 254 }))
      }
    })
  })

  it('is in the language of the browser where none was posted, and of ?lang= before that', async () => {
    const bad = { method: 'POST', body: new URLSearchParams({ email: 'anna' }) }
    const headers = { 'accept-language': 'de, ru;q=0.9, en;q=0.1' }
    expect(languageOf(await (await house.request('/s/letter', { ...bad, headers })).text())).toBe('ru')
    expect(languageOf(await (await house.request('/s/letter?lang=sv', { ...bad, headers })).text())).toBe(
      'sv',
    )
  })

  it('keeps all that was typed, escaped, ready to be sent again', async () => {
    const typed: Fields = [
      ['email', `"><script>alert('x')</script>`],
      ['first_name', '{{ 7 | times: 7 }} & <b>Łucja</b> "Ł"'],
      ['country', 'SE'],
      ['born', '2026-02-30'],
      ['shoe', '<41>'],
      ['purpose', 'offers'],
      ['also', 'weekly'],
    ]
    const html = await (await post(typed, 'sv')).text()
    for (const [name, value] of typed) expect(valuesOf(html, name), name).toEqual([value])
    expect(valuesOf(html, 'locale')).toEqual(['sv'])
    expect(html).not.toMatch(/<script|<b>Ł/)
    expect(html).toContain('{{ 7 | times: 7 }}')
  })

  it('asks for a field that is needed', async () => {
    const answer = await withoutATrace(() => house.post('/s/strict', anna))
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(unescaped(html)).toContain('“City” is needed.')
    expect(isFaulty(html, 'city')).toBe(true)
    expect(valuesOf(html, 'email')).toEqual(['anna@example.pl'])
  })

  it('names every mistake, not the first one only', async () => {
    const html = unescaped(await (await post([...email('anna'), ['shoe', 'x'], ['born', 'y']], 'en')).text())
    for (const says of [sentences.invalid, '“Shoe” must be a number.', '“Born” must be a date'])
      expect(html).toContain(says)
  })
})

describe('the same mistakes from a program', () => {
  /** As JSON, with repeated names as a list. */
  const jsonOf = (fields: Fields): string => {
    const names = [...new Set(fields.map(([name]) => name))]
    const pairs = names.map((name) => {
      const values = fields.filter(([other]) => other === name).map(([, value]) => value)
      return `${JSON.stringify(name)}:${JSON.stringify(values.length === 1 ? values[0] : values)}`
    })
    return `{${pairs.join(',')}}`
  }
  const asJson = (path: string, body: string, key?: string): Promise<Response> =>
    house.request(path, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
    })

  it.each(badForms)('get problem details from the form: $what', async ({ fields, control, says }) => {
    const answer = await withoutATrace(() => asJson('/s/letter', jsonOf(fields)))
    expect(answer.status).toBe(422)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    const body: unknown = await answer.json()
    expect(body).toMatchObject({ type: 'about:blank', status: 422, code: 'invalid' })
    if (control === '__proto__') return expect(at(body, 'errors', 0, 'message')).toContain('"__proto__"')
    expect(at(body, 'errors')).toContainEqual({ path: control, message: expect.stringContaining(says) })
  })

  const byApi = badForms.filter(({ control }) => control !== 'also')
  it.each(byApi)('get them from the API too: $what', async ({ fields, control, says }) => {
    const own = fields.filter(([name]) => name !== 'email' && name !== 'purpose')
    const purposes = fields.filter(([name]) => name === 'purpose').map(([, value]) => value)
    const address = fields.find(([name]) => name === 'email')?.[1] ?? ''
    const body = `{"list":"letter","email":${JSON.stringify(address)},"purposes":${JSON.stringify(purposes)},"fields":${jsonOf(own)}}`
    const answer = await withoutATrace(() => asJson('/api/v1/signups', body, ownerKey))
    expect(answer.status).toBe(422)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    const told: unknown = await answer.json()
    expect(at(told, 'code')).toBe('invalid')
    if (control === '__proto__') return expect(at(told, 'errors', 0, 'message')).toContain('"__proto__"')
    const path = control === 'email' ? 'email' : control === 'purpose' ? 'purposes' : `fields.${control}`
    expect(at(told, 'errors')).toContainEqual({ path, message: expect.stringContaining(says) })
  })

  it.each([
    ['nothing', '', 400, 'The body is not JSON.'],
    ['half an object', '{"email":', 400, 'The body is not JSON.'],
    [
      'a list',
      '["anna@example.pl"]',
      400,
      'The body must be a JSON object of strings and arrays of strings.',
    ],
    ['null', 'null', 400, 'The body must be a JSON object of strings and arrays of strings.'],
    [
      'an object in a field',
      '{"email":{"a":1}}',
      400,
      'The body must be a JSON object of strings and arrays of strings.',
    ],
    [
      'a list in a list',
      '{"email":[["a"]]}',
      400,
      'The body must be a JSON object of strings and arrays of strings.',
    ],
  ])('is told that %s is no form', async (_, body, status, title) => {
    const answer = await withoutATrace(() => asJson('/s/letter', body))
    expect(await answer.json()).toMatchObject({ status, code: 'malformed', title })
    expect(answer.status).toBe(status)
  })
})

describe('an address that is unusual, yet an address', () => {
  it.each([
    ['of a domain with its own letters', 'anna@żółw.example', 'anna@xn--w-uga1v8h.example'],
    ['with its own letters before the @', 'żółw@example.com', 'żółw@example.com'],
    ['in capitals', 'Anna.Nowak@EXAMPLE.com', 'Anna.Nowak@example.com'],
    ['with a tag', 'anna+news@example.com', 'anna+news@example.com'],
    ['made of braces', '{{7*7}}@example.com', '{{7*7}}@example.com'],
    ['called __proto__', '__proto__@example.com', '__proto__@example.com'],
    ['called constructor', 'constructor@example.com', 'constructor@example.com'],
  ])('%s is taken: %s', async (_, typed, sendTo) => {
    const answer = await house.post('/s/letter', [...email(typed), ['locale', 'en']])
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/s/letter/sent?lang=en'])
    await house.rest()
    const [mail] = await house.mailsTo(sendTo)
    expect(mail?.subject).toBe('Confirm your subscription to Garden letter')
    expect((await house.confirm(sendTo)).status).toBe(200)
  })

  it('is refused with a sentence where the mailer cannot carry it', async () => {
    const { mailer } = house.deps
    const answer = await withoutATrace(async () =>
      app.fetch(
        new Request('http://127.0.0.1:8787/s/letter', {
          method: 'POST',
          body: new URLSearchParams({ email: 'łucja@example.com' }),
        }),
        { ...house.deps, mailer: { ...mailer, can: { ...mailer.can, smtpUtf8: false } } },
      ),
    )
    expect(answer.status).toBe(422)
    expect(wordsOf(await answer.text())).toContain(
      'We cannot send to this address: accented letters and other alphabets do not work here before the @.',
    )
  })
})

describe('words that a program might take for more', () => {
  it('stay words, from the form to the mail', async () => {
    const name = `{{ subscriber.email }}<script>alert(1)</script>{% raw %}"'&`
    const list = await house.makeList({
      slug: 'inert',
      name: '<script>alert(2)</script> {{ 7 | times: 7 }}',
      description: '</title><script>alert(3)</script>',
      sender: { name: 'Brand "<b>" {{ x }}', email: 'news@brand.example' },
      controller: { ...listSettings.controller, name: '<img src=x onerror=alert(4)> AB' },
      fields: [
        { key: 'first_name', label: '<i>Name</i> {{ 1 }}', purpose: 'newsletter' },
        { key: 'constructor', label: 'Constructor', purpose: 'newsletter' },
      ],
    })
    const form = await (await house.get('/s/inert')).text()
    await house.signUp(list, 'eve@example.com', { fields: { first_name: name } })
    await house.rest()
    const [asked] = await house.mailsTo('eve@example.com')
    const page = await (await house.get(linkIn(asked ?? { text: '' }, 'c'))).text()
    await house.confirm('eve@example.com')
    const campaign = await house.makeCampaign(list, {
      subject: '{{ subscriber.first_name }}',
      content: {
        format: 'markdown',
        body: 'Dear {{ subscriber.first_name }}, {{ subscriber.constructor | default: "nobody" }}. {{ list.name }}',
      },
    })
    await house.launch(campaign)
    await house.rest()
    const [mail] = await house.mailsTo('eve@example.com')
    const leave = await (await house.get(linkIn(mail ?? { text: '' }, 'u'))).text()
    for (const html of [form, page, leave, asked?.html ?? '', mail?.html ?? ''])
      expect(html).not.toMatch(/<script>alert|<img src=x|<i>Name|<b>"/)
    expect(mail?.subject).toBe(name)
    expect(mail?.text).toContain(`Dear ${name}, nobody. <script>alert(2)</script> {{ 7 | times: 7 }}`)
    expect(asked?.subject).toContain('{{ 7 | times: 7 }}')
  })
})

describe('an address of a page that is not there', () => {
  const noList = 'There is no such list'
  const noPage = 'There is no such page'
  const noLink = 'This link does not work'
  const paths: readonly (readonly [string, string])[] = [
    ['/s/nowhere', noList],
    ['/s/nowhere/sent', noList],
    ['/s/__proto__', noList],
    ['/s/%00', noList],
    ['/s/%00/sent', noList],
    ['/s/a%0d%0aSet-Cookie:%20x', noList],
    ['/s/%F0%28%8C%28', noList],
    ['/s/%ZZ', noList],
    [`/s/${'a'.repeat(3000)}`, noList],
    ['/s/<script>', noList],
    ['/s/letter/nothing', noPage],
    ['/nothing', noPage],
    ['/%00', noPage],
    ['/n/nothing', noPage],
    [`/n/${'A'.repeat(43)}`, noPage],
    ['/assets/__proto__', noPage],
    ['/assets/%2e%2e%2fpackage.json', noPage],
    ['/c/nothing', noLink],
    ['/c/%00', noLink],
    ['/u/nothing', noLink],
    ['/p/%F0%28', noLink],
  ]

  it.each(paths)('answers 404 and says so: %s', async (path, says) => {
    const answer = await withoutATrace(() => house.get(path))
    expect(answer.status).toBe(404)
    expect(wordsOf(await answer.text())).toContain(says)
  })

  it('answers a program in its own way', async () => {
    const answer = await withoutATrace(() =>
      house.request('/s/%00', {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      }),
    )
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ code: 'not_found', title: 'There is no such list.' })
  })

  it('shows no colours either', async () => {
    const answer = await house.get('/s/%00/brand.css')
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })

  it('is not there any more once the list is closed', async () => {
    await house.makeList({ slug: 'closed' })
    expect((await house.get('/s/closed')).status).toBe(200)
    await house.owner`update lists set archived_at = now() where slug = 'closed'`
    house.later({ seconds: 2 })
    expect((await house.get('/s/closed')).status).toBe(404)
    const answer = await withoutATrace(() => house.post('/s/closed', anna))
    expect(answer.status).toBe(404)
    const also = await withoutATrace(() => house.post('/s/letter', [...anna, ['also', 'closed']]))
    expect([also.status, wordsOf(await also.text())]).toEqual([422, expect.stringContaining(sentences.list)])
  })
})

describe('a body that is not a form', () => {
  const megabyte = 'x'.repeat(1024 * 1024)
  const urlencoded = 'application/x-www-form-urlencoded'
  const streamed = (text: string) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(text))
        controller.close()
      },
    })

  it.each(['/s/letter', '/s/nowhere', '/c/nothing', '/p/nothing'])(
    'of a megabyte is left unread at %s',
    async (path) => {
      for (const [type, body] of [
        [urlencoded, `email=${megabyte}`],
        ['multipart/form-data; boundary=b', megabyte],
        ['application/json', `{"email":"${megabyte}"}`],
      ] as const) {
        const answer = await withoutATrace(() =>
          house.request(path, { method: 'POST', body, headers: { 'content-type': type } }),
        )
        expect(answer.status).toBe(413)
        expect(answer.headers.get('content-type')).toMatch(type === 'application/json' ? /problem/ : /html/)
      }
    },
  )

  it('of a megabyte is left unread where it does not say how long it is', async () => {
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      body: streamed(`email=${megabyte}`),
      headers: { 'content-type': urlencoded, 'accept-language': 'pl' },
      duplex: 'half',
    }
    const answer = await withoutATrace(() => house.request('/s/letter', init))
    expect(answer.status).toBe(413)
    expect(wordsOf(await answer.text())).toContain(messages('pl').errors[413].text)
  })

  it.each([
    ['a type nobody reads', 'text/plain', 'email=anna@example.pl', 415],
    ['XML', 'application/xml', '<email/>', 415],
    ['no type', '', 'email=anna@example.pl', 415],
    ['multipart without a boundary', 'multipart/form-data', 'x', 400],
    ['multipart that ends too soon', 'multipart/form-data; boundary=b', '--b\r\nContent-Disp', 400],
    [
      'a file',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="email"; filename="x.txt"\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n',
      400,
    ],
  ] as const)('is refused: %s', async (_, type, body, status) => {
    const answer = await withoutATrace(() =>
      house.request('/s/letter', {
        method: 'POST',
        body: new TextEncoder().encode(body),
        headers: { 'accept-language': 'sv', ...(type === '' ? {} : { 'content-type': type }) },
      }),
    )
    const html = await answer.text()
    expect(answer.status).toBe(status)
    expect(languageOf(html)).toBe('sv')
    expect(unescaped(html)).toContain(messages('sv').errors[status].text)
  })
})

describe('a form of five hundred and one fields', () => {
  it('is left alone: no form of ours has so many', async () => {
    const fields = Array.from({ length: 501 }, () => ['purpose', 'clicks'] as const)
    const answer = await withoutATrace(() => house.post('/s/letter', fields))
    expect(answer.status).toBe(400)
    expect(wordsOf(await answer.text())).toContain('This could not be read')
  })
})

describe('the mailbox of this machine', () => {
  it.each([
    ['another machine', { remoteAddress: '192.0.2.1' }, {}],
    ['nobody knows where', { remoteAddress: undefined }, {}],
    ['a name that points here', {}, { host: 'evil.example' }],
    ['behind a proxy', {}, { 'x-forwarded-for': '127.0.0.1' }],
    ['behind a proxy that says so', {}, { forwarded: 'for=127.0.0.1' }],
  ])('is not there for %s', async (_, from, headers) => {
    for (const [method, path] of [
      ['GET', '/dev/mailbox'],
      ['GET', '/dev/mailbox.json'],
      ['DELETE', '/dev/mailbox.json'],
    ] as const) {
      const request = new Request(`http://127.0.0.1:8787${path}`, {
        method,
        headers: { host: '127.0.0.1:8787', ...headers },
      })
      const answer = await withoutATrace(async () =>
        app.fetch(request, { ...house.deps, remoteAddress: '127.0.0.1', ...from }),
      )
      expect(answer.status).toBe(404)
    }
  })
})

describe('a method that an address does not know', () => {
  it.each([
    ['/s/letter', 'GET, HEAD, POST'],
    ['/s/letter/sent', 'GET, HEAD'],
    ['/c/nothing', 'GET, HEAD, POST'],
    ['/u/nothing', 'GET, HEAD, POST'],
    ['/p/nothing', 'GET, HEAD, POST'],
    ['/n/nothing', 'GET, HEAD'],
    ['/healthz', 'GET, HEAD'],
    ['/readyz', 'GET, HEAD'],
    ['/dev/mailbox.json', 'GET, HEAD, DELETE'],
  ])('is refused at %s, with those it knows', async (path, allowed) => {
    const others = ['POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => !allowed.includes(method))
    for (const method of others) {
      const answer = await withoutATrace(() => house.request(path, { method }))
      expect([answer.status, answer.headers.get('allow')], method).toEqual([405, allowed])
      expect(wordsOf(await answer.text())).toContain('That is not possible here')
    }
    const options = await withoutATrace(() => house.request(path, { method: 'OPTIONS' }))
    expect(options.status).toBe(204)
    const head = await withoutATrace(() => house.request(path, { method: 'HEAD' }))
    const get = await house.get(path)
    expect(head.status).toBe(get.status)
    expect(await head.text()).toBe('')
  })

  it('may be asked of the form from any site, and nothing else may', async () => {
    const answer = await house.request('/s/letter', {
      method: 'OPTIONS',
      headers: { origin: 'https://brand.example', 'access-control-request-method': 'POST' },
    })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-methods')).toBe('POST')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
    for (const body of ['{}', '{"email":"any.site@example.pl"}', 'no JSON']) {
      const posted = await house.request('/s/letter', {
        method: 'POST',
        headers: { origin: 'https://brand.example', 'content-type': 'application/json' },
        body,
      })
      expect(posted.headers.get('access-control-allow-origin'), body).toBe('*')
    }
    const token = await house.get('/c/nothing', { origin: 'https://brand.example' })
    expect(token.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('a link that is not whole, not ours, or too old', () => {
  let link: { confirm: string; leave: string; choices: string }
  let confirmed: { subscription: number }

  beforeAll(async () => {
    const [reader] = await house.subscribe(letter, ['reader@example.pl'], { purposes: ['clicks'] })
    confirmed = { subscription: reader.id }
    const campaign = await house.makeCampaign(letter)
    await house.launch(campaign)
    await house.signUp(letter, 'waiting@example.pl')
    await house.rest()
    const [mail] = await house.mailsTo('reader@example.pl')
    const [asked] = await house.mailsTo('waiting@example.pl')
    link = {
      leave: linkIn(mail ?? { text: '' }, 'u'),
      choices: linkIn(mail ?? { text: '' }, 'p'),
      confirm: linkIn(asked ?? { text: '' }, 'c'),
    }
  })

  /** Another deployment's vault: the same names, other keys. */
  const stranger = (): Vault => {
    const key = secretKey(new Uint8Array(32).fill(9))
    return {
      keks: [],
      keys: { ...house.deps.vault.keys, K_un: key, K_tok: key, K_form: key },
    }
  }
  const tokenIn = (url: string): string => url.split('/').at(-1) ?? ''
  const flipped = (token: string, place: number): string =>
    `${token.slice(0, place)}${token[place] === 'A' ? 'B' : 'A'}${token.slice(place + 1)}`

  const forgeries: readonly (readonly [string, () => readonly string[]])[] = [
    [
      'with one character changed',
      () =>
        [
          ['c', link.confirm],
          ['u', link.leave],
          ['p', link.choices],
        ].flatMap(([use = '', url = '']) =>
          [0, 10, 20, 30, 43].map((place) => `/${use}/${flipped(tokenIn(url), place)}`),
        ),
    ],
    [
      'cut short or run on',
      () =>
        [
          ['c', link.confirm],
          ['u', link.leave],
          ['p', link.choices],
        ].flatMap(([use = '', url = '']) => [
          `/${use}/${tokenIn(url).slice(0, -1)}`,
          `/${use}/${tokenIn(url)}A`,
          `/${use}/${tokenIn(url)}%0d%0a`,
          `/${use}/${tokenIn(url)}=`,
        ]),
    ],
    [
      'of another use',
      () => [
        `/u/${tokenIn(link.choices)}`,
        `/p/${tokenIn(link.leave)}`,
        `/u/${tokenIn(link.confirm)}`,
        `/c/${tokenIn(link.leave)}`,
      ],
    ],
    [
      'of another deployment',
      () => [
        `/u/${referenceToken(stranger(), 'unsub', { ...confirmed, campaign: 0 })}`,
        `/p/${referenceToken(stranger(), 'pref', { ...confirmed, campaign: 0 })}`,
        `/c/${requestToken(stranger(), 'confirm', '019e8269-4e80-7ef9-a8e3-baa7ee241d55')}`,
      ],
    ],
    [
      'of a request that never was',
      () => [`/c/${requestToken(house.deps.vault, 'confirm', '019e8269-4e80-7ef9-a8e3-baa7ee241d55')}`],
    ],
  ]

  it.each(forgeries)('%s: the same page and 404, whatever is posted', async (_, paths) => {
    const pages = new Set<string>()
    await withoutATrace(async () => {
      for (const path of paths()) {
        const answers = [
          await house.get(path),
          await house.post(path, [['List-Unsubscribe', 'One-Click']]),
          await house.post(path, [['nonce', 'x.y']]),
          await house.post(path, [['action', 'refuse']]),
        ]
        for (const answer of answers) {
          expect(answer.status, path).toBe(404)
          expect(answer.headers.get('x-robots-tag')).toContain('noindex')
          pages.add(await answer.text())
        }
      }
    })
    expect(pages.size).toBe(1)
    expect(wordsOf([...pages][0] ?? '')).toContain('Nothing was changed.')
  })

  it('does nothing for somebody who was never there', async () => {
    const nobody = { subscription: 999_999, campaign: 0 }
    const { vault } = house.deps
    await withoutATrace(async () => {
      const leave = `/u/${referenceToken(vault, 'unsub', nobody)}`
      const answer = await house.post(leave, [['List-Unsubscribe', 'One-Click']])
      expect([answer.status, await answer.text()]).toEqual([200, 'There is nothing to unsubscribe from\n'])
      expect(wordsOf(await (await house.get(leave)).text())).toContain('There is nothing to unsubscribe from')
      expect((await house.get(`/p/${referenceToken(vault, 'pref', nobody)}`)).status).toBe(200)
    })
  })

  it.each([
    ['no nonce', () => ''],
    ['a word', () => 'nonce'],
    ['a nonce without its MAC', () => house.deps.clock().getTime().toString(36)],
    ['a nonce of another page', () => makeNonce(house.deps.vault, 'leave 1', house.deps.clock())],
    ['a nonce of another deployment', () => makeNonce(stranger(), 'confirm x', house.deps.clock())],
    ['a long text', () => 'x'.repeat(10_000)],
  ])('confirms nothing with %s: the page again', async (_, nonce) => {
    await withoutATrace(async () => {
      const confirm = await house.post(link.confirm, [['nonce', nonce()]])
      expect(confirm.status).toBe(422)
      expect(wordsOf(await confirm.text())).toContain('Press the button once more, please.')
    })
  })

  it('confirms nothing with the nonce of a page opened more than an hour ago', async () => {
    const nonce = nonceIn(await (await house.get(link.confirm)).text())
    house.later({ minutes: 61 })
    await house.rest()
    await withoutATrace(async () => {
      expect((await house.post(link.confirm, [['nonce', nonce]])).status).toBe(422)
    })
  })

  it('confirms nothing once its time is over, and says so', async () => {
    const open = await house.get(link.confirm)
    const nonce = nonceIn(await open.text())
    house.later({ days: 8 })
    const about = makeNonce(house.deps.vault, 'x', house.deps.clock())
    const before = await contentsOf(house.owner)
    for (const typed of [nonce, about]) {
      const answer = await house.post(link.confirm, [['nonce', typed]])
      expect(answer.status).toBe(200)
      expect(wordsOf(await answer.text())).toContain('This link has expired')
    }
    expect(await contentsOf(house.owner)).toEqual(before)
    await house.rest()
    expect((await house.subscription(letter, 'waiting@example.pl'))?.state).toBe('expired')
    expect(wordsOf(await (await house.get(link.confirm)).text())).toContain('This link has expired')
  })

  it('takes five wrong codes and no sixth, and nothing but the code confirms', async () => {
    const strict = { id: '', slug: 'strict', number: 0 }
    await house.signUp(strict, 'coded@example.pl', { fields: { city: 'Łódź' } })
    await house.rest()
    const [mail] = await house.mailsTo('coded@example.pl')
    const code = /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] ?? ''
    const wrong = code === '000000' ? '000001' : '000000'
    const url = linkIn(mail ?? { text: '' }, 'c')
    expect(wordsOf(await (await house.press(url)).text())).toContain('Enter the six digits from the message.')
    for (const left of ['4 tries', '3 tries', '2 tries', '1 try']) {
      const answer = await house.press(url, [['code', wrong]])
      expect([answer.status, wordsOf(await answer.text())]).toEqual([
        422,
        expect.stringContaining(`You have ${left} left.`),
      ])
    }
    expect(wordsOf(await (await house.press(url, [['code', wrong]])).text())).toContain('entered too often')
    const late = await house.get(url)
    expect(wordsOf(await late.text())).toContain('entered too often')
    const nonce = makeNonce(house.deps.vault, 'x', house.deps.clock())
    await house.post(url, [
      ['nonce', nonce],
      ['code', code],
    ])
    const [row] = await house.owner`select count(*)::int as active from subscriptions where state = 'active'
      and list = (select number from lists where slug = 'strict')`
    expect(row).toEqual({ active: 0 })
  })
})
