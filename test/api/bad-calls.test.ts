// shell · invalid API calls: a status, a code, a sentence for each wrong place, and no row changed
// Long because it is one table, to be read in one go.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, at, text } from '../support/client.ts'
import { ownerKey } from '../support/running.ts'
import { contentsOf } from '../support/tables.ts'
import { listSettings, openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let letter: TestList
let campaign: string
let segment: string
let person: string

beforeAll(async () => {
  house = await openTestApp()
  letter = await house.makeList({
    fields: [
      { key: 'first_name', label: 'First name', purpose: 'newsletter' },
      {
        key: 'country',
        type: 'choice',
        label: 'Country',
        options: ['PL', 'SE'],
        purpose: 'newsletter',
        filterable: true,
      },
      { key: 'shoe', type: 'number', label: 'Shoe', purpose: 'newsletter', filterable: true },
    ],
  })
  await house.makeList({ slug: 'weekly' })
  await house.subscribe(letter, ['anna@example.pl'])
  const found = await house.api('POST', '/subscribers/search', { email: 'anna@example.pl' })
  person = text(found.body, 'data', 0, 'id')
  campaign = (await house.makeCampaign(letter)).id
  const swedes = { name: 'Swedes', list: 'letter', filter: { field: 'country', is: 'SE' } }
  segment = text((await house.api('POST', '/segments', swedes)).body, 'id')
})
afterAll(() => house.close())

/** Runs the act, and checks that no table changed, the audit log included. */
async function withoutATrace<T>(ask: () => Promise<T>): Promise<T> {
  const before = await contentsOf(house.owner)
  const answer = await ask()
  expect(await contentsOf(house.owner)).toEqual(before)
  return answer
}

/** Makes a call that must change nothing and be answered with problem details. */
async function refused(method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await withoutATrace(() => house.api(method, path, body))
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.body).toMatchObject({ type: 'about:blank', status: answer.status })
  expect(text(answer.body, 'title')).toMatch(/^[A-Z“"].*\.$/s)
  return answer
}

/** A wrong place of the body, and its message. */
type Fault = readonly [path: string, message: string]
type Row<Sent> = readonly [what: string, sent: Sent, ...faults: Fault[]]

const named = <Sent>(rows: readonly Row<Sent>[]) =>
  rows.map(([what, sent, ...faults]) => ({ what, sent, faults }))

function expectFaults(answer: Answer, ...faults: readonly Fault[]): void {
  expect(answer.body).toMatchObject({
    status: 422,
    code: 'invalid',
    errors: faults.map(([path, message]) => ({ path, message })),
  })
}

const text120 = 'It must have at most 120 characters.'
const address = 'It must be an email address such as news@brand.example.'
const isText = 'It must be a text.'
const missing = 'It is missing.'
const noField = (key: string) => `There is no setting "${key}" here.`
const keyRule = 'It must begin with a letter and hold a-z, 0-9 and _ only, at most 40.'
const lacks = (locale: string) => `The text for "${locale}" is missing; a language needs every text.`

describe('the settings of a list', () => {
  const { sender, controller } = listSettings
  const field = (change: object) => ({
    fields: [{ key: 'city', label: 'City', purpose: 'newsletter', ...change }],
  })
  const rows: readonly Row<object>[] = [
    [
      'a slug with a space',
      { slug: 'a b' },
      ['slug', 'It must hold a-z, 0-9 and - only, at most 63 characters.'],
    ],
    ['a slug called __proto__', { slug: '__proto__' }, ['slug', expect.stringContaining('It must hold a-z')]],
    ['a slug of 64', { slug: 'a'.repeat(64) }, ['slug', expect.stringContaining('at most 63')]],
    ['no name', { name: undefined }, ['name', isText]],
    ['an empty name', { name: ' ' }, ['name', 'It must not be empty.']],
    ['a long name', { name: 'x'.repeat(121) }, ['name', text120]],
    ['a number for a name', { name: 5 }, ['name', isText]],
    ['a number for a description', { description: 5 }, ['description', 'It must be one line of text.']],
    [
      'an unknown language',
      { default_locale: 'de' },
      ['default_locale', 'It must be one of en, pl, sv, ru.'],
    ],
    [
      'an unknown language among them',
      { locales: ['en', 'xx'] },
      ['locales.1', expect.stringContaining('ru')],
    ],
    ['no language', { locales: [] }, ['locales', 'It must name a language.']],
    ['a word for languages', { locales: 'en' }, ['locales', 'It must be a list.']],
    [
      'a default that is not offered',
      { default_locale: 'pl', locales: ['en'] },
      ['default_locale', 'The default language must be one of the languages of the list.'],
    ],
    ['no sender', { sender: undefined }, ['sender', missing]],
    ['null for a sender', { sender: null }, ['sender', 'It must be an object.']],
    [
      'a sender without an address',
      { sender: { name: 'Brand' } },
      ['sender.email', 'It must be an email address.'],
    ],
    ['a sender who is nobody', { sender: { ...sender, email: 'nobody' } }, ['sender.email', address]],
    ['a sender with one thing more', { sender: { ...sender, fax: '1' } }, ['sender.fax', noField('fax')]],
    [
      'a controller without an address',
      { controller: { name: 'Brand', contact_email: 'a@brand.example' } },
      ['controller.address', isText],
    ],
    [
      'an empty address',
      { controller: { ...controller, address: ' ' } },
      ['controller.address', 'It must not be empty.'],
    ],
    [
      'a country in words',
      { controller: { ...controller, jurisdiction: 'Sweden' } },
      ['controller.jurisdiction', 'It must be a country code of two letters, or EU.'],
    ],
    [
      'a recipient without a role',
      { recipients: [{ name: 'Host', country: 'SE' }] },
      ['recipients.0.role', isText],
    ],
    [
      '51 recipients',
      { recipients: Array(51).fill({ name: 'a', role: 'b', country: 'c' }) },
      ['recipients', 'It must have at most 50 entries.'],
    ],
    [
      'a purpose without its texts in every language',
      { locales: ['en', 'pl'], purposes: [{ key: 'offers', title: 'Offers', text: { en: 'x' } }] },
      ['purposes.0.text', lacks('pl')],
    ],
    [
      'a purpose without any text',
      { locales: ['sv'], default_locale: 'sv', purposes: [{ key: 'offers' }] },
      ['purposes.0.title', lacks('sv')],
      ['purposes.0.text', lacks('sv')],
    ],
    [
      'a text in a language nobody knows',
      { purposes: [{ key: 'offers', title: { de: 'x' }, text: 'x' }] },
      ['purposes.0.title.de', noField('de')],
    ],
    [
      'a number for a title',
      { purposes: [{ key: 'offers', title: 5, text: 'x' }] },
      ['purposes.0.title', 'It must be a text, or an object with a text per language.'],
    ],
    [
      'a purpose twice',
      { purposes: [{ key: 'clicks' }, { key: 'clicks' }] },
      ['purposes.1.key', 'The purpose "clicks" is there twice.'],
    ],
    ['a purpose called __proto__', { purposes: [{ key: '__proto__' }] }, ['purposes.0.key', keyRule]],
    [
      'a purpose of an unknown kind',
      { purposes: [{ key: 'offers', kind: 'spam', title: 'x', text: 'x' }] },
      ['purposes.0.kind', 'It must be one of mail, measure, data.'],
    ],
    [
      'a newsletter that measures',
      { purposes: [{ key: 'newsletter', kind: 'measure' }] },
      ['purposes.0.kind', 'The purpose "newsletter" is of kind mail.'],
    ],
    ['a field without a purpose', field({ purpose: undefined }), ['fields.0.purpose', isText]],
    [
      'a field of a purpose that is not there',
      field({ purpose: 'profiling' }),
      ['fields.0.purpose', 'A field needs a purpose of this list; there is no purpose "profiling".'],
    ],
    [
      'a field both protected and filterable',
      field({ protected: true, filterable: true }),
      [
        'fields.0.filterable',
        'A protected field is stored as ciphertext and cannot be filterable; choose one of the two.',
      ],
    ],
    [
      'a protected number',
      field({ type: 'number', protected: true }),
      ['fields.0.protected', 'Only text can be protected.'],
    ],
    [
      'a choice of one',
      field({ type: 'choice', options: ['a'] }),
      ['fields.0.options', 'A choice needs two options or more.'],
    ],
    ['options of a text', field({ options: ['a', 'b'] }), ['fields.0.options', 'Only a choice has options.']],
    [
      'an option without its label in every language',
      {
        locales: ['en', 'pl'],
        ...field({ type: 'choice', options: [{ value: 'a', label: { en: 'A' } }, 'b'] }),
      },
      ['fields.0.options.0.label', lacks('pl')],
    ],
    [
      'a number among the options',
      field({ type: 'choice', options: [1, 'b'] }),
      ['fields.0.options.0', 'It must be one line of text, or an object with value and label.'],
    ],
    [
      'a box that must be ticked',
      field({ type: 'boolean', required: true }),
      ['fields.0.required', 'A box cannot be required: leaving it empty is an answer too.'],
    ],
    [
      'a field that forces a consent',
      field({ purpose: 'offers', required: true }),
      [
        'fields.0.required',
        'A field of an optional purpose cannot be required: nobody may be made to agree.',
      ],
    ],
    [
      'a field without its label in every language',
      { locales: ['en', 'ru'], ...field({ label: { en: 'x' } }) },
      ['fields.0.label', lacks('ru')],
    ],
    [
      'a field called email',
      field({ key: 'email' }),
      ['fields.0.key', '"email" is a name the form uses itself.'],
    ],
    ['a field called __proto__', field({ key: '__proto__' }), ['fields.0.key', keyRule]],
    [
      'an unknown type',
      field({ type: 'file' }),
      ['fields.0.type', 'It must be one of text, number, boolean, date, choice.'],
    ],
    [
      'an unknown basis',
      field({ legal_basis: 'because' }),
      ['fields.0.legal_basis', expect.stringContaining('consent, contract')],
    ],
    ['a word for yes', field({ required: 'yes' }), ['fields.0.required', 'It must be true or false.']],
    ['a field with one thing more', field({ max: 3 }), ['fields.0.max', noField('max')]],
    [
      'a field twice',
      { fields: Array(2).fill({ key: 'city', label: 'City', purpose: 'newsletter' }) },
      ['fields.1.key', 'The field "city" is there twice.'],
    ],
    [
      '51 fields',
      { fields: Array(51).fill({ key: 'a', label: 'a', purpose: 'newsletter' }) },
      ['fields', 'It must have at most 50 fields.'],
    ],
    [
      'an unknown way to confirm',
      { confirm: { mode: 'none' } },
      ['confirm.mode', 'It must be button or code.'],
    ],
    ['an hour to confirm', { confirm: { ttl_hours: 1 } }, ['confirm.ttl_hours', 'It must be at least 24.']],
    [
      'half an hour to confirm',
      { confirm: { ttl_hours: 24.5 } },
      ['confirm.ttl_hours', 'It must be whole hours.'],
    ],
    ['an age below none', { minimum_age: -1 }, ['minimum_age', 'It must be at least 0.']],
    ['an unknown grade', { minimum_grade: 'E' }, ['minimum_grade', 'It must be A, B, C or D.']],
    [
      'an unknown way to keep addresses',
      { ip_storage: 'all' },
      ['ip_storage', 'It must be none, truncated or full.'],
    ],
    [
      'no retention',
      { retention: { evidence_years: 0 } },
      ['retention.evidence_years', 'It must be at least 1.'],
    ],
    [
      'a text for years',
      { retention: { evidence_years: '3' } },
      ['retention.evidence_years', 'It must be a number.'],
    ],
    [
      'an unknown way to measure',
      { tracking: 'all' },
      ['tracking', 'It must be none, aggregate or individual.'],
    ],
    [
      'a colour in words',
      { brand: { color: 'red' } },
      ['brand.color', 'It must be a colour such as #1a5f7a.'],
    ],
    [
      'a colour with a rule',
      { brand: { color: '#1a5f7a;}' } },
      ['brand.color', 'It must be a colour such as #1a5f7a.'],
    ],
    ['a logo', { brand: { logo: 'x' } }, ['brand.logo', 'It must be null; logos are not available yet.']],
    ['a setting nobody knows', { owner: 'me' }, ['owner', noField('owner')]],
  ]

  it.each(named(rows))('are refused with $what', async ({ sent, faults }) => {
    const settings = { ...listSettings, slug: 'new', ...sent }
    const answer = await refused('POST', '/lists', settings)
    expectFaults(answer, ...faults)
  })

  it('are named one by one where all are missing', async () => {
    expectFaults(
      await refused('POST', '/lists', {}),
      ['slug', isText],
      ['name', isText],
      ['sender', missing],
      ['controller', missing],
    )
  })

  it('do not take a slug that is in use', async () => {
    const answer = await refused('POST', '/lists', { ...listSettings, slug: 'weekly' })
    expect(answer.body).toMatchObject({
      status: 409,
      code: 'conflict',
      title: 'A list with the slug "weekly" already exists. Choose another.',
      errors: [{ path: 'slug', message: 'This slug is taken.' }],
    })
    expect(await refused('PATCH', '/lists/letter', { slug: 'weekly' })).toMatchObject({ status: 409 })
  })

  const changes: readonly Row<object>[] = [
    [
      'a purpose less',
      { purposes: [{ key: 'clicks' }] },
      ['purposes', 'The purpose "offers" cannot be removed: people have already been asked for it.'],
    ],
    [
      'a purpose of another kind',
      { purposes: [{ key: 'clicks', kind: 'mail' }, listSettings.purposes[1]] },
      ['purposes', 'The kind of the purpose "clicks" cannot change.'],
    ],
    [
      'a field of another type',
      { fields: [{ key: 'shoe', type: 'text', label: 'Shoe', purpose: 'newsletter' }] },
      ['fields', 'The type and protection of the field "shoe" cannot change.'],
    ],
    ['an id', { id: 'x' }, ['id', noField('id')]],
    ['null for a name', { name: null }, ['name', isText]],
  ]

  it.each(named(changes))('cannot be changed to $what', async ({ sent, faults }) => {
    expectFaults(await refused('PATCH', '/lists/letter', sent), ...faults)
  })
})

describe('the filter of a segment', () => {
  const deep = Array.from({ length: 9 }).reduce<unknown>((inner) => ({ all: [inner] }), { tag: 'x' })
  const shape = 'A condition is an object such as {"tag":"vip"}.'
  const rows: readonly Row<unknown>[] = [
    ['null', null, ['', shape]],
    ['a word', 'everyone', ['', shape]],
    ['a list', [{ tag: 'vip' }], ['', shape]],
    [
      'an unknown condition',
      { starsign: 'leo' },
      ['starsign', 'There is no "starsign" here.'],
      ['', expect.stringContaining('A condition has one of all, any, not, field')],
    ],
    [
      'two conditions in one',
      { tag: 'a', locale: 'pl' },
      ['', expect.stringContaining('join several with all or any')],
    ],
    ['a group that is none', { all: {} }, ['all', 'It must be a list of conditions.']],
    [
      'a mistake deep inside',
      { all: [{ not: { locale: 'de' } }] },
      ['all.0.not.locale', 'It must be one of en, pl, sv, ru.'],
    ],
    [
      'a field of another list',
      { field: 'city', is: 'x' },
      ['field', 'There is no field "city" on this list.'],
    ],
    [
      'a field called __proto__',
      { field: '__proto__', exists: true },
      ['field', 'There is no field "__proto__" on this list.'],
    ],
    [
      'a protected field',
      { field: 'first_name', is: 'Anna' },
      ['is', '"first_name" is protected: it is kept as ciphertext, and only exists can be asked of it.'],
    ],
    [
      'an operator of another type',
      { field: 'country', gt: 'PL' },
      ['gt', 'A field of type choice is asked with is, is_not, in, exists.'],
    ],
    ['an answer that is not offered', { field: 'country', is: 'DE' }, ['is', 'It must be one of PL, SE.']],
    ['a word for a number', { field: 'shoe', is: 'x' }, ['is', 'It must be a number.']],
    [
      'two operators',
      { field: 'shoe', gt: 1, lt: 3 },
      ['field', expect.stringContaining('with exactly one of')],
    ],
    ['101 values', { field: 'shoe', in: Array(101).fill(1) }, ['in', 'It must have at most 100 values.']],
    ['NUL in a tag', { tag: 'a\0' }, ['tag', 'It must be valid Unicode without NUL.']],
    ['an unknown grade', { grade: 'Z' }, ['grade', 'It must be one of A, B, C, D.']],
    ['an unknown mailbox', { mailbox: 'pigeon' }, ['mailbox', expect.stringContaining('gmail')]],
    ['a purpose no key can be', { purpose: 'Clicks!' }, ['purpose', keyRule]],
    ['no bound in time', { confirmed: {} }, ['confirmed', 'It must have before, after or within_days.']],
    ['a campaign by name', { received: 'June' }, ['received', 'It must be an id.']],
    [
      'nine groups',
      deep,
      [expect.stringMatching(/^all(\.0\.all){8}$/), 'Groups (all, any, not) nest at most 8 deep.'],
    ],
    [
      '101 nodes',
      { any: Array(101).fill({ tag: 'x' }) },
      ['', 'A filter has at most 100 groups and conditions.'],
    ],
  ]

  it.each(named(rows))(
    'is refused with $what, saved, changed, counted or searched by',
    async ({ sent: filter, faults }) => {
      expectFaults(await refused('POST', '/segments', { name: 'x', list: 'letter', filter }), ...faults)
      expectFaults(await refused('PATCH', `/segments/${segment}`, { filter }), ...faults)
      expectFaults(await refused('POST', '/segments/preview', { list: 'letter', filter }), ...faults)
      expectFaults(await refused('POST', '/subscribers/search', { list: 'letter', filter }), ...faults)
    },
  )

  it('is needed, and so are a name and a list', async () => {
    expectFaults(
      await refused('POST', '/segments', {}),
      ['name', isText],
      ['list', missing],
      ['filter', missing],
    )
    expectFaults(await refused('POST', '/segments/preview', { list: 5, filter: {} }), ['list', isText])
  })
})

describe('the words of a campaign', () => {
  const draft = { list: 'letter', subject: 'June', content: { format: 'markdown', body: 'Hello' } }
  const body = (text: string) => ({ content: { format: 'markdown', body: text } })
  const noSuch = (key: string) =>
    `There is no field "${key}". Known fields: email, first_name, country, shoe.`
  const rows: readonly Row<object>[] = [
    ['no subject', { subject: ' ' }, ['subject', 'It needs a subject.']],
    ['a subject of 251', { subject: 'x'.repeat(251) }, ['subject', 'It must have at most 250 characters.']],
    ['a number for a subject', { subject: 5 }, ['subject', isText]],
    ['half a character', { subject: '\ud800' }, ['subject', 'It must be valid Unicode.']],
    ['an unknown field', { subject: '{{ subscriber.surname }}' }, ['subject', noSuch('surname')]],
    ['the field __proto__', { preheader: '{{ subscriber.__proto__ }}' }, ['preheader', noSuch('__proto__')]],
    [
      'the field constructor',
      { subject: '{{ subscriber.constructor }}' },
      ['subject', noSuch('constructor')],
    ],
    [
      'an unknown root',
      { subject: '{{ process.env }}' },
      ['subject', expect.stringContaining('There is no "process.env".')],
    ],
    [
      'an unknown tag, by its line',
      body('Hello\n{% include "secret" %}'),
      ['content.body', expect.stringContaining('Line 2: There is no tag "include".')],
    ],
    [
      'an unknown filter',
      body('{{ list.name | sample }}'),
      ['content.body', expect.stringContaining('Line 1: There is no filter "sample".')],
    ],
    ['braces that never close', { subject: '{{ x' }, ['subject', '"{{" is never closed.']],
    [
      'a block that never ends',
      body('{% if subscriber.country == "PL" %}x'),
      ['content.body', 'Line 1: "if" is never closed; it ends with {% endif %}.'],
    ],
    [
      'a link that runs',
      body('[x](javascript:alert(1))'),
      ['content.body', expect.stringContaining('must begin with https://')],
    ],
    ['200 001 characters', body('x'.repeat(200_001)), ['content.body', 'It must have at most 200 kB.']],
    ['NUL', body('a\0'), ['content.body', 'It must not hold control characters.']],
    [
      'an unknown format',
      { content: { format: 'pdf', body: 'x' } },
      ['content.format', 'It must be one of markdown, html, mjml, blocks.'],
    ],
    ['a word for content', { content: 'x' }, ['content', 'It must be an object.']],
    ['no content', { content: undefined }, ['content', missing]],
    [
      'an unknown purpose',
      { purpose: 'profiling' },
      ['purpose', 'This list has no purpose "profiling" of kind mail.'],
    ],
    [
      'a purpose that measures',
      { purpose: 'clicks' },
      ['purpose', 'This list has no purpose "clicks" of kind mail.'],
    ],
    ['a purpose called __proto__', { purpose: '__proto__' }, ['purpose', keyRule]],
    ['a segment by name', { segment: 'Swedes' }, ['segment', 'It must be an id.']],
    [
      'a segment that is not there',
      { segment: '019e8269-4e80-7ef9-a8e3-baa7ee241d55' },
      ['segment', 'This list has no such segment.'],
    ],
    [
      'an unknown way to measure',
      { tracking: 'all' },
      ['tracking', 'It must be none, aggregate or individual.'],
    ],
    ['a state', { state: 'sent' }, ['state', noField('state')]],
  ]

  it.each(named(rows))('are refused with $what, when made and when changed', async ({ sent, faults }) => {
    expectFaults(await refused('POST', '/campaigns', { ...draft, ...sent }), ...faults)
    const isLeftOut = Object.values(sent).includes(undefined)
    if (!isLeftOut) expectFaults(await refused('PATCH', `/campaigns/${campaign}`, sent), ...faults)
  })

  it('belong to one list, for good, and not to the segment of another', async () => {
    expectFaults(await refused('PATCH', `/campaigns/${campaign}`, { list: 'weekly' }), [
      'list',
      noField('list'),
    ])
    expectFaults(await refused('POST', '/campaigns', { ...draft, list: 'weekly', segment }), [
      'segment',
      'This list has no such segment.',
    ])
    expectFaults(await refused('POST', '/campaigns', { ...draft, list: undefined }), [
      'list',
      'It must be the slug or id of a list.',
    ])
  })
})

describe('what is done to a campaign', () => {
  const on = (path: string) => `/campaigns/${campaign}${path}`
  const nobody =
    'Nobody would get this campaign: nobody in the segment has a consent in force for its purpose.'

  it('is refused where its segment is empty', async () => {
    await house.api('PATCH', on(''), { segment })
    const answer = await refused('POST', on('/launch'))
    expectFaults(answer, ['segment', nobody])
    expect(at(answer.body, 'title')).toBe(nobody)
    await house.api('PATCH', on(''), { segment: null })
  })

  it.each(['pause', 'resume'])('is refused where a draft cannot: %s', async (verb) => {
    expect((await refused('POST', on(`/${verb}`))).body).toMatchObject({
      status: 409,
      code: 'conflict',
      title: 'This campaign is draft; that cannot be done to it now.',
    })
  })

  const calls: readonly Row<object>[] = [
    ['/schedule', {}, ['at', 'It must be a time such as 2026-11-22T08:00:00Z.']],
    ['/schedule', { at: 'tomorrow' }, ['at', 'It must be a time such as 2026-11-22T08:00:00Z.']],
    ['/schedule', { at: '2026-06-01' }, ['at', 'It must be a time such as 2026-11-22T08:00:00Z.']],
    [
      '/schedule',
      { at: '2020-01-01T00:00:00Z' },
      ['at', 'This time is in the past. Launch now, or choose a later time.'],
    ],
    ['/schedule', { at: '9999-12-31T23:59:59-23:59' }, ['at', 'It must be between 1970 and 9998.']],
    ['/schedule', { at: '2027-01-01T00:00:00Z', zone: 'x' }, ['zone', noField('zone')]],
    ['/test', {}, ['to', 'It must be an email address.']],
    ['/test', { to: 'news@brand.example\r\nBcc: eve@example.com' }, ['to', address]],
    ['/test', { to: 'anna@example.pl' }, ['to', expect.stringContaining('A test can only go to operators')]],
    ['/launch', { at: 'once' }, ['at', noField('at')]],
    ['/cancel', { reason: 'x' }, ['reason', noField('reason')]],
  ]

  it.each(named(calls))('is refused: $what $sent', async ({ what, sent, faults }) => {
    expectFaults(await refused('POST', on(what), sent), ...faults)
  })

  it('takes an empty object for no body at all', async () => {
    expect((await refused('POST', on('/pause'), {})).status).toBe(409)
  })
})

describe('what is asked of people', () => {
  const searches: readonly Row<object>[] = [
    ['nothing', {}, ['', 'It must be {email} or {list, state, filter}.']],
    [
      'two things at once',
      { email: 'a@b.pl', list: 'letter' },
      ['', 'It must be {email} or {list, state, filter}.'],
    ],
    ['a word for an address', { email: 'anna' }, ['email', 'This is not an email address.']],
  ]

  it.each(named(searches))('is refused in a search: $what', async ({ sent, faults }) => {
    expectFaults(await refused('POST', '/subscribers/search', sent), ...faults)
  })

  const at0 = 'subscriptions.0'
  const onLetter = (change: object) => ({ subscriptions: [{ list: 'letter', ...change }] })
  const noSuchField = (key: string): string => `There is no field "${key}" on this list.`
  const ofAList = 'It belongs to a list: send subscriptions:[{"list":"…","fields":{…},"tags":[…]}].'
  const changes: readonly Row<object>[] = [
    ['an address', { email: 'eve@example.com' }, ['email', noField('email')]],
    ['an unknown language', { locale: 'de' }, ['locale', 'It must be one of en, pl, sv, ru.']],
    [
      'an unknown field',
      onLetter({ fields: { surname: 'x' } }),
      [`${at0}.fields.surname`, noSuchField('surname')],
    ],
    [
      'a field called constructor',
      onLetter({ fields: { constructor: 'x' } }),
      [`${at0}.fields.constructor`, noSuchField('constructor')],
    ],
    [
      'a word for a number',
      onLetter({ fields: { shoe: 'x' } }),
      [`${at0}.fields.shoe`, 'This is not a valid number.'],
    ],
    [
      'an answer that is not offered',
      onLetter({ fields: { country: 'DE' } }),
      [`${at0}.fields.country`, 'This is not a valid choice.'],
    ],
    [
      'a list for a value',
      onLetter({ fields: { shoe: [1] } }),
      [`${at0}.fields.shoe`, 'It must be a text, a number, true, false or null.'],
    ],
    ['a word for tags', onLetter({ tags: 'vip' }), [`${at0}.tags`, 'It must be a list.']],
    ['101 tags', onLetter({ tags: Array(101).fill('x') }), [`${at0}.tags`, 'It must have at most 100 tags.']],
    ['an empty tag', onLetter({ tags: [''] }), [`${at0}.tags.0`, 'It must not be empty.']],
    ['a value for no list', { fields: { shoe: 44 } }, ['fields', ofAList]],
    ['a tag for no list', { tags: ['vip'] }, ['tags', ofAList]],
    [
      'a value for a list they are not on',
      { subscriptions: [{ list: 'weekly', tags: ['vip'] }] },
      [`${at0}.list`, 'This person has no subscription to this list.'],
    ],
    [
      'a value for a list that is not there',
      { subscriptions: [{ list: 'nowhere', tags: ['vip'] }] },
      [`${at0}.list`, 'There is no list with this slug or id.'],
    ],
    [
      'one list twice',
      { subscriptions: [{ list: 'letter' }, { list: 'letter', tags: [] }] },
      ['subscriptions.1.list', 'This list is there twice.'],
    ],
    ['a change without its list', { subscriptions: [{ tags: [] }] }, [`${at0}.list`, 'It is missing.']],
  ]

  it.each(named(changes))('is refused in a change: $what', async ({ sent, faults }) => {
    expectFaults(await refused('PATCH', `/subscribers/${person}`, sent), ...faults)
  })

  it('is refused without a reason, or for a list they were never on', async () => {
    const path = `/subscribers/${person}/evidence`
    expectFaults(await refused('POST', path, { list: 'letter' }), ['reason', isText])
    const answer = await refused('POST', path, { list: 'weekly', reason: 'a question' })
    expect(answer.body).toMatchObject({ status: 404, title: 'This person was never on that list.' })
  })

  const signUps: readonly Row<object>[] = [
    [
      'nothing',
      {},
      ['list', 'It must be the slug or id of a list.'],
      ['email', 'It must be an email address.'],
    ],
    ['a number for an address', { list: 'letter', email: 5 }, ['email', 'It must be an email address.']],
    [
      'a word for purposes',
      { list: 'letter', email: 'a@b.pl', purposes: 'clicks' },
      ['purposes', 'It must be a list.'],
    ],
    [
      '51 purposes',
      { list: 'letter', email: 'a@b.pl', purposes: Array(51).fill('clicks') },
      ['purposes', 'It must have at most 50 entries.'],
    ],
    [
      'an object for a value',
      { list: 'letter', email: 'a@b.pl', fields: { shoe: {} } },
      ['fields.shoe', 'It must be a text, a number, true, false or null.'],
    ],
    [
      'an unknown language',
      { list: 'letter', email: 'a@b.pl', locale: 'de' },
      ['locale', 'This form is not available in that language.'],
    ],
    [
      'a long source',
      { list: 'letter', email: 'a@b.pl', source: 'x'.repeat(201) },
      ['source', 'It must have at most 200 characters.'],
    ],
    [
      'one thing more',
      { list: 'letter', email: 'a@b.pl', confirmed: true },
      ['confirmed', noField('confirmed')],
    ],
  ]

  it.each(named(signUps))('is refused in a sign-up: $what', async ({ sent, faults }) => {
    expectFaults(await refused('POST', '/signups', sent), ...faults)
  })
})

describe('a hostile text in a field of one line', () => {
  const hostile: readonly (readonly [string, string, RegExp])[] = [
    [
      'a line end',
      'Anna\r\nBcc: eve@example.com',
      /one line|control characters|an email address|not a valid text/,
    ],
    [
      'NUL',
      'An\0na',
      /one line|control characters|an email address|valid Unicode without NUL|not a valid text/,
    ],
    ['a direction override', 'An\u202ena', /one line|control characters|an email address|not a valid text/],
    [
      'half a character',
      'An\ud800na',
      /valid Unicode|one line of text|a text, or an object|an email address|not a valid text/,
    ],
  ]
  const list = (change: object) => ['POST', '/lists', { ...listSettings, slug: 'new', ...change }] as const
  const correct = (change: object) =>
    ['PATCH', `/subscribers/${person}`, { subscriptions: [{ list: 'letter', ...change }] }] as const
  const { sender, controller } = listSettings
  const places: readonly (readonly [
    string,
    (typed: string) => readonly [method: string, path: string, body: unknown],
  ])[] = [
    ['name', (typed) => list({ name: typed })],
    ['description', (typed) => list({ description: typed })],
    ['sender.name', (typed) => list({ sender: { ...sender, name: typed } })],
    ['sender.email', (typed) => list({ sender: { ...sender, email: `${typed}@brand.example` } })],
    ['sender.reply_to', (typed) => list({ sender: { ...sender, reply_to: `${typed}@brand.example` } })],
    ['controller.name', (typed) => list({ controller: { ...controller, name: typed } })],
    [
      'controller.contact_email',
      (typed) => list({ controller: { ...controller, contact_email: `a@${typed}.pl` } }),
    ],
    ['controller.dpo_email', (typed) => list({ controller: { ...controller, dpo_email: `a@${typed}.pl` } })],
    ['controller.authority', (typed) => list({ controller: { ...controller, authority: typed } })],
    ['recipients.0.name', (typed) => list({ recipients: [{ name: typed, role: 'a', country: 'b' }] })],
    ['recipients.0.role', (typed) => list({ recipients: [{ name: 'a', role: typed, country: 'b' }] })],
    ['recipients.0.country', (typed) => list({ recipients: [{ name: 'a', role: 'b', country: typed }] })],
    [
      'recipients.0.safeguard',
      (typed) => list({ recipients: [{ name: 'a', role: 'b', country: 'c', safeguard: typed }] }),
    ],
    ['purposes.0.title', (typed) => list({ purposes: [{ key: 'a', title: typed, text: 'b' }] })],
    ['purposes.0.text', (typed) => list({ purposes: [{ key: 'a', title: 'b', text: typed }] })],
    ['fields.0.label', (typed) => list({ fields: [{ key: 'a', label: typed, purpose: 'newsletter' }] })],
    ['name', (typed) => ['POST', '/segments', { name: typed, list: 'letter', filter: { all: [] } }]],
    ['tag', (typed) => ['POST', '/segments', { name: 'x', list: 'letter', filter: { tag: typed } }]],
    ['subject', (typed) => ['PATCH', `/campaigns/${campaign}`, { subject: typed }]],
    ['preheader', (typed) => ['PATCH', `/campaigns/${campaign}`, { preheader: typed }]],
    ['to', (typed) => ['POST', `/campaigns/${campaign}/test`, { to: `${typed}@brand.example` }]],
    ['subscriptions.0.tags.0', (typed) => correct({ tags: [typed] })],
    ['subscriptions.0.fields.first_name', (typed) => correct({ fields: { first_name: typed } })],
    ['reason', (typed) => ['POST', `/subscribers/${person}/evidence`, { list: 'letter', reason: typed }]],
    ['source', (typed) => ['POST', '/signups', { list: 'letter', email: 'eve@example.com', source: typed }]],
  ]
  /** Text that operators compare by eye in a filter or read in their own inbox may hold line ends and overrides. */
  const taken = [
    'tag a line end',
    'tag a direction override',
    'subject a direction override',
    'preheader a direction override',
  ]

  it.each(places)('%s is refused there, whatever it is', async (path, make) => {
    for (const [what, typed, says] of hostile) {
      if (taken.includes(`${path} ${what}`)) continue
      const answer = await refused(...make(typed))
      expect([what, answer.status]).toEqual([what, 422])
      expect(text(answer.body, 'errors', 0, 'path')).toBe(path)
      expect(text(answer.body, 'errors', 0, 'message')).toMatch(says)
    }
  })

  it.each(['/lists/%s', '/segments/%s', '/campaigns/%s', '/subscribers/%s', '/subscribers/%s/consents'])(
    'is nothing that GET %s could find',
    async (path) => {
      for (const name of ['%00', 'a%0d%0ab', '%F0%28%8C%28', '__proto__', 'x'.repeat(3000)]) {
        const answer = await refused('GET', path.replace('%s', name))
        expect([answer.status, at(answer.body, 'code')]).toEqual([404, 'not_found'])
      }
    },
  )

  it.each([
    ['POST', '/segments', { name: 'x', filter: { all: [] } }],
    ['POST', '/segments/preview', { filter: { all: [] } }],
    ['POST', '/campaigns', { subject: 'x', content: { format: 'markdown', body: 'x' } }],
    ['POST', '/campaigns/preview', { subject: 'x', content: { format: 'markdown', body: 'x' } }],
    ['POST', '/signups', { email: 'anna@example.pl' }],
    ['POST', '/subscribers/search', {}],
  ])('names no list: %s %s', async (method, path, body) => {
    for (const list of ['nowhere', 'a\0b', '__proto__', '']) {
      const answer = await refused(method, path, { ...body, list })
      expect(answer.body).toMatchObject({ status: 404, code: 'not_found', title: 'There is no such list.' })
    }
  })
})

describe('a key named __proto__', () => {
  it.each([
    ['/lists', `${JSON.stringify({ ...listSettings, slug: 'new' }).slice(0, -1)},"__proto__":{"name":"x"}}`],
    ['/signups', '{"list":"letter","email":"a@b.pl","fields":{"__proto__":"x"}}'],
    ['/signups', '{"list":"letter","email":"a@b.pl","__proto__":{"x":1}}'],
    ['/signups', '{"list":"letter","email":"a@b.pl","\\u005f_proto__":{"x":1}}'],
    ['/segments', '{"name":"x","list":"letter","filter":{"all":[],"__proto__":1}}'],
    ['/subscribers/search', '{"email":"a@b.pl","__proto__":{}}'],
  ])('is refused like any unknown one: %s %s', async (path, body) => {
    const answer = await withoutATrace(() => raw('POST', path, { body }))
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({
      code: 'invalid',
      errors: [{ path: '__proto__', message: 'There is no setting "__proto__" here.' }],
    })
  })
})

const raw = (
  method: string,
  path: string,
  init: { body?: string; type?: string; key?: string; headers?: Record<string, string> } = {},
): Promise<Response> =>
  house.request(`/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${init.key ?? ownerKey}`,
      'content-type': init.type ?? 'application/json',
      ...init.headers,
    },
    ...(init.body === undefined ? {} : { body: init.body }),
  })

