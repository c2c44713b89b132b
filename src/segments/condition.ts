// pure · single conditions of a segment: their shapes, the operators of each field type, and the messages of refusals
import * as z from 'zod'
import { type Locale, locales } from '../i18n/locale.ts'
import type { Field, FieldType } from '../lists/list.ts'
import type { Fault } from '../platform/errors.ts'
import { faultsOf, key, uuidText } from '../platform/form.ts'
import { type MailboxProvider, mailboxProviders } from '../subscribers/mailbox-provider.ts'

export const grades = ['A', 'B', 'C', 'D'] as const
export type Grade = (typeof grades)[number]

export type Condition =
  | FieldCondition
  | { readonly tag: string }
  | { readonly locale: Locale }
  | { readonly purpose: string }
  | { readonly mailbox: MailboxProvider }
  /** At least this grade; A is the best. */
  | { readonly grade: Grade }
  | { readonly confirmed: Confirmed }
  /** The id of a campaign that was sent to the person. */
  | { readonly received: string }

export type FieldCondition = { readonly field: string } & (
  | { readonly is: FieldValue }
  /** True also where the field is absent. */
  | { readonly is_not: FieldValue }
  | { readonly in: readonly FieldValue[] }
  | { readonly gt: Ordered }
  | { readonly gte: Ordered }
  | { readonly lt: Ordered }
  | { readonly lte: Ordered }
  /** Case-insensitive. */
  | { readonly contains: string }
  | { readonly exists: boolean }
)

/** A string for text, choice and date (2026-11-22), a number for number. */
export type FieldValue = string | number | boolean
export type Ordered = string | number

/** Times as RFC 3339 in UTC; `after` is inclusive, `before` exclusive. */
export interface Confirmed {
  readonly before?: string | undefined
  readonly after?: string | undefined
  readonly within_days?: number | undefined
}

export const conditionKinds = [
  'field',
  'tag',
  'locale',
  'purpose',
  'mailbox',
  'grade',
  'confirmed',
  'received',
  'clicked',
] as const

export const fieldOperators = ['is', 'is_not', 'in', 'gt', 'gte', 'lt', 'lte', 'contains', 'exists'] as const
type Operator = (typeof fieldOperators)[number]

const operatorsOf: Readonly<Record<FieldType, readonly Operator[]>> = {
  text: ['is', 'is_not', 'in', 'contains', 'exists'],
  choice: ['is', 'is_not', 'in', 'exists'],
  boolean: ['is', 'is_not', 'exists'],
  number: ['is', 'is_not', 'in', 'gt', 'gte', 'lt', 'lte', 'exists'],
  date: ['is', 'is_not', 'in', 'gt', 'gte', 'lt', 'lte', 'exists'],
}

const mostValues = 100

export type ConditionOutcome =
  | { readonly condition: Condition }
  | { readonly faults: readonly Fault[] }
  | { readonly notAvailable: Fault }

/** Reads one condition; `input` holds only its kind and, for a field, operators. Paths begin at the condition. */
export function readCondition(
  kind: string,
  input: Readonly<Record<string, unknown>>,
  fields: readonly Field[],
): ConditionOutcome {
  if (kind === 'field') return readFieldCondition(input, fields)
  if (kind === 'clicked') return readClicked(input)
  const schema = schemas.get(kind)
  return schema === undefined ? refused(kind, `There is no ${kind} here.`) : readAs(schema, input)
}

/** Requires a field of the list, one operator of its type, and a value of that type. */
function readFieldCondition(
  input: Readonly<Record<string, unknown>>,
  fields: readonly Field[],
): ConditionOutcome {
  const { field: name } = input
  const field = fields.find((one) => one.key === name)
  if (typeof name !== 'string') return refused('field', 'It must be the key of a field.')
  if (field === undefined) return refused('field', `There is no field ${quoted(name)} on this list.`)
  const [operator, ...more] = fieldOperators.filter((one) => Object.hasOwn(input, one))
  if (operator === undefined || more.length > 0)
    return refused('field', `A field is asked with exactly one of ${operatorsOf[field.type].join(', ')}.`)
  const problem = problemOf(field, operator)
  if (problem !== null) return refused(operator, problem)
  const { [operator]: value } = input
  if (Array.isArray(value) && value.length > mostValues)
    return refused(operator, `It must have at most ${mostValues} values.`)
  return readAs(fieldSchema(field, operator), input)
}

function problemOf(field: Field, operator: Operator): string | null {
  if (operator === 'exists') return null
  if (field.protected)
    return `${quoted(field.key)} is protected: it is kept as ciphertext, and only exists can be asked of it.`
  if (!field.filterable) return `${quoted(field.key)} is not filterable: only exists can be asked of it.`
  if (operatorsOf[field.type].includes(operator)) return null
  return `A field of type ${field.type} is asked with ${operatorsOf[field.type].join(', ')}.`
}

