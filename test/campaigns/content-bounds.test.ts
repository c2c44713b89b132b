// pure · limits on content: each text would exceed a mail's limits many times over, and is refused with a reason before rendering
import { describe, expect, it } from 'vitest'
import { maxMail } from '../../src/campaigns/render/measure.ts'
import { type Addressee, compileCampaign, renderMail } from '../../src/campaigns/render.ts'
import { checkWriting } from '../../src/campaigns/writing/check.ts'
import {
  answerOf,
  batchSizeFor,
  noAnswer,
  partsOf,
  skippedResultsOf,
  withAnswer,
} from '../../src/delivery/parts.ts'
import { messages } from '../../src/i18n/messages.ts'
import type { SendOutcome } from '../../src/platform/deps.ts'

const fields = [{ key: 'story' }, { key: 'city' }]
const maxBody = 199_000

const faultsOf = (body: string, subject = 'June', preheader = ''): readonly string[] =>
  checkWriting({ subject, preheader, content: { format: 'markdown', body } }, fields).map(
    ({ message }) => message,
  )

const filled = (piece: string, length = maxBody): string =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
const grown = (times: number, end = ''): string =>
  `{{ "aaaaaaaaaa" ${'| replace: "a","aaaaaaaaaa" '.repeat(times)}${end}}}`

const size = /1 MB/
const marks = /50,000 cells, links, emphases/
const lines = /10,000 lines/
const depth = /20 deep/

