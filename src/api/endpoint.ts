// web · one endpoint of the API: its permission, the schema of its body, its answer, all in one declaration
import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as z from 'zod'
import type { Actor } from '../audit/actor.ts'
import { holderOfKey } from '../auth/keys.ts'
import { may, type Permission } from '../auth/roles.ts'
import { base64urlOf, bytesOf, bytesOfBase64url, textOf } from '../platform/bytes.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError, invalid, notAvailableYet } from '../platform/errors.ts'
import { faultsOf, inWords, parseJson } from '../platform/form.ts'
import type { Json } from '../platform/jcs.ts'
import type { Env } from '../ui/answer.tsx'

/** Larger than the longest campaign. */
const bodyBytesMost = 512 * 1024

export interface Call<Body> {
  readonly deps: Deps
  readonly actor: Actor
  readonly body: Body
  readonly path: (name: string) => string
  readonly query: (name: string) => string | undefined
}

export interface Endpoint<Body extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below /api/v1, in Hono's form. */
  readonly path: string
  readonly permission: Permission
  readonly body?: Body
  readonly status?: ContentfulStatusCode | 204
}

/** Every endpoint as declared: for the table that tests walk, and for documentation. */
export const endpoints: Pick<Endpoint<z.ZodType>, 'method' | 'path' | 'permission'>[] = []

export const apiRoutes = new Hono<Env>()

export function endpoint<Body extends z.ZodType = z.ZodUndefined>(
  declared: Endpoint<Body>,
  handle: (call: Call<z.output<Body>>) => Promise<unknown>,
): void {
  const { method, path, permission } = declared
  endpoints.push({ method, path, permission })
  apiRoutes.on(method, path, async (c) => {
    const actor = await authorised(c, permission)
    // Taken in silence it would promise what is not kept: that a repeat does nothing.
    if (c.req.header('idempotency-key') !== undefined) throw notAvailableYet('', 'The header Idempotency-Key')
    const body = await bodyOf(c, declared.body)
    const answer = await handle({
      deps: c.env,
      actor,
      body,
      path: (name) => c.req.param(name) ?? '',
      query: (name) => c.req.query(name),
    })
    c.header('Cache-Control', 'no-store')
    if (declared.status === 204) return c.body(null, 204)
    return c.body(JSON.stringify(answer), declared.status ?? 200, { 'Content-Type': 'application/json' })
  })
}

async function authorised(c: Context<Env>, permission: Permission): Promise<Actor> {
  const secret = /^Bearer ([\x21-\x7e]{1,500})$/i.exec(c.req.header('authorization') ?? '')?.[1]
  const holder = secret === undefined ? null : await holderOfKey(c.env, secret)
  if (holder === null)
    throw new DomainError('unauthenticated', 'Send an API key that is in force: Authorization: Bearer <key>.')
  if (!may(holder.role, permission))
    throw new DomainError('forbidden', `A key of the role ${holder.role} may not do this (${permission}).`)
  return holder.actor
}

/** Of an endpoint that takes none: a program may send an empty object all the same. */
const noBody = z.strictObject({}).optional()

async function bodyOf<Body extends z.ZodType>(c: Context, schema: Body | undefined): Promise<z.output<Body>> {
  const wanted = schema ?? noBody
  const isAbsent = wanted.safeParse(undefined).success && (await c.req.text()).trim() === ''
  const parsed = wanted.safeParse(isAbsent ? undefined : await json(c), inWords)
  if (!parsed.success)
    throw new DomainError('invalid', 'The body needs another look.', { faults: faultsOf(parsed.error) })
  return parsed.data as z.output<Body>
}

async function json(c: Context): Promise<unknown> {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json')
    throw new DomainError('unsupported_media_type', 'Send the body as application/json.')
  const text = await c.req.text()
  if (text.length > bodyBytesMost) throw new DomainError('too_large', 'The body is larger than 512 KiB.')
  return parseJson(text)
}

/** A page of a collection: `?limit=` from 1 to 200 and the cursor of the page before. */
export function pageOf<Position extends z.ZodType>(
  call: Pick<Call<unknown>, 'query'>,
  position: Position,
): { limit: number; after: z.output<Position> | null } {
  const limit = call.query('limit') ?? '50'
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > 200)
    throw invalid('limit', 'The limit is a whole number from 1 to 200.')
  const cursor = call.query('cursor')
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
export function collection<Row>(
  rows: readonly Row[],
  page: { limit: number; show: (row: Row) => unknown; position: (row: Row) => Json },
): { data: readonly unknown[]; next_cursor: string | null } {
  const last = rows.at(-1)
  const more = rows.length === page.limit && last !== undefined
  return {
    data: rows.map(page.show),
    next_cursor: more ? base64urlOf(bytesOf(JSON.stringify(page.position(last)))) : null,
  }
}