describe('a body that is no JSON', () => {
  it.each([
    ['nothing', '', 400, 'malformed', 'The body is not JSON.'],
    ['half an object', '{"slug":', 400, 'malformed', 'The body is not JSON.'],
    ['a form', 'slug=x', 400, 'malformed', 'The body is not JSON.'],
    ['a list', '[]', 422, 'invalid', 'The body is not valid.'],
    ['null', 'null', 422, 'invalid', 'The body is not valid.'],
    [
      'a megabyte',
      `{"slug":"${'x'.repeat(1024 * 1024)}"}`,
      413,
      'too_large',
      'The body is larger than this address takes.',
    ],
  ])('is refused: %s', async (_, body, status, code, title) => {
    for (const path of ['/lists', '/signups', '/segments', '/campaigns']) {
      const answer = await withoutATrace(() => raw('POST', path, { body }))
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(await answer.json()).toMatchObject({ status, code, title })
    }
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonp',
    '',
  ])('is refused by its type: %j', async (type) => {
    const answer = await withoutATrace(() => raw('POST', '/lists', { body: '{}', type }))
    expect(await answer.json()).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
      title: 'Send the body as application/json.',
    })
  })

  it('may name its character set', async () => {
    const answer = await raw('POST', '/lists', { body: '{}', type: 'Application/JSON; charset=utf-8' })
    expect(answer.status).toBe(422)
  })
})

