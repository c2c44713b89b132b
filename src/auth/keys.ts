// shell · API keys: shown once, stored as a hash. The bootstrap key comes from the environment
import { and, desc, eq, isNull } from 'drizzle-orm'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import type { Deps } from '../platform/deps.ts'
import { base64urlOf, bytesOf } from '../platform/encoding/bytes.ts'
import { sha256 } from '../platform/encoding/jcs.ts'
import { sameBytes } from '../platform/vault/keys.ts'
import { isRole, type Role } from './roles.ts'
import { apiKeys } from './tables.ts'

export interface KeyHolder {
  readonly actor: Actor
  readonly role: Role
}

type MakesKeys = Pick<Deps, 'db' | 'randomBytes' | 'ids' | 'clock'>

/** 32 random bytes behind a prefix for secret scanners. Plain SHA-256 suffices: the key cannot be guessed. */
export async function createKey(
  deps: MakesKeys,
  actor: Actor,
  key: { role: Role; name: string },
): Promise<{ id: string; key: string }> {
  const made = await createKeyOnce(deps, actor, { ...key, id: deps.ids() })
  if (made === null) throw new Error('a fresh id that is taken')
  return made
}

/** With an id from the form: null where a key has it, so that a form sent twice makes one key. */
export async function createKeyOnce(
  deps: MakesKeys,
  actor: Actor,
  key: { id: string; role: Role; name: string },
): Promise<{ id: string; key: string } | null> {
  const secret = `assent_${base64urlOf(deps.randomBytes(32))}`
  const { id } = key
  return deps.db.transaction(async (tx) => {
    const made = await tx
      .insert(apiKeys)
      .values({ ...key, hash: sha256(bytesOf(secret)), createdAt: deps.clock() })
      .onConflictDoNothing()
      .returning({ id: apiKeys.id })
    if (made.length === 0) return null
    await recordAct(deps, tx, {
      actor,
      verb: 'key.create',
      subject: { kind: 'key', id },
      details: { role: key.role },
    })
    return { id, key: secret }
  })
}

export interface KeyRow {
  readonly id: string
  readonly name: string
  readonly role: string
  readonly createdAt: Date
  readonly revokedAt: Date | null
}

/** Without hashes, newest first. */
export const allKeys = (deps: Pick<Deps, 'db'>): Promise<readonly KeyRow[]> =>
  deps.db
    .select({
      id: apiKeys.id,
      name: apiKeys.name,
      role: apiKeys.role,
      createdAt: apiKeys.createdAt,
      revokedAt: apiKeys.revokedAt,
    })
    .from(apiKeys)
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))

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

/** Null if the key is unknown or revoked. */
export async function holderOfKey(
  deps: Pick<Deps, 'db' | 'config'>,
  secret: string,
): Promise<KeyHolder | null> {
  const hash = sha256(bytesOf(secret))
  const bootstrap = deps.config.bootstrapApiKey
  if (bootstrap !== undefined && sameBytes(hash, sha256(bytesOf(bootstrap))))
    return { actor: { kind: 'key', id: 'bootstrap' }, role: 'owner' }
  const [row] = await deps.db
    .select({ id: apiKeys.id, role: apiKeys.role })
    .from(apiKeys)
    .where(and(eq(apiKeys.hash, hash), isNull(apiKeys.revokedAt)))
  return row === undefined || !isRole(row.role)
    ? null
    : { actor: { kind: 'key', id: row.id }, role: row.role }
}
