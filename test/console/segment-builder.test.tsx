// view · the segment form keeps every filter of the grammar: filter to form, form as posted, and back to the same filter
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Builder, builderOf, changed, readBuilder } from '../../src/console/segments/builder.ts'
import { SegmentPage } from '../../src/console/segments/builder-view.tsx'
import { builderIn } from '../../src/console/segments/form-data.ts'
import { howsOf, plainKinds } from '../../src/console/segments/rows.ts'
import type { Field, FieldType, List } from '../../src/lists/list.ts'
import { conditionKinds, grades } from '../../src/segments/condition.ts'
import { type Filter, parseFilter } from '../../src/segments/filter.ts'
import { filterWords } from '../../src/segments/words.ts'
import { mailboxProviders } from '../../src/subscribers/mailbox-provider.ts'
import { formIn } from '../support/form.ts'

const field = (key: string, type: FieldType, more: Partial<Field> = {}): Field => ({
  key,
  type,
  label: { en: key },
  options: [],
  purpose: 'newsletter',
  legal_basis: 'consent',
  required: false,
  protected: false,
  filterable: true,
  sensitive: false,
  ...more,
})

const fields: readonly Field[] = [
  field('city', 'text', { label: { en: 'City' } }),
  field('country', 'choice', {
    label: { en: 'Country' },
    options: ['PL', 'SE', 'NO'].map((value) => ({ value, label: { en: value } })),
  }),
  field('age', 'number'),
  field('vegan', 'boolean'),
  field('since', 'date'),
  field('first_name', 'text', { protected: true, filterable: false }),
  field('shoe_size', 'number', { filterable: false }),
]

const list: List = {
  number: 1,
  id: '0193a8f0-0000-7ce1-8589-392cef22bc5c',
  slug: 'letter',
  name: 'Garden letter',
  description: '',
  default_locale: 'en',
  locales: ['en'],
  timezone: null,
  sender: { name: 'Brand', email: 'news@brand.example', reply_to: null },
  controller: {
    name: 'Brand AB',
    address: 'Storgatan 1',
    contact_email: 'privacy@brand.example',
    dpo_email: null,
    authority: null,
    representative: null,
    jurisdiction: 'SE',
  },
  recipients: [],
  purposes: [
    { key: 'newsletter', kind: 'mail', title: { en: 'Letter' }, text: { en: 'The letter.' } },
    { key: 'clicks', kind: 'measure', title: { en: 'Clicks' }, text: { en: 'Clicks.' } },
  ],
  fields,
  confirm: { mode: 'button', ttl_hours: 48 },
  minimum_age: 16,
  minimum_grade: 'C',
  ip_storage: 'none',
  retention: { evidence_years: 3, inactive_months: 24, deliveries_months: 12 },
  tracking: 'none',
  brand: { color: null, logo: null },
  notices: {},
  version: 1,
  createdAt: new Date('2026-01-01T00:00:00Z'),
  archivedAt: null,
}
const campaigns = [{ id: '0193a8f0-0000-7ce1-8589-392cef22bc5d', subject: 'June' }]

/** The fields a browser would post of the untouched form. */
function posted(builder: Builder): ReadonlyMap<string, readonly string[]> {
  const html = String(
    <SegmentPage
      frame={{ operator: { name: 'Eva', role: 'owner', timezone: 'UTC' }, sections: [] }}
      context={{ list, campaigns }}
      name="Any"
      version=""
      form={{ kind: 'rows', builder }}
      faults={[]}
      counted={null}
      mayWrite
      maySeePeople={false}
    />,
  )
  return formIn(html, 'form[data-segment]')
}

const line = fc
  .string({ unit: 'binary', maxLength: 40 })
  .map((text) => text.normalize('NFC').trim())
  .filter((text) => text !== '' && text.isWellFormed() && !/[\0\r\n]/.test(text))
