// pure · the values that PostgreSQL sends as text, read by their type, and the schemas that rows from the database pass
import * as z from 'zod'
import { bytesOfHex } from '../encoding/bytes.ts'

type Read<Value> = (text: string) => Value

const itself: Read<string> = (text) => text
const momentOf: Read<Date> = (text) => new Date(text)
const octetsOf: Read<Uint8Array> = (text) => bytesOfHex(text.slice(2))
const isTrue: Read<boolean> = (text) => text === 't'

/**
 * By the number of the type in pg_type. What is not here comes as postgres.js reads it: numbers below 2^53, booleans, JSON, and
 * text for all else.
 */
export const valueReaders: Readonly<Record<number, Read<unknown>>> = {
  17: octetsOf,
  20: Number,
  1184: momentOf,
  ...arrays({
    1000: isTrue,
    1001: octetsOf,
    1005: Number,
    1007: Number,
    1009: itself,
    1015: itself,
    1016: Number,
    1022: Number,
    1185: momentOf,
    2951: itself,
  }),
}

function arrays(readers: Readonly<Record<number, Read<unknown>>>): Readonly<Record<number, Read<unknown>>> {
  return Object.fromEntries(
    Object.entries(readers).map(([type, read]) => [type, (text: string) => arrayOf(text, read)]),
  )
}

/** An array of arrays, or one that does not begin at 1, stays text: nothing here has one, and no schema takes it. */
function arrayOf(text: string, read: Read<unknown>): unknown {
  if (text === '{}') return []
  if (!/^\{[^{]/.test(text)) return text
  const inside = text.slice(1, -1)
  if (!inside.includes('"')) return inside.split(',').map((plain) => elementOf(plain, read))
  return Array.from(inside.matchAll(element), ([, quoted, plain = '']) =>
    quoted === undefined ? elementOf(plain, read) : read(quoted.replace(/\\(.)/gs, '$1')),
  )
}

const element = /"((?:[^"\\]|\\.)*)"|([^",]+)/gs

/** PostgreSQL quotes a text that is the word NULL. */
const elementOf = (plain: string, read: Read<unknown>): unknown => (plain === 'NULL' ? null : read(plain))

/** integer, and bigint where a number can hold it. */
export const whole = z.int()
/** timestamptz; neither infinity. */
export const moment = z.date()
/** bytea. */
export const octets = z.instanceof(Uint8Array)
/** bigint[], integer[]. */
export const wholes = z.array(whole)
/** text[], uuid[]. */
export const texts = z.array(z.string())

/** timestamptz within JSON. */
export const jsonMoment = z.iso.datetime({ offset: true }).transform(momentOf)
/** bytea within JSON. */
export const jsonOctets = z.string().startsWith('\\x').transform(octetsOf)

/** A row that does not fit is a bug of ours: the error names its columns and what they should be, and never what they are. */
export class RowMisfit extends Error {
  override readonly name = 'RowMisfit'
  /** The columns: what the log tells of an error. */
  readonly code: string

  constructor(issues: readonly z.core.$ZodIssue[]) {
    const wrong = new Map(issues.map((issue) => [String(issue.path[0] ?? ''), wantedBy(issue)]))
    super(`A row does not fit: ${Array.from(wrong, ([column, wanted]) => `${column} ${wanted}`).join(', ')}.`)
    this.code = `column ${[...wrong.keys()].join(', ')}`
  }
}

/** In words of the schema alone: below a column there may be keys of JSON that somebody typed. */
const wantedBy = (issue: z.core.$ZodIssue): string =>
  issue.path.length === 1 && issue.code === 'invalid_type'
    ? `should be ${issue.expected}`
    : `is refused (${issue.code})`

/** Rows as the driver gave them, by the schema of one. Throws RowMisfit. */
export const checkRows = <Row extends z.ZodType>(
  row: Row,
  found: readonly unknown[],
): readonly z.output<Row>[] =>
  found.map((one) => {
    const read = row.safeParse(one)
    if (!read.success) throw new RowMisfit(read.error.issues)
    return read.data
  })
