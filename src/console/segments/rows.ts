// pure · one condition of a segment as a form row: subject, comparison, values
import type { Field } from '../../lists/list.ts'
import type { Condition, FieldCondition } from '../../segments/condition.ts'

export interface Row {
  /** `field:country`, or one of tag, locale, purpose, mailbox, grade, confirmed, received. */
  readonly what: string
  readonly how: string
  /** As typed; each line of a text is one value. */
  readonly values: readonly string[]
}

export const plainKinds = ['tag', 'locale', 'purpose', 'mailbox', 'grade', 'confirmed', 'received'] as const
type PlainKind = (typeof plainKinds)[number]

/** Comparisons and their words; a new row starts with the first. */
export type Hows = Readonly<Record<string, string>>

const known: Hows = { exists: 'is known', exists_not: 'is not known' }
const equal: Hows = { is: 'is', is_not: 'is not' }
const several: Hows = { in: 'is one of' }
const fieldHows: Readonly<Record<Field['type'], Hows>> = {
  text: { ...equal, ...several, contains: 'contains', ...known },
  choice: { ...equal, ...several, ...known },
  boolean: { ...equal, ...known },
  number: {
    ...equal,
    ...several,
    gt: 'is more than',
    gte: 'is at least',
    lt: 'is less than',
    lte: 'is at most',
    ...known,
  },
  date: {
    ...equal,
    ...several,
    gt: 'is after',
    gte: 'is on or after',
    lt: 'is before',
    lte: 'is on or before',
    ...known,
  },
}

const plainHows: Readonly<Record<PlainKind, Hows>> = {
  tag: { is: 'is' },
  locale: { is: 'is' },
  purpose: { is: 'include' },
  mailbox: { is: 'is' },
  grade: { is: 'is at least' },
  confirmed: { within_days: 'in the last', after: 'on or after', before: 'before', between: 'between' },
  received: { is: 'include' },
}

const isPlain = (what: string): what is PlainKind => plainKinds.some((kind) => kind === what)

export const fieldAsked = (what: string, fields: readonly Field[]): Field | undefined =>
  what.startsWith('field:') ? fields.find(({ key }) => what === `field:${key}`) : undefined

/** The comparisons for a subject; empty for an unknown one. Protected and unfilterable fields allow only `exists`. */
export function howsOf(what: string, fields: readonly Field[]): Hows {
  if (isPlain(what)) return plainHows[what]
  const field = fieldAsked(what, fields)
  if (field === undefined) return {}
  return field.protected || !field.filterable ? known : fieldHows[field.type]
}

export const takesNoValue = (how: string): boolean => how === 'exists' || how === 'exists_not'

/** The lines of all values, trimmed, without empty ones. */
export const entered = (row: Row): readonly string[] =>
  row.values.flatMap((value) => value.split(/\r?\n/)).flatMap((text) => text.trim() || [])

/** The condition as JSON, not validated: invalid input passes unchanged. */
export function conditionOf(row: Row, fields: readonly Field[]): { readonly [key: string]: unknown } {
  const field = fieldAsked(row.what, fields)
  if (row.what === 'confirmed') return { confirmed: boundsOf(row) }
  if (field === undefined) return { [row.what.replace(/^field:.*/, 'field')]: single(entered(row)) }
  if (takesNoValue(row.how)) return { field: field.key, exists: row.how === 'exists' }
  const values = entered(row).map((text) => typedAs(field, text))
  return { field: field.key, [row.how]: row.how === 'in' ? values : single(values) }
}

/** A single value; several stay an array, which the schema refuses, and none becomes an empty text. */
const single = (values: readonly unknown[]): unknown => (values.length > 1 ? values : (values[0] ?? ''))

function boundsOf(row: Row): unknown {
  const [first = '', second = ''] = row.values.map((value) => value.trim())
  if (row.how === 'between') return { after: first, before: second }
  return { [row.how]: row.how === 'within_days' ? asNumber(first) : first }
}

function typedAs(field: Field, text: string): string | number | boolean {
  if (field.type === 'number') return asNumber(text)
  if (field.type !== 'boolean') return text
  return text === 'true' ? true : text === 'false' ? false : text
}

const asNumber = (text: string): number | string => {
  const plain = text.replace(',', '.')
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(plain) ? Number(plain) : text
}

/** The row of a condition, or null if no row can hold it. */
export function rowOf(condition: Condition, fields: readonly Field[]): Row | null {
  if ('field' in condition) return fieldRow(condition, fields)
  if ('confirmed' in condition) return confirmedRow(condition.confirmed)
  const [[what, value] = ['', '']] = Object.entries(condition)
  return isPlain(what) && isTypable(value) ? { what, how: 'is', values: [String(value)] } : null
}

function fieldRow(condition: FieldCondition, fields: readonly Field[]): Row | null {
  const { field: key, ...asked } = condition
  const what = `field:${key}`
  const [[operator, value] = ['', '']] = Object.entries(asked)
  if (operator === 'exists') return { what, how: value === true ? 'exists' : 'exists_not', values: [] }
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (!Object.hasOwn(howsOf(what, fields), operator) || !values.every(isTypable)) return null
  const texts = values.map(String)
  const isChoice = fieldAsked(what, fields)?.type === 'choice'
  return { what, how: operator, values: operator === 'in' && !isChoice ? [texts.join('\n')] : texts }
}

/** Returns whether a form field returns the value unchanged. */
const isTypable = (value: unknown): boolean => !/[\r\n]/.test(String(value)) && !Object.is(value, -0)

function confirmedRow(bounds: {
  readonly before?: string | undefined
  readonly after?: string | undefined
  readonly within_days?: number | undefined
}): Row | null {
  const { before, after, within_days } = bounds
  const days = [after, before].flatMap((bound) =>
    bound === undefined ? [] : (midnight.exec(bound)?.[1] ?? null),
  )
  if (days.includes(null)) return null
  const values = days.flatMap((day) => day ?? [])
  if (within_days !== undefined)
    return values.length > 0 ? null : { what: 'confirmed', how: 'within_days', values: [String(within_days)] }
  if (values.length === 2) return { what: 'confirmed', how: 'between', values }
  return { what: 'confirmed', how: before === undefined ? 'after' : 'before', values }
}

/** A time that a date input can express. */
const midnight = /^(\d{4}-\d\d-\d\d)T00:00:00\.000Z$/