const day = fc
  .date({ min: new Date('1971-01-01'), max: new Date('2400-01-01'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10))
const number = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((one) => one + 0)
const choice = fc.constantFrom('PL', 'SE', 'NO')
const many = <Value,>(value: fc.Arbitrary<Value>) => fc.array(value, { minLength: 1, maxLength: 4 })
const ask = (key: string, operator: string, value: fc.Arbitrary<unknown>) =>
  value.map((given): unknown => ({ field: key, [operator]: given }))
const ordered = (key: string, value: fc.Arbitrary<unknown>) =>
  ['gt', 'gte', 'lt', 'lte'].map((operator) => ask(key, operator, value))

/** Every condition that a row offers. */
const condition = fc.oneof(
  ask('city', 'is', line),
  ask('city', 'is_not', line),
  ask('city', 'contains', line),
  ask('city', 'in', many(line)),
  ask('country', 'is', choice),
  ask('country', 'is_not', choice),
  ask('country', 'in', fc.subarray(['PL', 'SE', 'NO'], { minLength: 1 })),
  ask('age', 'is', number),
  ask('age', 'is_not', number),
  ask('age', 'in', many(number)),
  ...ordered('age', number),
  ask('vegan', 'is', fc.boolean()),
  ask('vegan', 'is_not', fc.boolean()),
  ask('since', 'is', day),
  ask('since', 'is_not', day),
  ask('since', 'in', many(day)),
  ...ordered('since', day),
  ...fields.map(({ key }) => ask(key, 'exists', fc.boolean())),
  line.map((tag): unknown => ({ tag })),
  fc.constantFrom('en', 'pl', 'sv', 'ru').map((locale): unknown => ({ locale })),
  fc.constantFrom('newsletter', 'clicks', 'no_more').map((purpose): unknown => ({ purpose })),
  fc.constantFrom(...mailboxProviders).map((mailbox): unknown => ({ mailbox })),
  fc.constantFrom(...grades).map((grade): unknown => ({ grade })),
  fc.integer({ min: 1, max: 36_500 }).map((within_days): unknown => ({ confirmed: { within_days } })),
  day.map((before): unknown => ({ confirmed: { before } })),
  day.map((after): unknown => ({ confirmed: { after } })),
  fc.tuple(day, day).map(([after, before]): unknown => ({ confirmed: { after, before } })),
  fc.uuid().map((received): unknown => ({ received })),
)
const group = (part: fc.Arbitrary<unknown>) =>
  fc
    .tuple(fc.constantFrom('all', 'any'), fc.array(part, { maxLength: 5 }))
    .map(([join, parts]): unknown => ({ [join]: parts }))

const read = (input: unknown): Filter => {
  const parsed = parseFilter(input, fields)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed))
  return parsed.filter
}

describe('the form of a segment', () => {
  it('says the same filter again, by way of a browser, for everything that it offers', () => {
    fc.assert(
      fc.property(group(fc.oneof({ weight: 3, arbitrary: condition }, group(condition))), (input) => {
        const filter = read(input)
        const builder = builderOf(filter, fields)
        if (builder === null) throw new Error(`not shown: ${JSON.stringify(filter)}`)
        expect(readBuilder(builder, fields)).toEqual({ filter })
        expect(readBuilder(builderIn(posted(builder)), fields)).toEqual({ filter })
      }),
      { numRuns: 400 },
    )
  })

  it('shows a single condition as a group of one, which names the same people', () => {
    fc.assert(
      fc.property(condition, (input) => {
        const filter = read(input)
        const builder = builderOf(filter, fields)
        expect(builder === null ? null : readBuilder(builder, fields)).toEqual({ filter: { all: [filter] } })
      }),
      { numRuns: 100 },
    )
  })

  it('offers every kind of condition that is answered, and every operator of every field', () => {
    expect([...plainKinds, 'field', 'clicked'].sort()).toEqual([...conditionKinds].sort())
    expect(Object.keys(howsOf('field:city', fields))).toEqual([
      'is',
      'is_not',
      'in',
      'contains',
      'exists',
      'exists_not',
    ])
    expect(Object.keys(howsOf('field:age', fields))).toContain('gte')
    expect(Object.keys(howsOf('field:first_name', fields))).toEqual(['exists', 'exists_not'])
    expect(howsOf('clicked', fields)).toEqual({})
  })

  it.each<[string, unknown]>([
    ['what people are not', { not: { tag: 'vip' } }],
    ['a denial within', { all: [{ not: { tag: 'vip' } }] }],
    ['groups within groups within groups', { all: [{ any: [{ all: [{ tag: 'vip' }] }] }] }],
    ['a time within a day', { confirmed: { before: '2026-05-01T08:30:00Z' } }],
    ['days and a bound at once', { confirmed: { before: '2026-05-01', within_days: 30 } }],
    ['a text of several lines', { field: 'city', is: 'Lund\nSkåne' }],
  ])('never flattens in silence: %s stays JSON', (_, input) => {
    expect(builderOf(read(input), fields)).toBeNull()
  })
})

