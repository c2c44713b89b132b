// shell · Idempotency-Key: a repeated request is done once, and answered the same both times
import { and, eq, lt, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Tx } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import type { Deps } from '../platform/deps.ts'
import { bytesOf, textOf } from '../platform/encoding/bytes.ts'
import { uuidv7 } from '../platform/encoding/uuid.ts'
import { DomainError, invalid } from '../platform/errors.ts'
import { openRow, sealRow } from '../platform/vault/fields.ts'
import { repeatHash } from '../platform/vault/indexes.ts'
import { idempotencyKeys } from './tables.ts'

/** An answer as sent; its body is empty with status 204. */
export interface Reply {
  readonly status: number
  readonly body: string
  /** Whether the answer is a repeat. */
  readonly replayed?: boolean
}

export interface Request {
  /** The holder of the API key: `key 0193…`. */
  readonly holder: string
  /** The header's value. */
  readonly key: string
  /** Method, path with query, and body, which a repeat has to match. */
  readonly content: readonly string[]
  /** Whether the act has an effect outside, which cannot commit with its answer. */
  readonly outside: boolean
}

const keptHours = 24
/** The stored status of an outside act under way: 102 Processing. */
const underWay = 102
/** An outside act that has not ended by then was lost with its process, and may be tried anew. */
const lostAfterMinutes = 5
const forgottenAtOnce = 1000

/**
 * Does the act, or returns its earlier answer. A refusal leaves no trace, so that a mended request may use the same key. Throws
 * DomainError: `invalid` for a malformed key and for a key taken by another request, `conflict` while the first is under way.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export async function once(
  deps: Deps,
  request: Request,
  act: (deps: Deps) => Promise<Reply>,
): Promise<Reply> {
  if (!/^[\x20-\x7e]{1,255}$/.test(request.key))
    throw invalid('Idempotency-Key', 'An Idempotency-Key has 1 to 255 printable ASCII characters.')
  return request.outside ? onceOutside(deps, request, act) : onceTogether(deps, request, act)
}

/** Runs the act inside the transaction that stores its answer: a crash loses both or neither. */
async function onceTogether(
  deps: Deps,
  request: Request,
  act: (deps: Deps) => Promise<Reply>,
): Promise<Reply> {
  return deps.db.transaction(async (tx) => {
    const before = await answeredBefore(deps, tx, request)
    if (before !== null) return before
    const fresh = await act({ ...deps, db: tx })
    await keep(deps, tx, request, fresh)
    return fresh
  })
}

/** Records the start, runs the act outside a transaction, then stores the answer: a crash in between may repeat the act. */
async function onceOutside(
  deps: Deps,
  request: Request,
  act: (deps: Deps) => Promise<Reply>,
): Promise<Reply> {
  const begun = await deps.db.transaction(async (tx) => {
    const before = await answeredBefore(deps, tx, request)
    return before ?? keep(deps, tx, request, { status: underWay, body: '' })
  })
  if (typeof begun === 'object') return begun
  // By the row of this attempt: an attempt that was thought lost and ends late must not touch its successor's row.
  const mine = eq(idempotencyKeys.id, begun)
  try {
    const fresh = await act(deps)
    await deps.db.transaction(async (tx) => {
      const gone = await tx.delete(idempotencyKeys).where(mine).returning({ id: idempotencyKeys.id })
      if (gone.length > 0) await keep(deps, tx, request, fresh)
    })
    return fresh
  } catch (error) {
    await deps.db.delete(idempotencyKeys).where(mine)
    throw error
  }
}

/**
 * Locks the key until the transaction ends. The advisory lock is tried, not waited for: an INSERT on the primary key would make
 * the second request wait and hold a connection instead of reporting the conflict. A lock of the transaction works over a
 * pooler and needs no clean-up after a crash.
 */
async function answeredBefore(deps: Deps, tx: Tx, request: Request): Promise<Reply | null> {
  const lock = Buffer.from(hashes(deps, request).key).readBigInt64BE().toString()
  const tried = await readRow(tx, triedRow, sql`select pg_try_advisory_xact_lock(${lock}::bigint) as taken`)
  if (tried?.taken !== true) throw stillUnderWay()
  const [row] = await tx.select().from(idempotencyKeys).where(named(deps, request))
  if (row === undefined) return null
  const ageMinutes = (deps.clock().getTime() - row.createdAt.getTime()) / 60_000
  if (ageMinutes >= keptHours * 60) return null
  if (!Buffer.from(row.request).equals(hashes(deps, request).request))
    throw invalid('Idempotency-Key', 'This Idempotency-Key was used with another request; choose a new one.')
  if (row.status === underWay) {
    if (ageMinutes < lostAfterMinutes) throw stillUnderWay()
    return null
  }
  const body = openRow(deps.vault, { table: 'idempotency_keys', id: row.id }, row.answer)
  if (body === null) throw new Error('an answer that was kept does not open')
  return { status: row.status, body: textOf(body), replayed: true }
}

const triedRow = z.object({ taken: z.boolean() })

const stillUnderWay = (): DomainError =>
  new DomainError('conflict', 'A request with this Idempotency-Key is under way; ask again in a moment.', {
    retryAfterSeconds: 1,
  })

/** Replaces the expired or lost row under the key; returns the id of the new row. */
async function keep(deps: Deps, tx: Tx, request: Request, reply: Reply): Promise<string> {
  await tx.delete(idempotencyKeys).where(named(deps, request))
  const id = deps.ids()
  await tx.insert(idempotencyKeys).values({
    id,
    holder: request.holder,
    ...hashes(deps, request),
    status: reply.status,
    answer: sealRow(deps.vault, deps.randomBytes(12), { table: 'idempotency_keys', id }, bytesOf(reply.body)),
    createdAt: deps.clock(),
  })
  return id
}

const hashes = ({ vault }: Pick<Deps, 'vault'>, { holder, key, content }: Request) => ({
  key: repeatHash(vault, holder, key),
  request: repeatHash(vault, holder, ...content),
})

const named = (deps: Pick<Deps, 'vault'>, request: Request) =>
  and(eq(idempotencyKeys.holder, request.holder), eq(idempotencyKeys.key, hashes(deps, request).key))

/** Deletes answers older than a day, up to 1000 at once; returns how many. Ids grow with time and are indexed. */
export async function forgetAnswers(deps: Pick<Deps, 'db' | 'clock'>): Promise<number> {
  const before = new Date(deps.clock().getTime() - keptHours * 3_600_000)
  const old = deps.db
    .select({ id: idempotencyKeys.id })
    .from(idempotencyKeys)
    .where(lt(idempotencyKeys.id, uuidv7(before, new Uint8Array(10))))
    .orderBy(idempotencyKeys.id)
    .limit(forgottenAtOnce)
  const gone = await deps.db
    .delete(idempotencyKeys)
    .where(sql`${idempotencyKeys.id} in ${old}`)
    .returning({ id: idempotencyKeys.id })
  return gone.length
}
