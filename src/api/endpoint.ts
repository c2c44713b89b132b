// web · an endpoint of the API: permission, schema of the body and answer, in one declaration
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as z from 'zod'
import { type Actor, nameOfActor } from '../audit/actor.ts'
import { holderOfKey, type KeyEnd, type KeyHolder } from '../auth/keys.ts'
import { may, type Permission, type Role } from '../auth/roles.ts'
import { recordRefusal, strangerWindow } from '../auth/security-events.ts'
import type { Deps } from '../platform/deps.ts'
import { base64urlOf, bytesOf, bytesOfBase64url, textOf } from '../platform/encoding/bytes.ts'
import type { Json } from '../platform/encoding/jcs.ts'
import { DomainError, invalid, notFound } from '../platform/errors.ts'
import { faultsOf, inWords, parseJson } from '../platform/form.ts'
import type { Env } from '../ui/answer.tsx'
import { knockAllowances } from '../ui/door.ts'
import { jsonText } from '../ui/read-body.ts'
import type { Shown } from './answers.ts'
import { once, type Reply, type Request } from './idempotency.ts'

/** Larger than the longest campaign. */
const maxBodyBytes = 512 * 1024
const withinLimit = bodyLimit({
  maxSize: maxBodyBytes,
  onError: () => {
    throw new DomainError('too_large', 'The body is larger than this address takes.')
  },
})

/** What the key of a request reaches. */
export interface Reach {
  readonly deps: Deps
  /** Numbers of the lists that the key is limited to; null: every list. */
  readonly lists: readonly number[] | null
}

export interface Call<Body, Query = unknown> extends Reach {
  readonly actor: Actor
  /** Throws `forbidden` for a permission that only a part of the endpoint asks for. */
  readonly require: (permission: Permission) => void
  readonly body: Body
  readonly path: (name: string) => string
  readonly query: Query
  /** `?limit=&cursor=`, as sent: for pageOf. */
  readonly page: { readonly limit: string | undefined; readonly cursor: string | undefined }
}

/** The declaration of an endpoint, read by the documentation and by tests that walk all endpoints. */
export interface Declared<
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below /api/v1, in Hono's form. */
  readonly path: string
  readonly permission: Permission
  /** Whether it concerns the deployment as a whole: refused to keys that are limited to some lists. */
  readonly whole?: boolean
  readonly summary: string
  /** Further documentation, in whole sentences. */
  readonly description?: string
  readonly body?: Body
  /** The shape to document, where the verb checks the body itself because it knows more than a schema. */
  readonly bodyShape?: z.ZodType
  /** An example body. */
  readonly example?: Json
  readonly query?: Query
  /** Whether the answer comes page by page: `?limit=&cursor=`. */
  readonly pages?: boolean
  /** Absent where the endpoint answers 204, or is not available yet. */
  readonly answer?: Answer
  readonly status?: ContentfulStatusCode | 204
  /** Whether the act has an effect outside (a mail), which cannot commit together with its answer. */
  readonly outside?: boolean
  /** Whether it only reads: with an Idempotency-Key, too, it reads anew and is recorded anew, and no answer about people is kept. */
  readonly reads?: boolean
  /** Asks the network before an act that commits with its answer: no transaction waits for the network. */
  readonly ask?: (reach: Reach, path: (name: string) => string) => Promise<unknown>
}

export interface Endpoint {
  readonly declared: Declared
  readonly answer: (c: Context<Env>) => Promise<Response>
}

export function routesOf(endpoints: readonly Endpoint[]): Hono<Env> {
  const routes = new Hono<Env>()
  for (const { declared, answer } of endpoints) routes.on(declared.method, declared.path, answer)
  return routes
}

export function endpoint<
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodVoid,
  Query extends z.ZodType = z.ZodUnknown,
