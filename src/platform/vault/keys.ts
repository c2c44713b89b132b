// pure · the key-encryption key, wrapping, and the named keys of a deployment. docs/ledger.md 4.1
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto'
import { type Bytes, bytesOf, concat } from '../encoding/bytes.ts'

export const vaultKeyNames = [
  'K_idx',
  'K_supp',
  'K_un',
  'K_tok',
  'K_field',
  'K_form',
  'K_session',
  'K_receipt',
  'K_log',
] as const
export type VaultKeyName = (typeof vaultKeyNames)[number]

/** The deployment's keys, unwrapped, in memory only. `keks` holds the current KEK first, then the previous. */
export interface Vault {
  readonly keks: readonly KeyObject[]
  readonly keys: Readonly<Record<VaultKeyName, KeyObject>>
}

/** A KeyObject, not a Buffer: Node re-imports raw keys on each use, three to four times slower. */
export const secretKey = (bytes: Uint8Array): KeyObject => createSecretKey(bytes)

/** KEK = HKDF-SHA-256(SECRET, no salt, info "assent/kek/v1", 32). @see https://www.rfc-editor.org/rfc/rfc5869 */
export const kekOf = (secret: Uint8Array): KeyObject => secretKey(hkdf(secret, bytesOf('assent/kek/v1')))

export const hkdf = (key: Uint8Array, info: Uint8Array): Bytes =>
  new Uint8Array(hkdfSync('sha256', key, new Uint8Array(0), info, 32))

/** HMAC-SHA-256 over parts joined by one zero octet. */
export function hmac(key: KeyObject, ...parts: readonly (string | Uint8Array)[]): Bytes {
  const mac = createHmac('sha256', key)
  for (const [at, part] of parts.entries()) (at === 0 ? mac : mac.update('\0')).update(part)
  return mac.digest()
}

/** Compares in constant time; only the lengths may leak. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && timingSafeEqual(a, b)

/** nonce96 || AES-256-GCM(key, plain, aad). */
export const encrypt = (key: KeyObject, nonce: Uint8Array, plain: Uint8Array, aad: Uint8Array): Bytes =>
  concat(nonce, ...encrypted(key, nonce, plain, aad))

/** 0x01 || nonce96 || AES-256-GCM(key, plain, aad): the version octet allows another format later. */
export const seal = (key: KeyObject, nonce: Uint8Array, plain: Uint8Array, aad: Uint8Array): Bytes =>
  concat(versionOne, nonce, ...encrypted(key, nonce, plain, aad))

function encrypted(
  key: KeyObject,
  nonce: Uint8Array,
  plain: Uint8Array,
  aad: Uint8Array,
): readonly Uint8Array[] {
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(aad)
  return [cipher.update(plain), cipher.final(), cipher.getAuthTag()]
}

/** The plain octets, or null where key, associated data or content do not match. */
export const decrypt = (key: KeyObject, blob: Uint8Array, aad: Uint8Array): Bytes | null =>
  decrypted(key, blob, 0, aad)

/** The same for the output of `seal`. */
export const open = (key: KeyObject, sealed: Uint8Array, aad: Uint8Array): Bytes | null =>
  sealed[0] === 1 ? decrypted(key, sealed, 1, aad) : null

/** `from`: where the nonce begins. An offset, because each extra slice costs time and every mail opens several. */
function decrypted(key: KeyObject, blob: Uint8Array, from: number, aad: Uint8Array): Bytes | null {
  if (blob.length < from + 28) return null
  const decipher = createDecipheriv('aes-256-gcm', key, blob.subarray(from, from + 12))
  decipher.setAAD(aad)
  decipher.setAuthTag(blob.subarray(-16))
  try {
    const plain = decipher.update(blob.subarray(from + 12, -16))
    decipher.final()
    return new Uint8Array(plain)
  } catch {
    return null
  }
}

const versionOne = new Uint8Array([1])

/** 0x01 || nonce96 || AES-256-GCM(KEK, key, aad = its name): the stored form of a key. */
export const wrap = (kek: KeyObject, nonce: Uint8Array, key: Uint8Array, name: string): Bytes =>
  seal(kek, nonce, key, bytesOf(name))

/** Tries each KEK in turn; `stale`: opened by another than the first. Null where none opens it. */
export function unwrap(
  keks: readonly KeyObject[],
  wrapped: Uint8Array,
  name: string,
): { readonly key: Bytes; readonly stale: boolean } | null {
  for (const [at, kek] of keks.entries()) {
    const key = open(kek, wrapped, bytesOf(name))
    if (key !== null) return { key, stale: at > 0 }
  }
  return null
}