/** Checks the filter now, though clicks are not recorded yet. */
function readClicked(input: unknown): ConditionOutcome {
  const parsed = clicked.safeParse(input)
  if (!parsed.success) return { faults: faultsOf(parsed.error) }
  return { notAvailable: { path: 'clicked', message: 'A segment by clicks is not available yet.' } }
}

function readAs(schema: z.ZodType<Condition>, input: unknown): ConditionOutcome {
  const parsed = schema.safeParse(input)
  return parsed.success ? { condition: parsed.data } : { faults: faultsOf(parsed.error) }
}

const refused = (path: string, message: string): ConditionOutcome => ({ faults: [{ path, message }] })

/** The input, shortened and with invisible characters escaped. */
const quoted = (name: string): string => JSON.stringify(name.slice(0, 60))

function fieldSchema(field: Field, operator: Operator): z.ZodType<FieldCondition> {
  const value = valueSchema(field)
  const ordered = field.type === 'number' ? number : day
  switch (operator) {
    case 'is':
      return z.object({ field: z.string(), is: value })
    case 'is_not':
      return z.object({ field: z.string(), is_not: value })
    case 'in':
      return z.object({
        field: z.string(),
        in: z.array(value, 'must be a list of values').min(1, 'must hold a value'),
      })
    case 'gt':
      return z.object({ field: z.string(), gt: ordered })
    case 'gte':
      return z.object({ field: z.string(), gte: ordered })
    case 'lt':
      return z.object({ field: z.string(), lt: ordered })
    case 'lte':
      return z.object({ field: z.string(), lte: ordered })
    case 'contains':
      return z.object({ field: z.string(), contains: text })
    case 'exists':
      return z.object({ field: z.string(), exists: boolean })
  }
}

function valueSchema(field: Field): z.ZodType<FieldValue> {
  switch (field.type) {
    case 'text':
      return text
    case 'number':
      return number
    case 'boolean':
      return boolean
    case 'date':
      return day
    case 'choice': {
      const options = field.options.map((option) => option.value)
      return text.refine(
        (value) => options.includes(value),
        `must be one of ${options.slice(0, 20).join(', ')}`,
      )
    }
  }
}

/** As fields are stored: NFC, trimmed. jsonb itself would refuse NUL or a lone surrogate, with a worse message. */
const text = z
  .string('must be a text')
  .max(500, 'must have at most 500 characters')
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'must be valid Unicode without NUL')
  .transform((value) => value.normalize('NFC').trim())
  .refine((value) => value !== '', 'must not be empty')
const number = z.number('must be a number')
const boolean = z.boolean('must be true or false')
const day = z.iso.date('must be a day such as 2026-11-22')

/** A time with its offset, or a day, which begins at midnight UTC. */
const moment = z
  .union(
    [z.iso.datetime({ offset: true }), z.iso.date()],
    'must be a time such as 2026-11-22T08:00:00Z, or a day',
  )
  .transform((value) => new Date(value))
  .refine((at) => at.getUTCFullYear() >= 1970 && at.getUTCFullYear() <= 9998, 'must be between 1970 and 9998')
  .transform((at) => at.toISOString())

const days = z.int('must be whole days').min(1, 'must be at least 1').max(36_500, 'must be at most 36500')

const confirmed = z
  .strictObject(
    {
      before: moment.optional(),
      after: moment.optional(),
      within_days: days.optional(),
    },
    'must be an object with before, after or within_days',
  )
  .refine(
    (bounds) => Object.values(bounds).some((bound) => bound !== undefined),
    'must have before, after or within_days',
  )

const oneOf = <const Values extends readonly string[]>(values: Values) =>
  z.enum(values, `must be one of ${values.join(', ')}`)

const schemas: ReadonlyMap<string, z.ZodType<Condition>> = new Map<string, z.ZodType<Condition>>([
  ['tag', z.object({ tag: text })],
  ['locale', z.object({ locale: oneOf(locales) })],
  ['purpose', z.object({ purpose: key })],
  ['mailbox', z.object({ mailbox: oneOf(mailboxProviders) })],
  ['grade', z.object({ grade: oneOf(grades) })],
  ['confirmed', z.object({ confirmed })],
  ['received', z.object({ received: uuidText })],
])

const clicked = z.object({
  clicked: z.union(
    [uuidText, z.strictObject({ within_days: days })],
    'must be the id of a campaign, or an object with within_days',
  ),
})
