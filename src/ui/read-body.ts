// web · reading form posts of any encoding as names and values
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import * as z from 'zod'
import { asciiOf, decodeMultipart, decodeUrlencoded, type Pairs } from '../platform/encoding/form-charset.ts'
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

type Form = ReadonlyMap<string, readonly string[]>

export type FormReading =
  | { readonly kind: 'read'; readonly form: Form }
  /** `form`: what is ASCII. `charset`: as declared; null where none was, and the octets are not UTF-8. */
  | { readonly kind: 'undecodable'; readonly form: Form; readonly charset: string | null }

/** As `readFormOrCharset`, and throws DomainError `malformed` where the charset does not fit. */
export async function readForm(c: Context, most: number = maxPairs): Promise<Form> {
  const reading = await readFormOrCharset(c, most)
  if (reading.kind === 'undecodable') throw undecodable(reading.charset)
  return reading.form
}

/** In words for the author of a form. */
export const undecodable = (charset: string | null): DomainError =>
  new DomainError(
    'malformed',
    charset === null
      ? 'The body is not UTF-8. Send UTF-8, or name its charset in Content-Type or in a field _charset_.'
      : `The body cannot be read as “${charset}”. Send UTF-8.`,
  )

/**
 * Reads urlencoded, multipart or JSON in the charset it declares, else in UTF-8. Throws DomainError `unsupported_media_type`
 * for other types, `malformed` for an unreadable body and for files, which no form takes.
 */
export async function readFormOrCharset(c: Context, most: number = maxPairs): Promise<FormReading> {
  const header = c.req.header('content-type') ?? ''
  const type = header.split(';')[0]?.trim().toLowerCase()
  if (type === 'application/x-www-form-urlencoded') {
    const { pairs, ...decoded } = decodeUrlencoded(await octetsOf(c), header)
    const form = gather(pairs, most)
    return decoded.kind === 'decoded' ? { kind: 'read', form } : { ...decoded, form }
  }
  if (type === 'multipart/form-data') return readMultipart(c, most)
  if (type === 'application/json') {
    return { kind: 'read', form: gatherJson(json(await jsonText(c))) }
  }
  throw new DomainError(
    'unsupported_media_type',
    'Send application/x-www-form-urlencoded, multipart/form-data or application/json.',
  )
}

/** The same for a body of at most `most.bytes`; null for a larger one, without reading on. */
export async function readFormWithin(
  c: Context,
  most: { bytes: number; pairs: number },
): Promise<Form | null> {
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
  const parsed = shape.safeParse(parseJson(await jsonText(c)))
  if (!parsed.success) throw new DomainError('malformed', 'The body does not have the expected shape.')
  return parsed.data
}

const octetsOf = async (c: Context): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await c.req.arrayBuffer())

/**
 * The text of a JSON body. Throws DomainError `malformed` for octets that are not UTF-8, which would otherwise be stored as other
 * characters than were sent.
 * @see https://www.rfc-editor.org/rfc/rfc8259#section-8.1
 */
export async function jsonText(c: Context): Promise<string> {
  const octets = await c.req.arrayBuffer()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets)
  } catch (cause) {
    const message = 'The body is not in UTF-8, the only encoding of JSON. Send it in UTF-8.'
    throw new DomainError('malformed', message, { cause })
  }
}

async function readMultipart(c: Context, most: number): Promise<FormReading> {
  const octets = await octetsOf(c)
  const decoded = decodeMultipart(octets)
  const type = c.req.header('content-type') ?? ''
  const pairs = await multipart(decoded.kind === 'decoded' ? decoded.text : octets, type)
  return decoded.kind === 'decoded'
    ? { kind: 'read', form: gather(pairs, most) }
    : { ...decoded, form: gather(asciiOf(pairs), most) }
}

async function multipart(body: string | Uint8Array<ArrayBuffer>, type: string): Promise<Pairs> {
  const data = await new Response(body, { headers: { 'content-type': type } })
    .formData()
    .catch((cause: unknown) => {
      throw new DomainError('malformed', 'The form could not be read.', { cause })
    })
  return [...data.entries()].map(([name, value]) => {
    if (typeof value !== 'string') throw new DomainError('malformed', 'This form does not accept files.')
    return [name, value] as const
  })
}

function json(text: string): z.output<typeof jsonForm> {
  const parsed = jsonForm.safeParse(parseJson(text))
  if (!parsed.success)
    throw new DomainError('malformed', 'The body must be a JSON object of strings and arrays of strings.')
  return parsed.data
}

function gather(pairs: Iterable<readonly [string, string]>, most: number): Form {
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

const gatherJson = (body: z.output<typeof jsonForm>): Form =>
  new Map(
    Object.entries(body).map(([name, value]) => [
      name,
      (Array.isArray(value) ? value : [value]).flatMap((one) => (one === null ? [] : [String(one)])),
    ]),
  )