describe('what is typed', () => {
  const typed = (how: string, ...values: string[]): Builder => ({
    join: 'all',
    items: [
      { what: 'tag', how: 'is', values: ['vip'] },
      { join: 'any', rows: [{ what: 'field:age', how, values }] },
    ],
  })

  it('is told by row where it needs another look', () => {
    expect(readBuilder(typed('is', 'many'), fields)).toEqual({
      faults: [{ at: '1.0', message: 'It must be a number.' }],
    })
    expect(readBuilder(typed('in'), fields)).toEqual({
      faults: [{ at: '1.0', message: 'It needs a value.' }],
    })
    expect(readBuilder(typed('gte', '41,5'), fields)).toEqual({
      filter: { all: [{ tag: 'vip' }, { any: [{ field: 'age', gte: 41.5 }] }] },
    })
  })

  it('stays through adding and removing of rows and groups', () => {
    const begun = typed('is', 'many')
    const add = (builder: Builder, act: string, what = 'grade') =>
      changed(builder, { act, what: () => what, fields })
    const grown = add(add(add(begun, 'add'), 'add:1', 'field:city'), 'group')
    expect(grown.items).toEqual([
      ...begun.items.slice(0, 1),
      {
        join: 'any',
        rows: [
          { what: 'field:age', how: 'is', values: ['many'] },
          { what: 'field:city', how: 'is', values: [] },
        ],
      },
      { what: 'grade', how: 'is', values: [] },
      { join: 'any', rows: [] },
    ])
    expect(builderIn(posted(grown)).items).toHaveLength(4)
    expect(add(add(add(grown, 'remove:3'), 'remove:2'), 'remove:1.1')).toEqual(begun)
    expect(add(begun, 'add', 'clicked')).toEqual(begun)
  })
})

describe('a filter in words', () => {
  it.each<[unknown, string]>([
    [{ all: [] }, 'Everyone on Garden letter.'],
    [{ any: [] }, 'Nobody: “any” without conditions matches no one.'],
    [
      { all: [{ field: 'country', is: 'PL' }, { confirmed: { within_days: 30 } }] },
      'People on Garden letter whose country is PL and who confirmed in the last 30 days.',
    ],
    [
      { all: [{ locale: 'pl' }, { any: [{ tag: 'vip' }, { received: campaigns[0]?.id }] }] },
      'People on Garden letter whose language is Polish and (who have the tag “vip” or who were sent “June”).',
    ],
    [
      { not: { mailbox: 'gmail' } },
      'People on Garden letter who are not among those whose mailbox provider is Gmail.',
    ],
    [
      { all: [{ field: 'since', lt: '2026-05-01' }, { grade: 'B' }] },
      'People on Garden letter whose since is before 1 May 2026 and whose evidence grade is B or better.',
    ],
  ])('%j', (filter, words) => {
    expect(
      filterWords(read(filter), {
        list,
        campaigns: new Map(campaigns.map(({ id, subject }) => [id, subject])),
      }),
    ).toBe(words)
  })

  it('quotes a label that is a question of its own', () => {
    const asked = fields.map((field) => ({ ...field, label: { en: 'Where do you live?' } }))
    const words = filterWords(read({ field: 'country', is: 'PL' }), {
      list: { ...list, fields: asked },
      campaigns: new Map(),
    })
    expect(words).toBe('People on Garden letter whose answer to “Where do you live?” is PL.')
  })
})
