// pure · identifying values as ciphertext: fields of a subscriber, sealed rows. docs/ledger.md 4.7
import { type Bytes, bytesOf, textOf, zeroJoined } from '../encoding/bytes.ts'
import { open, seal, type Vault } from './keys.ts'

/** 0x01 || nonce96 || AES-256-GCM(K_field, UTF-8 value, aad = subscriber uid 00 field key). */
export const sealField = (
  vault: Vault,
  nonce: Uint8Array,
  at: { uid: string; field: string },
  value: string,
): Bytes => seal(vault.keys.K_field, nonce, bytesOf(value), zeroJoined(at.uid, at.field))

/** The value, or null where the ciphertext was moved, cut or made under another key. */
export function openField(
  vault: Vault,
  at: { uid: string; field: string },
  sealed: Uint8Array,
): string | null {
  const plain = open(vault.keys.K_field, sealed, zeroJoined(at.uid, at.field))
  return plain === null ? null : textOf(plain)
}

/** 0x01 || nonce96 || AES-256-GCM(K_field, bytes, aad = table 00 row id): a row that is unreadable in a dump. */
export const sealRow = (
  vault: Vault,
  nonce: Uint8Array,
  at: { table: string; id: string },
  bytes: Uint8Array,
): Bytes => seal(vault.keys.K_field, nonce, bytes, zeroJoined(at.table, at.id))

export const openRow = (vault: Vault, at: { table: string; id: string }, sealed: Uint8Array): Bytes | null =>
  open(vault.keys.K_field, sealed, zeroJoined(at.table, at.id))