describe('a page of a collection', () => {
  const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const collections = ['/lists', '/segments', '/campaigns', '/subscribers'].map((path) => [path] as const)
  const all = [...collections, ['recipients'], ['consents']] as const
  const pathOf = (name: string) =>
    name === 'recipients'
      ? `/campaigns/${campaign}/recipients`
      : name === 'consents'
        ? `/subscribers/${person}/consents`
        : name

  it.each(all)('has 1 to 200 rows: %s', async (name) => {
    for (const limit of ['0', '201', '-1', '1e2', '1.5', 'x', '', '%00', '99999999999']) {
      const answer = await refused('GET', `${pathOf(name)}?limit=${limit}`)
      expectFaults(answer, ['limit', 'The limit is a whole number from 1 to 200.'])
    }
    expect((await house.api('GET', `${pathOf(name)}?limit=200`)).status).toBe(200)
  })

  it.each(all)('begins where a cursor of ours says: %s', async (name) => {
    const foreign = [
      'x',
      '',
      '%00',
      '****',
      cursor('x'),
      cursor(1.5),
      cursor(1e300),
      cursor([1]),
      cursor({}),
      cursor(null),
    ]
    for (const one of [
      ...foreign,
      cursor({ batch: 2 ** 40, number: 1 }),
      cursor({ batch: 1, number: 1, more: 1 }),
    ]) {
      const answer = await refused('GET', `${pathOf(name)}?cursor=${one}`)
      expectFaults(answer, ['cursor', 'The cursor is not one that we gave out.'])
    }
  })

  it('holds outcomes that exist', async () => {
    const answer = await refused('GET', `/campaigns/${campaign}/recipients?outcome=eaten`)
    expectFaults(answer, ['outcome', 'It is one of waiting, sent, skipped, rejected, unknown.'])
  })
})

