// shell · API keys: made once, shown once, kept as a hash. The bootstrap key of the environment is one more
import { and, eq, isNull } from 'drizzle-orm'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import { base64urlOf, bytesOf } from '../platform/bytes.ts'
import type { Deps } from '../platform/deps.ts'
import { sha256 } from '../platform/jcs.ts'
import { sameBytes } from '../platform/vault/keys.ts'
import { isRole, type Role } from './roles.ts'
import { apiKeys } from './tables.ts'

export interface KeyHolder {
  readonly actor: Actor
  readonly role: Role
}

/** 32 random bytes behind a prefix that secret scanners can know. SHA-256 suffices: there is nothing to guess. */
export async function createKey(
  deps: Pick<Deps, 'db' | 'chance' | 'ids' | 'clock'>,
  actor: Actor,
  key: { role: Role; name: string },
): Promise<{ id: string; key: string }> {
  const secret = `assent_${base64urlOf(deps.chance(32))}`
  const id = deps.ids()
  await deps.db.transaction(async (tx) => {
    await tx.insert(apiKeys).values({ id, ...key, hash: sha256(bytesOf(secret)), createdAt: deps.clock() })
    await recordAct(deps, tx, {
      actor,
      verb: 'key.create',
      subject: { kind: 'key', id },
      details: { role: key.role },
    })
  })
  return { id, key: secret }
}

/** Who holds this key; null where it is unknown or was revoked. */
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
