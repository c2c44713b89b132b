// pure · filters: accepted forms, words of each refusal, and no value ever in the SQL text
import { PgDialect } from 'drizzle-orm/pg-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Field, FieldType } from '../../src/lists/list.ts'
import { everyone, type Filter, namesIn, parseFilter } from '../../src/segments/filter.ts'
import { whereFilter } from '../../src/segments/where.ts'

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
  field('city', 'text', { purpose: 'local_news' }),
  field('country', 'choice', { options: ['PL', 'SE'].map((value) => ({ value, label: { en: value } })) }),
  field('age', 'number'),
  field('vegan', 'boolean'),
  field('since', 'date'),
  field('first_name', 'text', { protected: true, filterable: false }),
  field('shoe_size', 'number', { filterable: false }),
]

const campaign = '0193a8f0-0000-7ce1-8589-392cef22bc5c'
const parse = (input: unknown) => parseFilter(input, fields)

/** `path: message` for each wrong place. */
const faultsOf = (input: unknown): readonly string[] => {
  const outcome = parse(input)
  return 'faults' in outcome
    ? outcome.faults.map(({ path, message }) => `${path}: ${message}`)
    : [JSON.stringify(outcome)]
}

const taken = (input: unknown): Filter => {
  const outcome = parse(input)
  if (!outcome.ok) throw new Error(JSON.stringify(outcome))
  return outcome.filter
}

const nested = (depth: number, inner: unknown = { tag: 'vip' }): unknown =>
  Array.from({ length: depth }).reduce<unknown>(
    (filter, _, at) => (at % 2 === 0 ? { not: filter } : { all: [filter] }),
    inner,
  )

describe('a filter', () => {
  it.each<[string, Filter]>([
    ['everyone', { all: [] }],
    ['nobody', { any: [] }],
    ['groups', { all: [{ any: [{ tag: 'vip' }, { not: { locale: 'pl' } }] }, { all: [] }] }],
    [
      'text',
      {
        all: [
          { field: 'city', is: 'Łódź' },
          { field: 'city', is_not: 'Kraków' },
          { field: 'city', in: ['a', 'b'] },
        ],
      },
    ],
    ['part of a text', { field: 'city', contains: '50%_\\' }],
    [
      'a choice',
      {
        any: [
          { field: 'country', is: 'PL' },
          { field: 'country', in: ['PL', 'SE'] },
        ],
      },
    ],
    [
      'a number',
      {
        all: [
          { field: 'age', gt: 17.5 },
          { field: 'age', lte: 99 },
          { field: 'age', in: [1, 2] },
        ],
      },
    ],
    [
      'a day',
      {
        all: [
          { field: 'since', gte: '2024-02-29' },
          { field: 'since', lt: '2026-11-22' },
        ],
      },
    ],
    [
      'yes or no',
      {
        all: [
          { field: 'vegan', is: true },
          { field: 'vegan', is_not: false },
        ],
      },
    ],
    [
      'existence of anything',
      { all: ['city', 'first_name', 'shoe_size'].map((one) => ({ field: one, exists: true })) },
    ],
    ['tags, locales, purposes', { all: [{ tag: 'VIP – Gdańsk' }, { locale: 'ru' }, { purpose: 'clicks' }] }],
    ['mailbox and grade', { all: [{ mailbox: 'wp' }, { grade: 'B' }] }],
    ['confirmed', { confirmed: { within_days: 30 } }],
    ['received', { received: campaign }],
    ['a hundred nodes', { all: Array.from({ length: 99 }, () => ({ tag: 'vip' })) }],
    ['a hundred values', { field: 'city', in: Array.from({ length: 100 }, (_, at) => `city ${at}`) }],
  ])('takes %s as written, and again what it took', (_, filter) => {
    expect(taken(JSON.parse(JSON.stringify(filter)))).toEqual(filter)
    expect(taken(taken(filter))).toEqual(filter)
  })

  it('takes eight groups within each other, and a condition inside', () => {
    expect(parse(nested(8)).ok).toBe(true)
    expect(faultsOf(nested(9)).join()).toContain('Groups (all, any, not) nest at most 8 deep.')
  })

  it('brings values into the form in which they are kept', () => {
    expect(taken({ field: 'city', is: '  Ło\u0301dz\u0301 ' })).toEqual({ field: 'city', is: 'Łódź' })
    expect(taken({ received: campaign.toUpperCase() })).toEqual({ received: campaign })
    expect(taken({ confirmed: { after: '2026-11-22', before: '2026-11-23T01:00:00+02:00' } })).toEqual({
      confirmed: { after: '2026-11-22T00:00:00.000Z', before: '2026-11-22T23:00:00.000Z' },
    })
  })

  it('says which tags and campaigns it names', () => {
    const filter = {
      any: [{ tag: 'a' }, { not: { all: [{ tag: 'b' }, { tag: 'a' }] } }, { received: campaign }],
    }
    expect(namesIn(taken(filter))).toEqual({ tags: ['a', 'b'], campaigns: [campaign] })
    expect(namesIn(everyone)).toEqual({ tags: [], campaigns: [] })
  })
})

