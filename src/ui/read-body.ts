// web · reading form posts of any encoding as names and values
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import * as z from 'zod'
import { DomainError } from '../platform/errors.ts'
import { parseJson } from '../platform/form.ts'

/** Enough for every public form. */
export const maxFormBytes = 64 * 1024

/** More controls than the largest public form has. */
const maxPairs = 500
/** The same for the console: a list with fifty fields in four languages. */
export const maxConsolePairs = 1500

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
const jsonForm = z.record(z.string(), z.union([scalar, z.array(scalar)]))

/**
 * Reads urlencoded, multipart or JSON. Throws DomainError `unsupported_media_type` for other types, `malformed` for an
 * unreadable body and for files, which no form takes.
 */
export async function readForm(
  c: Context,
  most: number = maxPairs,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type === 'application/x-www-form-urlencoded')
    return gather(new URLSearchParams(await c.req.text()), most)
  if (type === 'multipart/form-data') return gather(await multipart(c), most)
  if (type === 'application/json') return gatherJson(await json(c))
  throw new DomainError(
    'unsupported_media_type',
    'Send application/x-www-form-urlencoded, multipart/form-data or application/json.',
  )
}

/** The same for a body of at most `most.bytes`; null for a larger one, without reading on. */
export async function readFormWithin(
  c: Context,
  most: { bytes: number; pairs: number },
): Promise<ReadonlyMap<string, readonly string[]> | null> {
  let isWithin = true
  const noteLarger = (): Response => {
    isWithin = false
    return c.body(null, 413)
  }
  await bodyLimit({ maxSize: most.bytes, onError: noteLarger })(c, async () => {})
  return isWithin ? readForm(c, most.pairs) : null
}

/** Reads JSON posted by an island. Throws DomainError `malformed` if it does not have this shape. */
export async function readJsonAs<T>(c: Context, shape: z.ZodType<T>): Promise<T> {
  const parsed = shape.safeParse(parseJson(await c.req.text()))
  if (!parsed.success) throw new DomainError('malformed', 'The body does not have the expected shape.')
  return parsed.data
}

async function multipart(c: Context): Promise<readonly (readonly [string, string])[]> {
  const data = await c.req.formData().catch((cause: unknown) => {
    throw new DomainError('malformed', 'The form could not be read.', { cause })
  })
  return [...data.entries()].map(([name, value]) => {
    if (typeof value !== 'string') throw new DomainError('malformed', 'This form does not accept files.')
    return [name, value] as const
  })
}

async function json(c: Context): Promise<z.output<typeof jsonForm>> {
  const parsed = jsonForm.safeParse(parseJson(await c.req.text()))
  if (!parsed.success)
    throw new DomainError('malformed', 'The body must be a JSON object of strings and arrays of strings.')
  return parsed.data
}

function gather(
  pairs: Iterable<readonly [string, string]>,
  most: number,
): ReadonlyMap<string, readonly string[]> {
  const gathered = new Map<string, string[]>()
  let count = 0
  for (const [name, value] of pairs) {
    count += 1
    if (count > most) throw new DomainError('malformed', 'The form has too many fields.')
    const before = gathered.get(name)
    if (before === undefined) gathered.set(name, [value])
    else before.push(value)
  }
  return gathered
}

const gatherJson = (body: z.output<typeof jsonForm>): ReadonlyMap<string, readonly string[]> =>
  new Map(
    Object.entries(body).map(([name, value]) => [
      name,
      (Array.isArray(value) ? value : [value]).flatMap((one) => (one === null ? [] : [String(one)])),
    ]),
  )
