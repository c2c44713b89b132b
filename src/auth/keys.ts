// shell · API keys: shown once, stored as a hash, in force while their maker is. The bootstrap key comes from the environment
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import type { Executor, Tx } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import { base64urlOf, bytesOf } from '../platform/encoding/bytes.ts'
import { sha256 } from '../platform/encoding/jcs.ts'
import { DomainError, invalid } from '../platform/errors.ts'
import { sameBytes } from '../platform/vault/keys.ts'
import { isRole, may, type Role } from './roles.ts'
import { apiKeys, operators } from './tables.ts'

export interface KeyHolder {
  readonly actor: Actor
  readonly role: Role
  /** List numbers; null: every list. */
  readonly lists: readonly number[] | null
}

/** Why a key is refused. `orphaned`: its maker is blocked, or may not make keys any more. */
export type KeyEnd = 'revoked' | 'expired' | 'orphaned'

export type KeyReading =
  | { readonly kind: 'in_force'; readonly holder: KeyHolder }
  | { readonly kind: 'over'; readonly id: string; readonly why: KeyEnd }
  | { readonly kind: 'unknown' }

interface NewKey {
  readonly role: Role
  readonly name: string
  /** List numbers; null or absent: every list. */
  readonly lists?: readonly number[] | null
  /** Null or absent: never. */
  readonly expiresAt?: Date | null
}

type MakesKeys = Pick<Deps, 'db' | 'randomBytes' | 'ids' | 'clock'>

/** 32 random bytes behind a prefix for secret scanners. Plain SHA-256 suffices: the key cannot be guessed. */
export async function createKey(
  deps: MakesKeys,
  actor: Actor,
  key: NewKey,
): Promise<{ id: string; key: string }> {
  const made = await createKeyOnce(deps, actor, { ...key, id: deps.ids() })
  if (made === null) throw new Error('a fresh id that is taken')
  return made
}

/**
 * With an id from the form: null where a key has it, so that a form sent twice makes one key. Throws `invalid` for an owner's key
 * limited to some lists, `forbidden` where the maker was blocked meanwhile.
 */
export async function createKeyOnce(
  deps: MakesKeys,
  actor: Actor,
  key: NewKey & { id: string },
): Promise<{ id: string; key: string } | null> {
  const { id, role, name, expiresAt = null } = key
  const lists = key.lists == null ? null : [...key.lists]
  if (role === 'owner' && lists !== null)
    throw invalid('lists', 'A key of the role owner acts on all lists. Choose all lists, or another role.')
  const secret = `assent_${base64urlOf(deps.randomBytes(32))}`
  const maker = actor.kind === 'operator' ? actor.id : null
  return deps.db.transaction(async (tx) => {
    if (maker !== null) await holdMaker(tx, maker)
    const made = await tx
      .insert(apiKeys)
      .values({
        id,
        role,
        name,
        lists,
        maker,
        expiresAt,
        hash: sha256(bytesOf(secret)),
        createdAt: deps.clock(),
      })
      .onConflictDoNothing()
      .returning({ id: apiKeys.id })
    if (made.length === 0) return null
    await recordAct(deps, tx, {
      actor,
      verb: 'key.create',
      subject: { kind: 'key', id },
      details: {
        role,
        lists: lists === null ? null : lists.length,
        expires: expiresAt?.toISOString() ?? null,
      },
    })
    return { id, key: secret }
  })
}

/** Locks the maker: blocking them waits, and then revokes this key as well. */
async function holdMaker(tx: Tx, maker: string): Promise<void> {
  const [row] = await tx
    .select({ role: operators.role })
    .from(operators)
    .where(and(eq(operators.id, maker), isNull(operators.disabledAt)))
    .for('share')
  if (row === undefined || !isRole(row.role) || !may(row.role, 'keys.manage'))
    throw new DomainError('forbidden', 'You may not make API keys any more. An owner can change that.')
}