>(
  declared: Declared<Body, Answer, Query>,
  handle: (call: Call<z.output<Body>, z.output<Query>>) => Promise<Shown<Answer>>,
): Endpoint
export function endpoint(declared: Declared, handle: (call: Call<unknown>) => Promise<unknown>): Endpoint {
  const respond = async (c: Context<Env>): Promise<Response> => {
    const holder = await authorised(c, declared)
    try {
      return await respondTo(c, holder)
    } catch (error) {
      if (error instanceof DomainError && (error.code === 'forbidden' || hidden.has(error)))
        await noteRefused(c, holder.actor, declared)
      throw error
    }
  }
  const respondTo = async (c: Context<Env>, { actor, lists, role }: KeyHolder): Promise<Response> => {
    // Only after the key is checked: the body of a request without one is not read.
    await withinLimit(c, async () => {})
    const body = await bodyOf(c, declared.body)
    const query = queryOf(c, declared.query)
    const path = (name: string): string => c.req.param(name) ?? ''
    const act = async (deps: Deps): Promise<Reply> => {
      const page = { limit: c.req.query('limit'), cursor: c.req.query('cursor') }
      const require = (permission: Permission): void => requirePermission(role, permission)
      const answer = await handle({ deps, lists, actor, require, body, path, query, page })
      const status = declared.status ?? 200
      return { status, body: status === 204 ? '' : JSON.stringify(answer) }
    }
    const isRead = declared.method === 'GET' || declared.reads === true
    const key = isRead ? undefined : c.req.header('idempotency-key')
    if (key !== undefined) await declared.ask?.({ deps: c.env, lists }, path)
    const reply =
      key === undefined ? await act(c.env) : await once(c.env, await requestOf(c, actor, key, declared), act)
    return sent(reply)
  }
  return { declared, answer: respond }
}

const requestOf = async (c: Context, actor: Actor, key: string, declared: Declared): Promise<Request> => ({
  holder: nameOfActor(actor),
  key,
  content: [c.req.method, c.req.url.slice(new URL(c.req.url).origin.length), await jsonText(c)],
  outside: declared.outside ?? false,
})

function sent({ status, body, replayed }: Reply): Response {
  const headers = {
    'Cache-Control': 'no-store',
    ...(replayed === true ? { 'Idempotency-Replayed': 'true' } : {}),
  }
  return status === 204
    ? new Response(null, { status, headers })
    : new Response(body, { status, headers: { ...headers, 'Content-Type': 'application/json' } })
}

async function authorised(c: Context<Env>, declared: Declared): Promise<KeyHolder> {
  const secret = /^Bearer ([\x21-\x7e]{1,500})$/i.exec(c.req.header('authorization') ?? '')?.[1]
  const noKey = 'Send an API key that is in force: Authorization: Bearer <key>.'
  if (secret === undefined) throw new DomainError('unauthenticated', noKey)
  const reading = await holderOfKey(c.env, secret)
  switch (reading.kind) {
    case 'unknown':
      await noteBadKey(c, declared, { actor: { kind: 'stranger' } })
      throw new DomainError('unauthenticated', noKey)
    case 'over':
      await noteBadKey(c, declared, { actor: { kind: 'key', id: reading.id }, why: reading.why })
      throw new DomainError('unauthenticated', keyEndWords[reading.why])
    case 'in_force': {
      const why = whyForbidden(reading.holder, declared)
      if (why === null) return reading.holder
      await noteRefused(c, reading.holder.actor, declared)
      throw new DomainError('forbidden', why)
    }
  }
}

/** Told only to who has the key. */
const keyEndWords: Readonly<Record<KeyEnd, string>> = {
  revoked: 'This API key was revoked. An owner can create another in the console, under Settings, API keys.',
  expired: 'This API key has expired. An owner can create another in the console, under Settings, API keys.',
  orphaned:
    'This API key is refused, because the operator who made it is blocked or no owner any more. Another owner can create one in the console, under Settings, API keys.',
}

const whyNot = (role: Role, permission: Permission): string | null =>
  may(role, permission) ? null : `A key of the role ${role} may not do this (${permission}).`

function requirePermission(role: Role, permission: Permission): void {
  const why = whyNot(role, permission)
  if (why !== null) throw new DomainError('forbidden', why)
}

