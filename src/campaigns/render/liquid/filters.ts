// pure · filters for merge fields: total, of bounded output, independent of clock, zone and randomness

import { dateText } from '../../../i18n/dates.ts'
import type { Locale } from '../../../i18n/locale.ts'
import { textOf } from '../escapes.ts'
import { type Measure, maxMail } from '../measure.ts'

export type Operand =
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'variable'; readonly root: string; readonly key: string | null }

type Takes = 'text' | 'number' | 'any' | 'format'

interface Filter {
  /** Type of each argument; the first `least` are required. */
  readonly takes: readonly Takes[]
  readonly least: number
  readonly apply: (value: unknown, args: readonly unknown[], locale: Locale) => unknown
}

const onText = (change: (text: string) => string): Filter => ({
  takes: [],
  least: 0,
  apply: (value) => change(textOf(value)),
})

export const filters = {
  default: {
    takes: ['any'],
    least: 1,
    apply: (value, [fallback]) => (isBlank(value) ? fallback : value),
  },
  upcase: onText((text) => text.toUpperCase()),
  downcase: onText((text) => text.toLowerCase()),
  capitalize: onText((text) => {
    const [first = '', ...rest] = text
    return first.toUpperCase() + rest.join('').toLowerCase()
  }),
  strip: onText((text) => text.trim()),
  truncate: {
    takes: ['number', 'text'],
    least: 0,
    apply: (value, [most = 50, mark = '...']) => truncate([...textOf(value)], whole(most), textOf(mark)),
  },
  truncatewords: {
    takes: ['number', 'text'],
    least: 0,
    apply: (value, [most = 15, mark = '...']) => {
      const words = textOf(value)
        .split(/\s+/)
        .filter((word) => word !== '')
      const limit = Math.max(1, whole(most))
      return words.length <= limit ? words.join(' ') : words.slice(0, limit).join(' ') + textOf(mark)
    },
  },
  append: { takes: ['any'], least: 1, apply: (value, [more]) => textOf(value) + textOf(more) },
  prepend: { takes: ['any'], least: 1, apply: (value, [more]) => textOf(more) + textOf(value) },
  replace: {
    takes: ['any', 'any'],
    least: 2,
    apply: (value, [from, to]) => replaceAll(textOf(value), textOf(from), textOf(to)),
  },
  date: {
    takes: ['format'],
    least: 1,
    apply: (value, [format], locale) => formatDate(textOf(value), textOf(format), locale),
  },
} as const satisfies Record<string, Filter>

export type FilterName = keyof typeof filters

/** Throws TooMuch once a mail's filters read and produced too much: chained filters grow exponentially. */
export function applyFilter(
  name: FilterName,
  value: unknown,
  args: readonly unknown[],
  about: { readonly locale: Locale; readonly measure: Measure },
): unknown {
  const { measure, locale } = about
  measure.countFiltered(lengthOf(value))
  const made = filters[name].apply(value, args, locale)
  measure.countFiltered(lengthOf(made))
  return made
}

const lengthOf = (value: unknown): number => (typeof value === 'string' ? value.length : 0)

export const filterNames = Object.keys(filters).filter(isFilterName)

export function isFilterName(name: string): name is FilterName {
  return Object.hasOwn(filters, name)
}

/** Completes a sentence; null if the arguments are right. */
export function argumentProblem(name: FilterName, args: readonly Operand[]): string | null {
  const { takes, least }: Filter = filters[name]
  if (args.length < least) return `needs ${counted(least)}`
  if (args.length > takes.length)
    return takes.length === 0 ? 'takes nothing' : `takes at most ${counted(takes.length)}`
  if (args.some((arg, at) => takes[at] === 'number' && !isLength(arg)))
    return 'needs a whole number from 0 to 10000'
  if (args.some((arg, at) => takes[at] === 'format' && !isDateFormat(arg)))
    return `needs a text made of ${Object.keys(directives).join(' ')}, such as "%-d %B %Y"`
  return null
}

const counted = (count: number): string => (count === 1 ? 'one argument' : `${count} arguments`)

const isLength = (arg: Operand): boolean =>
  arg.kind === 'literal' &&
  typeof arg.value === 'number' &&
  Number.isInteger(arg.value) &&
  arg.value >= 0 &&
  arg.value <= 10_000

const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || value === false || value === ''

const whole = (value: unknown): number => (typeof value === 'number' && Number.isInteger(value) ? value : 0)

/** Never splits a character; the mark counts. */
function truncate(characters: readonly string[], most: number, mark: string): string {
  if (characters.length <= most) return characters.join('')
  return characters.slice(0, Math.max(0, most - [...mark].length)).join('') + mark
}

function replaceAll(text: string, from: string, to: string): string {
  if (from === '') return text
  let replaced = ''
  let at = 0
  for (let next = text.indexOf(from); next !== -1; next = text.indexOf(from, at)) {
    replaced += text.slice(at, next) + to
    at = next + from.length
    // Long enough to be refused.
    if (replaced.length > maxMail) return replaced
  }
  return replaced + text.slice(at)
}

const directives: Readonly<Record<string, (at: Date, locale: Locale) => string>> = {
  '%Y': (at) => String(at.getUTCFullYear()),
  '%y': (at) => padded(at.getUTCFullYear() % 100),
  '%m': (at) => padded(at.getUTCMonth() + 1),
  '%-m': (at) => String(at.getUTCMonth() + 1),
  '%d': (at) => padded(at.getUTCDate()),
  '%-d': (at) => String(at.getUTCDate()),
  // In the case that follows a day number: maja, мая.
  '%B': (at, locale) => dateText(locale, at).split(' ')[1] ?? '',
  '%H': (at) => padded(at.getUTCHours()),
  '%M': (at) => padded(at.getUTCMinutes()),
  '%%': () => '%',
}

const directive = /%-?[A-Za-z%]?/g

const isDateFormat = (arg: Operand): boolean =>
  arg.kind === 'literal' &&
  typeof arg.value === 'string' &&
  arg.value !== '' &&
  (arg.value.match(directive) ?? []).every((one) => Object.hasOwn(directives, one))

/** An RFC 3339 date or time, in UTC. Any other text stays unchanged, `now` included. */
function formatDate(text: string, format: string, locale: Locale): string {
  const at = dateOf(text)
  return at === null ? text : format.replace(directive, (one) => directives[one]?.(at, locale) ?? one)
}

function dateOf(text: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(text))
    return null
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? null : at
}

interface Chain {
  readonly operand: Operand
  readonly filters: readonly { readonly name: FilterName; readonly args: readonly Operand[] }[]
}

/**
 * The first text that its author wrote out, as a value or as its default, and that reaches `date` without being a date. Throws
 * TooMuch as applyFilter does.
 */
export function undatedLiteral({ operand, filters: chain }: Chain, measure: Measure): string | undefined {
  let written = [operand].flatMap(literalText)
  for (const { name, args } of chain) {
    if (name === 'date') return written.find((text) => text.trim() !== '' && dateOf(text) === null)
    const values = args.flatMap(literalText)
    if (name === 'default') written = [...written, ...values]
    else if (values.length === args.length)
      written = written.map((text) =>
        textOf(applyFilter(name, text, valuesOf(args), { locale: 'en', measure })),
      )
    else written = []
  }
  return undefined
}

const literalText = (operand: Operand): readonly string[] =>
  operand.kind === 'literal' ? [textOf(operand.value)] : []

const valuesOf = (operands: readonly Operand[]): readonly unknown[] =>
  operands.map((operand) => (operand.kind === 'literal' ? operand.value : undefined))

const padded = (value: number): string => String(value).padStart(2, '0')