describe('a filter that needs another look', () => {
  it.each<[unknown, string]>([
    [null, ': A condition is an object such as {"tag":"vip"}.'],
    ['vip', ': A condition is an object such as {"tag":"vip"}.'],
    [[], ': A condition is an object such as {"tag":"vip"}.'],
    [undefined, ': A condition is an object such as {"tag":"vip"}.'],
    [{}, ': A condition has one of all, any, not, field, tag'],
    [{ colour: 'red' }, 'colour: There is no "colour" here.'],
    [{ tag: 'vip', colour: 'red' }, 'colour: There is no "colour" here.'],
    [{ tag: 'vip', locale: 'pl' }, ': A condition has one of tag, locale; join several with all or any.'],
    [{ all: [], any: [] }, ': A condition has one of all, any;'],
    [{ is: 'PL' }, 'is: There is no "is" here.'],
    [{ tag: 'vip', is: 'PL' }, 'is: There is no "is" here.'],
    [{ all: { tag: 'vip' } }, 'all: It must be a list of conditions.'],
    [{ all: [{ tag: 'vip' }, { any: [{ tag: 1 }] }] }, 'all.1.any.0.tag: It must be a text.'],
    [{ not: [{ tag: 'vip' }] }, 'not: A condition is an object'],
    [{ not: null }, 'not: A condition is an object'],
    [{ tag: '' }, 'tag: It must not be empty.'],
    [{ tag: '\0' }, 'tag: It must be valid Unicode without NUL.'],
    [{ tag: 'a\ud800' }, 'tag: It must be valid Unicode without NUL.'],
    [{ tag: 'x'.repeat(1_000_000) }, 'tag: It must have at most 500 characters.'],
    [{ locale: 'de' }, 'locale: It must be one of en, pl, sv, ru.'],
    [{ purpose: "x' or true --" }, 'purpose: It must begin with a letter'],
    [{ mailbox: 'pigeon' }, 'mailbox: It must be one of gmail,'],
    [{ grade: 'E' }, 'grade: It must be one of A, B, C, D.'],
    [{ grade: 'a' }, 'grade: It must be one of A, B, C, D.'],
    [{ received: 'last' }, 'received: It must be an id.'],
    [{ confirmed: {} }, 'confirmed: It must have before, after or within_days.'],
    [{ confirmed: true }, 'confirmed: It must be an object with before, after or within_days.'],
    [{ confirmed: { since: 3 } }, 'confirmed.since: There is no setting "since" here.'],
    [{ confirmed: { before: 'yesterday' } }, 'confirmed.before: It must be a time such as'],
    [{ confirmed: { before: '2026-02-30' } }, 'confirmed.before: It must be a time such as'],
    [{ confirmed: { before: '2026-11-22T08:00:00' } }, 'confirmed.before: It must be a time such as'],
    [{ confirmed: { after: '0001-01-01' } }, 'confirmed.after: It must be between 1970 and 9998.'],
    [{ confirmed: { within_days: 0 } }, 'confirmed.within_days: It must be at least 1.'],
    [{ confirmed: { within_days: 1e9 } }, 'confirmed.within_days: It must be at most 36500.'],
    [{ confirmed: { within_days: 1.5 } }, 'confirmed.within_days: It must be whole days.'],
    [{ confirmed: { within_days: '30' } }, 'confirmed.within_days: It must be whole days.'],
    [{ field: 'country' }, 'field: A field is asked with exactly one of is, is_not, in, exists.'],
    [{ field: 'country', is: 'PL', in: ['SE'] }, 'field: A field is asked with exactly one of'],
    [{ field: 'country', equals: 'PL' }, 'equals: There is no "equals" here.'],
    [{ field: 'country', is: 'DE' }, 'is: It must be one of PL, SE.'],
    [{ field: 'country', in: ['PL', 'DE'] }, 'in.1: It must be one of PL, SE.'],
    [{ field: 'country', in: [] }, 'in: It must hold a value.'],
    [{ field: 'country', in: 'PL' }, 'in: It must be a list of values.'],
    [
      { field: 'country', in: Array.from({ length: 101 }, () => 'PL') },
      'in: It must have at most 100 values.',
    ],
    [
      { field: 'country', contains: 'P' },
      'contains: A field of type choice is asked with is, is_not, in, exists.',
    ],
    [{ field: 'city', gt: 'A' }, 'gt: A field of type text is asked with'],
    [{ field: 'city', is: 5 }, 'is: It must be a text.'],
    [{ field: 'city', is: null }, 'is: It must be a text.'],
    [{ field: 'city', contains: ' ' }, 'contains: It must not be empty.'],
    [{ field: 'city', exists: 'yes' }, 'exists: It must be true or false.'],
    [{ field: 'age', is: '30' }, 'is: It must be a number.'],
    [{ field: 'age', gt: Number.POSITIVE_INFINITY }, 'gt: It must be a number.'],
    [{ field: 'age', contains: '3' }, 'contains: A field of type number is asked with'],
    [{ field: 'vegan', in: [true] }, 'in: A field of type boolean is asked with is, is_not, exists.'],
    [{ field: 'vegan', is: 'true' }, 'is: It must be true or false.'],
    [{ field: 'since', gt: '2026-02-30' }, 'gt: It must be a day such as 2026-11-22.'],
    [{ field: 'since', is: '22.11.2026' }, 'is: It must be a day such as 2026-11-22.'],
    [{ field: 'first_name', is: 'Anna' }, 'is: "first_name" is protected: it is kept as ciphertext'],
    [{ field: 'shoe_size', gt: 40 }, 'gt: "shoe_size" is not filterable: only exists can be asked of it.'],
    [{ field: 'hat_size', is: 40 }, 'field: There is no field "hat_size" on this list.'],
    [{ field: '__proto__', exists: true }, 'field: There is no field "__proto__" on this list.'],
    [{ field: ['city'], exists: true }, 'field: It must be the key of a field.'],
    [{ clicked: 5 }, 'clicked: It must be the id of a campaign'],
    [{ clicked: { within_days: 0 } }, 'clicked.within_days: It must be at least 1.'],
    [JSON.parse('{"__proto__":{"tag":"vip"}}'), '__proto__: There is no "__proto__" here.'],
    [JSON.parse('{"tag":"vip","__proto__":1}'), '__proto__: There is no "__proto__" here.'],
    [JSON.parse('{"confirmed":{"within_days":3,"__proto__":1}}'), 'confirmed.__proto__: '],
    [{ constructor: 1 }, 'constructor: There is no "constructor" here.'],
  ])('%j', (input, fault) => {
    expect(faultsOf(input).join('\n')).toContain(fault)
  })

  it('is told every place at once, but no more than twenty', () => {
    expect(faultsOf({ all: [{ tag: 1 }, { locale: 'de' }, { field: 'hat' }] })).toHaveLength(3)
    expect(faultsOf({ all: Array.from({ length: 90 }, () => ({ tag: 1 })) })).toHaveLength(20)
    expect(
      faultsOf(Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`k${at}`, at]))),
    ).toHaveLength(20)
  })

  it('is refused cheaply where it is a bomb', () => {
    expect(faultsOf(JSON.parse(`${'{"not":'.repeat(5000)}{}${'}'.repeat(5000)}`)).join()).toContain(
      'nest at most 8 deep',
    )
    expect(faultsOf(JSON.parse(`${'{"all":['.repeat(5000)}${']}'.repeat(5000)}`)).join()).toContain(
      'nest at most 8 deep',
    )
    const wide = { all: Array.from({ length: 1_000_000 }, () => ({ tag: 'vip' })) }
    expect(faultsOf(wide)).toEqual([': A filter has at most 100 groups and conditions.'])
    expect(faultsOf({ all: [wide, wide, { any: [wide] }] })).toEqual([
      ': A filter has at most 100 groups and conditions.',
    ])
    expect(faultsOf({ all: Array.from({ length: 100 }, () => ({ all: [] })) })).toHaveLength(1)
  })

  it('is told that clicks are not asked yet, wherever they stand', () => {
    for (const clicked of [campaign, { within_days: 90 }])
      expect(parse({ all: [{ not: { clicked } }] })).toEqual({
        ok: false,
        notAvailable: { path: 'all.0.not.clicked', message: 'A segment by clicks is not available yet.' },
      })
    expect(faultsOf({ all: [{ clicked: campaign }, { tag: 1 }] })).toEqual(['all.1.tag: It must be a text.'])
  })
})