const shown = {
  id: apiKeys.id,
  name: apiKeys.name,
  role: apiKeys.role,
  lists: apiKeys.lists,
  maker: apiKeys.maker,
  createdAt: apiKeys.createdAt,
  expiresAt: apiKeys.expiresAt,
  revokedAt: apiKeys.revokedAt,
  makerRole: operators.role,
  makerDisabledAt: operators.disabledAt,
}

export interface KeyRow {
  readonly id: string
  readonly name: string
  readonly role: string
  readonly lists: readonly number[] | null
  /** Null: made on the server. */
  readonly maker: string | null
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  readonly makerRole: string | null
  readonly makerDisabledAt: Date | null
}

/** Without hashes, newest first. */
export const allKeys = (deps: Pick<Deps, 'db'>): Promise<readonly KeyRow[]> =>
  deps.db
    .select(shown)
    .from(apiKeys)
    .leftJoin(operators, eq(operators.id, apiKeys.maker))
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))

/** Why a key is refused; null while it is in force. */
export function endOfKey(
  key: Pick<KeyRow, 'maker' | 'expiresAt' | 'revokedAt' | 'makerRole' | 'makerDisabledAt'>,
  now: Date,
): KeyEnd | null {
  if (key.revokedAt !== null) return 'revoked'
  if (key.expiresAt !== null && key.expiresAt <= now) return 'expired'
  if (key.maker === null) return null
  const role = key.makerRole ?? ''
  return key.makerDisabledAt === null && isRole(role) && may(role, 'keys.manage') ? null : 'orphaned'
}

/** Returns whether the key was still valid. */
export async function revokeKey(deps: Deps, actor: Actor, id: string): Promise<boolean> {
  return deps.db.transaction(async (tx) => {
    const revoked = await tx
      .update(apiKeys)
      .set({ revokedAt: deps.clock() })
      .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
      .returning({ id: apiKeys.id })
    if (revoked.length > 0)
      await recordAct(deps, tx, { actor, verb: 'key.revoke', subject: { kind: 'key', id } })
    return revoked.length > 0
  })
}

/**
 * Revokes what a removed operator made, in the transaction of the removal. For good, since they were shown the keys: nobody else
 * takes these over, and unblocking brings none back.
 */
export async function revokeKeysOf(deps: Deps, tx: Tx, actor: Actor, maker: string): Promise<void> {
  const revoked = await tx
    .update(apiKeys)
    .set({ revokedAt: deps.clock() })
    .where(and(eq(apiKeys.maker, maker), isNull(apiKeys.revokedAt)))
    .returning({ id: apiKeys.id })
  for (const { id } of revoked)
    await recordAct(deps, tx, {
      actor,
      verb: 'key.revoke',
      subject: { kind: 'key', id },
      details: { because: 'its maker was removed' },
    })
}

/** How many keys in force an operator made. */
export async function countKeysOf(deps: { db: Executor; clock: () => Date }, maker: string): Promise<number> {
  const rows = await deps.db
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.maker, maker),
        isNull(apiKeys.revokedAt),
        sql`coalesce(${apiKeys.expiresAt} > ${deps.clock().toISOString()}::timestamptz, true)`,
      ),
    )
  return rows.length
}

export async function holderOfKey(
  deps: Pick<Deps, 'db' | 'config' | 'clock'>,
  secret: string,
): Promise<KeyReading> {
  const hash = sha256(bytesOf(secret))
  const bootstrap = deps.config.bootstrapApiKey
  if (bootstrap !== undefined && sameBytes(hash, sha256(bytesOf(bootstrap))))
    return {
      kind: 'in_force',
      holder: { actor: { kind: 'key', id: 'bootstrap' }, role: 'owner', lists: null },
    }
  const [row] = await deps.db
    .select(shown)
    .from(apiKeys)
    .leftJoin(operators, eq(operators.id, apiKeys.maker))
    .where(eq(apiKeys.hash, hash))
  if (row === undefined || !isRole(row.role)) return { kind: 'unknown' }
  const why = endOfKey(row, deps.clock())
  return why === null
    ? {
        kind: 'in_force',
        holder: { actor: { kind: 'key', id: row.id }, role: row.role, lists: row.lists },
      }
    : { kind: 'over', id: row.id, why }
}
