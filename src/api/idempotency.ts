// shell · Idempotency-Key: the same request twice does its work once, and is answered the same both times
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

/** An answer as it goes out; an empty body with status 204. */
export interface Reply {
  readonly status: number
  readonly body: string
  /** Whether it was given before. */
  readonly replayed?: boolean
}

export interface Request {
  /** Whose key it is: `key 0193…`. */
  readonly holder: string
  /** The header's value. */
  readonly key: string
  /** Method, path with query, body: what must be the same again. */
  readonly content: readonly string[]
  /** Whether the act leaves the house, so that it cannot commit with its answer. */
  readonly outside: boolean
}

const keptHours = 24
/** The status of an act outside that has begun: 102 Processing. */
const underWay = 102
/** After that long an act outside that never ended was lost with its process, and may be tried anew. */
const lostAfterMinutes = 5
const forgottenAtOnce = 1000

/**
 * Does the act, or gives the answer that it gave before. What is refused leaves no trace, so that a mended request may use
 * the same key. Throws DomainError: `invalid` for a bad key and for another request under a key that is taken, `conflict`
 * while the first is under way.
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

/** The act runs inside the transaction that keeps its answer: a crash loses both or neither. */
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

/** First that it began, then the act without a transaction around it, then its answer: a crash between may repeat it. */
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
  // By the row of this beginning: who was thought lost and comes back late finds another's in its place, and leaves it.
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
 * Holds the key until the transaction ends, then looks. An advisory lock that is tried, not waited for: an INSERT on the
 * primary key would make the second request wait for the first instead of telling it so, and hold a connection meanwhile.
 * Bound to the transaction, it works over a pooler and needs no clearing up after a crash.
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

/** In place of what stands under the key, which was forgotten or lost; answers the id of the row. */
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

/** Drops what is older than a day, up to 1000 at once; answers how many. Ids run with time and are indexed. */
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
