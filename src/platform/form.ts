// pure · Zod schemas for input: text types for every domain, and issues as faults with a path and a sentence
import * as z from 'zod'
import { DomainError, type Fault } from './errors.ts'

/** Controls, line ends, direction overrides and invisible characters: never part of a name or a title. */
const invisible = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u
/** The same for multi-line text, which keeps line ends and tabs. */
const invisibleInText = /(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u

const wellFormed = (text: string): boolean => text.isWellFormed()

/** One line of visible text in NFC, trimmed, 1 to `most` characters. */
export const line = (most: number) =>
  z
    .string({ error: 'must be a text' })
    // The checks after the transformation, declared before it: the API documentation shows the input.
    .meta({ minLength: 1, maxLength: most })
    .refine(wellFormed, 'must be valid Unicode')
    .transform((text) => text.normalize('NFC').trim())
    .pipe(
      z
        .string()
        .min(1, 'must not be empty')
        .max(most, `must have at most ${most} characters`)
        .refine((text) => !invisible.test(text), 'must be one line without control characters'),
    )

/** Multi-line text in NFC, up to `most` characters; may be empty. */
export const paragraph = (most: number) =>
  z
    .string({ error: 'must be a text' })
    .max(most, `must have at most ${most} characters`)
    .refine(wellFormed, 'must be valid Unicode')
    .transform((text) => text.replaceAll('\r\n', '\n').normalize('NFC').trim())
    .refine((text) => !invisibleInText.test(text), 'must not hold control characters')

/** An address of the deployment or the controller: ASCII, because it appears in a header. */
export const mailAddress = z
  .string({ error: 'must be an email address' })
  .meta({ format: 'email' })
  .trim()
  .max(254, 'must have at most 254 characters')
  .pipe(z.email('must be an email address such as news@brand.example'))

export const key = z
  .string({ error: 'must be a text' })
  .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must begin with a letter and hold a-z, 0-9 and _ only, at most 40')

/** A field value in JSON; null removes it. */
export const sentValue = z.union(
  [z.string(), z.number(), z.boolean(), z.null()],
  'must be a text, a number, true, false or null',
)

export const uuidText = z.uuid({ error: 'must be an id' }).transform((text) => text.toLowerCase())

/** An RFC 3339 time with offset, as a Date. */
export const time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-22T08:00:00Z' })
  .transform((text) => new Date(text))
  .refine((at) => isServed(at), 'must be between 1970 and 9998')

const isServed = (at: Date): boolean => at.getUTCFullYear() >= 1970 && at.getUTCFullYear() <= 9998

/** The same, with the digits as they were written, up to the minute: `2026-12-01T08:00`. */
export const writtenTime = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-22T08:00:00Z' })
  .transform((text) => ({ moment: new Date(text), digits: text.slice(0, 'YYYY-MM-DDTHH:MM'.length) }))
  .refine(({ moment }) => isServed(moment), 'must be between 1970 and 9998')

/**
 * Parses JSON. A key `__proto__`, which Zod records silently drop, is refused like any unknown key. Throws DomainError
 * `malformed` and `invalid`.
 */
export function parseJson(text: string): unknown {
  const refused: string[] = []
  const noted = (key: string, value: unknown): unknown => {
    if (key === '__proto__') refused.push(key)
    return value
  }
  const value = readJson(text, noted)
  if (refused.length === 0) return value
  throw new DomainError('invalid', 'The body is not valid.', {
    faults: [{ path: '__proto__', message: 'There is no setting "__proto__" here.' }],
  })
}

function readJson(text: string, reviver: (key: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(text, reviver)
  } catch (cause) {
    throw new DomainError('malformed', 'The body is not JSON.', { cause })
  }
}

/** For safeParse at a border: default messages for schemas without their own, worded as the end of a sentence. */
export const inWords = {
  error: (issue: z.core.$ZodRawIssue): string | undefined => {
    if (issue.input === undefined) return 'is missing'
    if (issue.code === 'invalid_type') return `must be ${nouns[issue.expected] ?? 'of another kind'}`
    if (issue.code === 'too_big') return sizeProblem(issue.origin, `at most ${issue.maximum}`)
    return issue.code === 'too_small' ? sizeProblem(issue.origin, `at least ${issue.minimum}`) : undefined
  },
}

const nouns: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

function sizeProblem(origin: string, bound: string): string {
  if (origin === 'string') return `must have ${bound} characters`
  return origin === 'array' ? `must have ${bound} entries` : `must be ${bound}`
}

/** Issues as faults; each unknown key gets its own fault. */
export function faultsOf(error: z.ZodError): readonly Fault[] {
  return error.issues.flatMap((issue): readonly Fault[] => {
    const path = issue.path.map(String)
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((unknown) => ({
        path: [...path, unknown].join('.'),
        message: `There is no setting "${unknown.slice(0, 60)}" here.`,
      }))
    return [{ path: path.join('.'), message: sentence(issue.message) }]
  })
}

const sentence = (message: string): string => {
  const text = /^[a-z]/.test(message) ? `It ${message}` : message
  return text.endsWith('.') ? text : `${text}.`
}