describe('any JSON whatever', () => {
  const leaf = fc.oneof(
    fc.record({ tag: fc.string({ minLength: 1 }) }),
    fc.record({ locale: fc.constantFrom('pl', 'de') }),
    fc.record({ grade: fc.constantFrom('A', 'B', 'C', 'D') }),
    fc.record({
      field: fc.constantFrom('city', 'age', 'nope'),
      is: fc.oneof(fc.string({ minLength: 1 }), fc.double()),
    }),
    fc.record({ field: fc.constant('city'), contains: fc.string({ unit: 'binary', minLength: 1 }) }),
    fc.record({
      confirmed: fc.record({ before: fc.date({ noInvalidDate: true }).map((at) => at.toISOString()) }),
    }),
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 9 },
      leaf,
      fc.record({ not: tie('tree') }),
      fc.record({ all: fc.array(tie('tree'), { maxLength: 4 }) }),
      fc.record({ any: fc.array(tie('tree'), { maxLength: 4 }) }),
    ),
  }))

  it('is answered, never thrown at', () => {
    fc.assert(fc.property(fc.jsonValue(), (input) => typeof parse(input).ok === 'boolean'))
    fc.assert(
      fc.property(fc.object(), (input) => parse(input).ok === false || Object.keys(input).length === 1),
    )
  })

  it('is read the same again once it was taken, and becomes SQL', () => {
    fc.assert(
      fc.property(tree, (input) => {
        const outcome = parse(input)
        if (!outcome.ok) return
        expect(taken(JSON.parse(JSON.stringify(outcome.filter)))).toEqual(outcome.filter)
        expect(compiled(outcome.filter).sql).toMatch(/^\(s\.list = \$1 and /)
      }),
    )
  })
})

