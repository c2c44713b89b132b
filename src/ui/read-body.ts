// web · the body of a form post, whatever its encoding, as names and values
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import * as z from 'zod'
import { DomainError } from '../platform/errors.ts'
import { parseJson } from '../platform/form.ts'

/** Enough for every form of ours. */
export const maxFormBytes = 64 * 1024

/** More than the largest form of a public page has controls. */
const maxPairs = 500
/** The same for the console: a list with fifty fields in four languages. */
export const maxConsolePairs = 1500

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
const jsonForm = z.record(z.string(), z.union([scalar, z.array(scalar)]))

/**
 * urlencoded, multipart or JSON. Throws DomainError `unsupported_media_type` for anything else, `malformed` for what
 * cannot be read, and for files: no form of ours takes one.
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

/** The same where it has no more octets; null, and nothing more is read, where it has. */
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

/** What a script of ours posts. Throws DomainError `malformed` where it is not JSON of this shape. */
export async function readJsonAs<T>(c: Context, shape: z.ZodType<T>): Promise<T> {
  const parsed = shape.safeParse(parseJson(await c.req.text()))
  if (!parsed.success) throw new DomainError('malformed', 'The body is not what this address takes.')
  return parsed.data
}

async function multipart(c: Context): Promise<readonly (readonly [string, string])[]> {
  const data = await c.req.formData().catch((cause: unknown) => {
    throw new DomainError('malformed', 'The form could not be read.', { cause })
  })
  return [...data.entries()].map(([name, value]) => {
    if (typeof value !== 'string') throw new DomainError('malformed', 'This form takes no files.')
    return [name, value] as const
  })
}

async function json(c: Context): Promise<z.output<typeof jsonForm>> {
  const parsed = jsonForm.safeParse(parseJson(await c.req.text()))
  if (!parsed.success)
    throw new DomainError('malformed', 'The body must be an object of texts and lists of texts.')
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
