// shell · the deployment's keys: created once, stored wrapped, re-wrapped after a rotation of SECRET
import { sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { vaultKeys } from '../tables.ts'
import { kekOf, secretKey, unwrap, type Vault, vaultKeyNames, wrap } from './keys.ts'

/** SECRET does not open the stored keys. */
export class VaultLocked extends Error {
  override readonly name = 'VaultLocked'
}

const version = 1

/**
 * Reads the keys and creates missing ones (on conflict do nothing, then read again: two starts agree). Keys that only
 * SECRET_PREVIOUS opens are re-wrapped under SECRET; the keys themselves never change. Throws VaultLocked.
 */
export async function loadVault(
  db: Database,
  secrets: Secrets,
  randomBytes: (octets: number) => Uint8Array,
): Promise<Vault> {
  const keks = keksOf(secrets)
  const [current] = keks
  if (current === undefined) throw new VaultLocked('There is no SECRET.')
  await db
    .insert(vaultKeys)
    .values(
      vaultKeyNames.map((name) => ({
        name,
        version,
        wrapped: wrap(current, randomBytes(12), randomBytes(32), `${name}/${version}`),
      })),
    )
    .onConflictDoNothing()
  const rows = await db.select({ name: vaultKeys.name, wrapped: vaultKeys.wrapped }).from(vaultKeys)
  const wrapped = new Map(rows.map((row) => [row.name, row.wrapped]))
  const opened = await Promise.all(
    vaultKeyNames.map(async (name) => {
      const stored = wrapped.get(name)
      const result = stored === undefined ? null : unwrap(keks, stored, `${name}/${version}`)
      if (result === null)
        throw new VaultLocked(
          'SECRET does not open the keys of this database; set the SECRET it was made with, or SECRET_PREVIOUS.',
        )
      if (result.stale)
        await db
          .update(vaultKeys)
          .set({ wrapped: wrap(current, randomBytes(12), result.key, `${name}/${version}`) })
          .where(sql`${vaultKeys.name} = ${name} and ${vaultKeys.version} = ${version}`)
      return { name, key: secretKey(result.key) }
    }),
  )
  return vaultOf(keks, opened)
}

/** The stored keys, without creating or re-wrapping any; null where there are none, or SECRET does not open them. */
export async function readVault(db: Database, secrets: Secrets): Promise<Vault | null> {
  const keks = keksOf(secrets)
  const rows = await db.select({ name: vaultKeys.name, wrapped: vaultKeys.wrapped }).from(vaultKeys)
  const opened = rows.flatMap(({ name, wrapped }) => {
    const result = unwrap(keks, wrapped, `${name}/${version}`)
    return result === null ? [] : [{ name, key: secretKey(result.key) }]
  })
  const names = new Set(opened.map(({ name }) => name))
  return vaultKeyNames.every((name) => names.has(name)) ? vaultOf(keks, opened) : null
}

interface Secrets {
  readonly secret: Uint8Array
  readonly previous: Uint8Array | undefined
}

const keksOf = ({ secret, previous }: Secrets) =>
  [secret, ...(previous === undefined ? [] : [previous])].map(kekOf)

function vaultOf(
  keks: Vault['keks'],
  opened: readonly { readonly name: string; readonly key: Vault['keks'][number] }[],
): Vault {
  const keyOf = (name: string) => {
    const found = opened.find((one) => one.name === name)
    if (found === undefined) throw new VaultLocked(`The key ${name} is missing.`)
    return found.key
  }
  return {
    keks,
    keys: {
      K_idx: keyOf('K_idx'),
      K_supp: keyOf('K_supp'),
      K_un: keyOf('K_un'),
      K_tok: keyOf('K_tok'),
      K_field: keyOf('K_field'),
      K_form: keyOf('K_form'),
      K_session: keyOf('K_session'),
      K_receipt: keyOf('K_receipt'),
      K_log: keyOf('K_log'),
    },
  }
}