describe('what is not built yet', () => {
  const tracking = { tracking: 'individual' }
  const html = (format: string) => ({ content: { format, body: 'x' } })
  const rows: readonly (readonly [string, string, string, unknown, string])[] = [
    ['measuring of a list (I8)', 'PATCH', '/lists/letter', { tracking: 'aggregate' }, 'tracking'],
    ['measuring of a new list', 'POST', '/lists', { ...listSettings, slug: 'new', ...tracking }, 'tracking'],
    ['measuring of a campaign', 'PATCH', '/campaigns/:id', tracking, 'tracking'],
    ['HTML', 'PATCH', '/campaigns/:id', html('html'), 'content.format'],
    ['MJML', 'PATCH', '/campaigns/:id', html('mjml'), 'content.format'],
    ['blocks', 'PATCH', '/campaigns/:id', html('blocks'), 'content.format'],
    [
      'a segment by clicks',
      'POST',
      '/segments',
      { name: 'x', list: 'letter', filter: { any: [{ clicked: { within_days: 90 } }] } },
      'any.0.clicked',
    ],
    ['the receipt', 'GET', '/subscribers/:person/receipt?list=letter', undefined, ''],
    ['erasure', 'DELETE', '/subscribers/:person', undefined, ''],
  ]

  it.each(rows)('says so instead of keeping silent: %s', async (_, method, path, body, place) => {
    const answer = await refused(method, path.replace(':id', campaign).replace(':person', person), body)
    expect(answer.status).toBe(422)
    const title = text(answer.body, 'title')
    expect(title).toMatch(/ not available yet\.$/)
    expect(answer.body).toMatchObject({
      code: 'not_available_yet',
      errors: [{ path: place, message: title }],
    })
  })
})