const texts: readonly (readonly [string, string, RegExp])[] = [
  ['one value that grows by its filters', grown(5), size],
  ['75 such values', `${grown(5)}\n`.repeat(75), size],
  ['a value that grows and is cut short again', grown(6, '| truncate: 3 '), size],
  ['a value that grows in a condition', `{% if ${grown(6).slice(3, -2)} %}x{% endif %}`, size],
  ['a value that grows where nobody is sure to look', `{% if subscriber.city %}${grown(5)}{% endif %}`, size],
  [
    'values that grow by append',
    `{{ "a" ${'| append: list.name '.repeat(40)}}}`.repeat(1900).slice(0, maxBody),
    /./,
  ],
  [
    'a value that is handled letter by letter, often',
    `{{ "${'a'.repeat(300)}" ${'| capitalize '.repeat(50)}}}\n`.repeat(190),
    size,
  ],
  [
    'the harmless table of 100 kB',
    `| a | b | c |\n|---|---|---|\n${filled('| a | b | c |\n', 100_000)}`,
    /1 MB/,
  ],
  [
    'a wide table whose rows lack their cells',
    `|${'a|'.repeat(20_000)}\n|${'-|'.repeat(20_000)}\n${'a\n'.repeat(9000)}`,
    marks,
  ],
  [
    'one long address behind many short references',
    `[a]: https://e.example/${'x'.repeat(90_000)}\n\n${'[a]'.repeat(20_000)}`,
    /at least [\d,.]+ MB/,
  ],
  [
    'the same with letters that an address spells in six',
    `[a]: https://e.example/${'ж'.repeat(40_000)}\n\n${'[a]'.repeat(20_000)}`,
    /at least [\d,.]+ MB/,
  ],
  [
    'a reference with a merge field in it',
    `[a]: https://e.example/{{ list.name }}\n\n${'[a]'.repeat(16_000)}`,
    size,
  ],
  ['quotations inside each other', `${'> '.repeat(100)}a`, depth],
  ['quotations that every line continues', `${'> '.repeat(90)}${'a\n'.repeat(90_000)}`, lines],
  [
    'lists inside each other',
    Array.from({ length: 60 }, (_, at) => `${' '.repeat(at * 2)}- a`).join('\n'),
    depth,
  ],
  ['emphases inside each other', `${'*'.repeat(24_000)}a${'*'.repeat(24_000)}`, depth],
  ['emphases without an end', filled('*a **b '), marks],
  ['brackets without an end', filled('['), marks],
  ['pictures without an end', filled('!['), marks],
  ['links without an end', filled('[a](<b'), marks],
  [
    'backticks of every length',
    filled(Array.from({ length: 600 }, (_, at) => `e${'`'.repeat(at)}`).join('')),
    marks,
  ],
  ['list items', filled('- a\n'), lines],
  ['headings', filled('# a\n'), lines],
  ['line breaks', filled('a  \n'), lines],
  ['addresses in angle brackets', filled('<https://a.b>'), size],
  ['merge fields by the thousand', filled('{{list.name}}'), /number 2001/],
  ['conditions by the thousand', filled('{% if list.name %}{% endif %}'), /number 2001/],
]

describe('a text that asks for more than a mail may have', () => {
  it.each(texts)('%s', (_, text, why) => {
    const said = faultsOf(text.slice(0, maxBody))
    expect(said).not.toEqual([])
    expect(said.join(' ')).toMatch(why)
  })

  it('is found in the subject and what an inbox shows behind it, too', () => {
    expect(faultsOf('Hello', grown(5)).join(' ')).toMatch(size)
    expect(faultsOf('Hello', 'June', grown(5)).join(' ')).toMatch(size)
  })
})

describe('an honest long letter', () => {
  it.each([
    ['200 kB of prose', filled(`${'Words of a sentence that goes on. '.repeat(12)}\n\n`)],
    ['the same in Cyrillic', filled(`${'Слова, слова. '.repeat(30)}\n\n`, 95_000)],
    [
      'a table of five hundred rows',
      `| a | b | c |\n|---|---|---|\n${'| apples | pears | plums |\n'.repeat(500)}`,
    ],
    ['quotations five deep in a list', '- > > > > > a'],
    ['a thousand links', '[the beans](https://brand.example/beans) and '.repeat(1000)],
  ])('is taken: %s', (_, body) => {
    expect(faultsOf(body)).toEqual([])
  })
})

describe('a person whose own values make the mail too large', () => {
  const compiled = compileCampaign({
    id: '0193a8c0-0000-7000-8000-00000000c0de',
    writing: {
      subject: 'June',
      preheader: '',
      content: { format: 'markdown', body: '{{ subscriber.story }}\n\n'.repeat(20) },
    },
    from: { name: 'Brand', email: 'news@brand.example' },
    replyTo: null,
    list: {
      id: '0193a8c0-0000-7000-8000-000000000001',
      slug: 'letter',
      name: 'Letter',
      controller: { name: 'Brand', address: 'Street 1', contact_email: 'a@brand.example' },
    },
    words: { en: messages('en').footer },
    defaultLocale: 'en',
    publicUrl: 'https://lists.brand.example',
    setsMessageId: false,
  })
  const withStory = (story: string): Addressee => ({
    to: 'anna@example.com',
    locale: 'en',
    subscriber: { story },
    unsubscribeUrl: 'https://lists.brand.example/u/a',
    preferencesUrl: 'https://lists.brand.example/p/a',
    agreedOn: null,
    tag: 'tag',
  })

  it('is refused the moment it is, whatever the letters cost in HTML and JSON', () => {
    for (const letter of ['x', '"', '\\', 'ж', '&', '\u{1f331}'])
      expect(() => renderMail(compiled, withStory(letter.repeat(100_000))), letter).toThrow(/1 MB/)
  })

  it('affects nobody else', () => {
    const wire = renderMail(compiled, withStory('"ж'.repeat(1000)))
    expect(Buffer.byteLength(wire)).toBeLessThan(maxMail)
  })
})

describe('a batch whose mails are too heavy for one request', () => {
  const members = [1, 2, 3, 4, 5, 6, 7].map((subscriber) => ({ subscriber }))
  const numbers = (parts: readonly (readonly { subscriber: number }[])[]) =>
    parts.map((part) => part.map(({ subscriber }) => subscriber))
  const accepted = (...ids: string[]): SendOutcome => ({ kind: 'accepted', ids, rejected: [] })

  it('is smaller from the start where its text is large', () => {
    expect([1, 34_000, 40_000, 100_000, 999_999, 9_999_999].map((one) => batchSizeFor(one, 100))).toEqual([
      100, 100, 100, 40, 4, 1,
    ])
  })

  it('keeps everybody in the part where they were, whoever leaves', () => {
    expect(numbers(partsOf({ members, skips: [] }, 3))).toEqual([[1, 2, 3], [4, 5, 6], [7]])
    const left = members.filter(({ subscriber }) => subscriber !== 2 && subscriber !== 7)
    const skips = [
      [7, 'withdrawn'],
      [2, 'erased'],
    ] as const
    expect(numbers(partsOf({ members: left, skips }, 3))).toEqual([[1, 3], [4, 5, 6], []])
  })

  it('answers as one: ids in order, refusals by their places', () => {
    const first = withAnswer(noAnswer, accepted('a', 'b'), 2)
    const both = withAnswer(
      first,
      { kind: 'accepted', ids: [null, 'c'], rejected: [{ index: 0, reason: 'no' }], unknown: [1] },
      2,
    )
    expect(answerOf(both)).toEqual({
      kind: 'accepted',
      ids: ['a', 'b', null, 'c'],
      rejected: [{ index: 2, reason: 'no' }],
      unknown: [3],
    })
  })

  it('says that it was begun where a later part is not taken: its attempt still counts', () => {
    const busy: SendOutcome = { kind: 'busy', retryAfterSeconds: 2 }
    expect(answerOf(withAnswer(noAnswer, busy, 2))).toEqual(busy)
    expect(answerOf(withAnswer(withAnswer(noAnswer, accepted('a'), 1), busy, 2))).toEqual({
      ...busy,
      begun: true,
    })
  })

  it('judges people who left by the outcome of their part', () => {
    const still = members.filter(({ subscriber }) => ![2, 4, 5, 7].includes(subscriber))
    const skips = [
      [4, 'a'],
      [2, 'b'],
      [7, 'c'],
      [5, 'd'],
    ] as const
    const batch = { members: still, skips, earlier: [1, 2] }
    const parts = { conflicting: new Set([0, 1]), empty: new Set([2]) }
    expect(skippedResultsOf(batch, 3, parts)).toEqual({ taken: [5], unknown: [2, 7] })
    expect(skippedResultsOf(batch, 3, { conflicting: new Set(), empty: new Set() })).toEqual({
      taken: [],
      unknown: [],
    })
  })
})