function whyForbidden({ role, lists }: KeyHolder, { permission, whole }: Declared): string | null {
  const why = whyNot(role, permission)
  if (why !== null) return why
  return lists !== null && whole === true
    ? 'This concerns all lists, and this API key is limited to some of them.'
    : null
}

const noteRefused = (c: Context<Env>, actor: Actor, { method, path }: Declared): Promise<void> =>
  recordRefusal(c.env, { verb: 'act.refused', actor, allowances: [], details: { method, path } })

const noteBadKey = (
  c: Context<Env>,
  { method, path }: Declared,
  { actor, why }: { actor: Actor; why?: KeyEnd },
): Promise<void> =>
  recordRefusal(c.env, {
    verb: 'key.refused',
    actor,
    allowances: knockAllowances(c, strangerWindow),
    details: { method, path, ...(why === undefined ? {} : { why }) },
  })

/** Whether the key of the request sees the list with this number. */
export const reaches = ({ lists }: Reach, list: number): boolean => lists === null || lists.includes(list)

const hidden = new WeakSet<DomainError>()

/** Answers as if there were nothing, and is recorded as refused: of people, even their existence is not told. */
export function asIfNotThere(what: string): DomainError {
  const error = notFound(what)
  hidden.add(error)
  return error
}

/** Throws `forbidden` where the key is limited to other lists. */
export function holdToLists(reach: Reach, list: number): void {
  if (!reaches(reach, list))
    throw new DomainError('forbidden', 'This API key is limited to other lists than this one.')
}

/** For an endpoint without a body; an empty object is accepted as well. */
const noBody = z.strictObject({}).optional()

async function bodyOf(c: Context, schema: z.ZodType = noBody): Promise<unknown> {
  const isAbsent = schema.safeParse(undefined).success && (await jsonText(c)).trim() === ''
  const parsed = schema.safeParse(isAbsent ? undefined : await json(c), inWords)
  if (!parsed.success)
    throw new DomainError('invalid', 'The body is not valid.', { faults: faultsOf(parsed.error) })
  return parsed.data
}

/** Declared query parameters; others are ignored. Throws DomainError with all faults, the first as its message. */
function queryOf(c: Context, schema: z.ZodType = z.unknown()): unknown {
  const parsed = schema.safeParse(c.req.query(), inWords)
  if (parsed.success) return parsed.data
  const [fault, ...more] = faultsOf(parsed.error)
  throw new DomainError('invalid', fault?.message ?? '', {
    faults: fault === undefined ? [] : [fault, ...more],
  })
}

async function json(c: Context): Promise<unknown> {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json')
    throw new DomainError('unsupported_media_type', 'Send the body as application/json.')
  return parseJson(await jsonText(c))
}

/** The requested page of a collection: `?limit=` from 1 to 200, and the cursor of the previous page. */
export function pageOf<Position extends z.ZodType>(
  call: Pick<Call<unknown>, 'page'>,
  position: Position,
): { limit: number; after: z.output<Position> | null } {
  const { limit = '50', cursor } = call.page
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > 200)
    throw invalid('limit', 'The limit is a whole number from 1 to 200.')
  if (cursor === undefined) return { limit: Number(limit), after: null }
  const bytes = bytesOfBase64url(cursor)
  const parsed = bytes === null ? null : position.safeParse(parsedOrNull(bytes))
  if (parsed === null || !parsed.success) throw invalid('cursor', 'The cursor is not one that we gave out.')
  return { limit: Number(limit), after: parsed.data }
}

const parsedOrNull = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(textOf(bytes))
  } catch {
    return null
  }
}

/** `{data, next_cursor}`; the cursor is null on the last page. */
export function collection<Row, One>(
  rows: readonly Row[],
  page: { limit: number; show: (row: Row) => One; position: (row: Row) => Json },
): { data: readonly One[]; next_cursor: string | null } {
  const last = rows.at(-1)
  const more = rows.length === page.limit && last !== undefined
  return {
    data: rows.map(page.show),
    next_cursor: more ? base64urlOf(bytesOf(JSON.stringify(page.position(last)))) : null,
  }
}