describe('an address of the API', () => {
  it.each([
    ['/lists', 'POST, GET, HEAD'],
    ['/lists/letter', 'GET, HEAD, PATCH'],
    ['/signups', 'POST'],
    ['/subscribers', 'GET, HEAD'],
    ['/subscribers/search', 'POST'],
    ['/segments/preview', 'POST'],
    ['/campaigns/x/launch', 'POST'],
    ['/suppressions', 'POST, GET, HEAD'],
    ['/audit', 'GET, HEAD'],
  ])('answers its methods only: %s', async (path, allowed) => {
    const others = ['POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => !allowed.includes(method))
    for (const method of path === '/subscribers/search' || path === '/segments/preview' ? ['PUT'] : others) {
      const answer = await withoutATrace(() => raw(method, path, { body: '{}' }))
      expect([answer.status, answer.headers.get('allow')], method).toEqual([405, allowed])
      expect(await answer.json()).toMatchObject({
        code: 'method_not_allowed',
        title: `This address answers ${allowed} only.`,
      })
    }
    const options = await house.request(`/api/v1${path}`, { method: 'OPTIONS' })
    expect([options.status, options.headers.get('allow'), await options.text()]).toEqual([204, allowed, ''])
  })

  it('answers HEAD as GET, without a body', async () => {
    const head = await house.request('/api/v1/lists', {
      method: 'HEAD',
      headers: { authorization: `Bearer ${ownerKey}` },
    })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect((await house.request('/api/v1/lists', { method: 'HEAD' })).status).toBe(401)
  })

  it.each(['/nothing', '/lists/letter/nothing', '', '/__proto__', '/%00'])(
    'that is not there says so: %s',
    async (path) => {
      const answer = await withoutATrace(() => raw('GET', path))
      expect(await answer.json()).toMatchObject({
        status: 404,
        code: 'not_found',
        title: 'There is nothing at this address.',
      })
    },
  )

  it('gives no browser of another site a way in', async () => {
    const answer = await house.request('/api/v1/lists', {
      headers: { authorization: `Bearer ${ownerKey}`, origin: 'https://evil.example' },
    })
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })
})