const context = {
  list: 7,
  fields,
  now: new Date('2026-11-22T08:00:00Z'),
  tagIds: { vip: 3 },
  campaignNumbers: { [campaign]: 12 },
}
const compiled = (filter: Filter) => new PgDialect().sqlToQuery(whereFilter(filter, context))
const plain = (filter: Filter) => compiled(filter).sql.replace(/\s+/g, ' ')

describe('a filter as SQL', () => {
  it.each<[Filter, string, readonly unknown[]]>([
    [everyone, '(s.list = $1 and true)', [7]],
    [{ any: [] }, '(s.list = $1 and false)', [7]],
    [{ not: { tag: 'vip' } }, '(s.list = $1 and not coalesce(d.tags @> array[$2::integer], false))', [7, 3]],
    [{ tag: 'nobody has it' }, '(s.list = $1 and false)', [7]],
    [{ tag: 'toString' }, '(s.list = $1 and false)', [7]],
    [{ locale: 'pl' }, '(s.list = $1 and p.locale = $2)', [7, 'pl']],
    [{ purpose: 'clicks' }, '(s.list = $1 and $2 = any (s.granted))', [7, 'clicks']],
    [{ mailbox: 'wp' }, '(s.list = $1 and p.mailbox_provider = $2)', [7, 'wp']],
    [{ grade: 'B' }, '(s.list = $1 and s.grade in ($2, $3))', [7, 'A', 'B']],
    [
      { any: [{ locale: 'pl' }, { all: [{ locale: 'ru' }, { grade: 'A' }] }] },
      '(s.list = $1 and (p.locale = $2 or (p.locale = $3 and s.grade in ($4))))',
      [7, 'pl', 'ru', 'A'],
    ],
    [
      { field: 'city', is: 'Łódź' },
      '(s.list = $1 and ($2 = any (s.granted) and d.attributes @> $3::jsonb))',
      [7, 'local_news', '{"city":"Łódź"}'],
    ],
    [
      { field: 'city', is_not: 'Łódź' },
      '(s.list = $1 and ($2 = any (s.granted) and not coalesce(d.attributes @> $3::jsonb, false)))',
      [7, 'local_news', '{"city":"Łódź"}'],
    ],
    [
      { field: 'age', in: [1, 2] },
      '(s.list = $1 and ($2 = any (s.granted) and (d.attributes @> $3::jsonb or d.attributes @> $4::jsonb)))',
      [7, 'newsletter', '{"age":1}', '{"age":2}'],
    ],
    [
      { field: 'city', contains: '50%_\\' },
      '(s.list = $1 and ($2 = any (s.granted) and (d.attributes ->> $3::text) ilike $4))',
      [7, 'local_news', 'city', '%50\\%\\_\\\\%'],
    ],
    [
      { field: 'first_name', exists: false },
      '(s.list = $1 and ($2 = any (s.granted) and ((d.attributes ->> $3::text) is not null) = $4))',
      [7, 'newsletter', 'first_name', false],
    ],
    [
      { field: 'since', lt: '2026-11-22' },
      '(s.list = $1 and ($2 = any (s.granted) and (d.attributes ->> $3::text) collate "C" < $4))',
      [7, 'newsletter', 'since', '2026-11-22'],
    ],
    [
      { confirmed: { before: '2026-11-22T00:00:00.000Z', within_days: 30 } },
      '(s.list = $1 and s.confirmed_at is not null and s.confirmed_at < $2::timestamptz and s.confirmed_at >= $3::timestamptz)',
      [7, '2026-11-22T00:00:00.000Z', '2026-10-23T08:00:00.000Z'],
    ],
  ])('%j', (filter, text, params) => {
    expect(plain(filter)).toBe(text)
    expect(compiled(filter).params).toEqual(params)
  })

  it('compares numbers only where a number is kept', () => {
    expect(plain({ field: 'age', gte: 18 })).toContain(
      "(case when jsonb_typeof(d.attributes -> $3::text) = 'number' then (d.attributes ->> $4::text)::numeric end) >= $5::numeric",
    )
  })

  it('asks for a batch that was sent, and did not leave them out', () => {
    const text = plain({ received: campaign })
    expect(text).toContain("where r.campaign = $2 and r.subscriber = s.subscriber and b.state = 'sent'")
    expect(text).toContain('not (r.subscriber = any (b.left_out))')
    expect(plain({ received: '0193a8f0-0000-7ce1-8589-000000000000' })).toBe('(s.list = $1 and false)')
  })

  it('holds no value in its text, whatever the value is', () => {
    const attacks = [
      "' or true --",
      "'; drop table subscribers; --",
      '$1',
      '"}\'::jsonb or true',
      ':n',
      '?',
      '\\',
    ]
    const asked = (value: string): Filter => ({
      all: [
        { tag: value },
        { field: 'city', is: value },
        { field: 'city', is_not: value },
        { field: 'city', in: [value, value] },
        { not: { field: 'city', contains: value } },
      ],
    })
    const named = (value: string) =>
      new PgDialect().sqlToQuery(
        whereFilter(taken(asked(value)), { ...context, tagIds: { [value.normalize('NFC').trim()]: 3 } }),
      )
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...attacks), fc.string({ minLength: 1 })), (part) => {
        const value = `z${part}z`
        expect(named(value).sql).toBe(named('harmless').sql)
        expect(named(value).params).toHaveLength(named('harmless').params.length)
      }),
    )
  })
})
