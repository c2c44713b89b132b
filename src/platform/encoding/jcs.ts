// pure · canonical JSON of the ledger's subset: ASCII keys, NFC strings, whole numbers. RFC 8785, docs/ledger.md 1
import { createHash } from 'node:crypto'
import { type Bytes, bytesOf } from './bytes.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * The canonical text of a value: sorted keys, no whitespace, whole numbers below 2^53, strings in NFC. Throws a RangeError
 * for values outside the subset. @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value))
      throw new RangeError('canonical JSON holds whole numbers below 2^53 only')
    return String(value === 0 ? 0 : value)
  }
  if (typeof value === 'string') return canonicalString(value)
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  return `{${Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${canonicalKey(key)}:${canonicalJson(inner)}`)
    .join(',')}}`
}

export const canonicalBytes = (value: Json): Bytes => bytesOf(canonicalJson(value))

export const sha256 = (...parts: readonly Uint8Array[]): Bytes => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

/** SHA-256 of the canonical form: the name of a notice, the hash of a leaf's content. */
export const hashOfJson = (value: Json): Bytes => sha256(canonicalBytes(value))

function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw new RangeError('canonical JSON holds no lone surrogate')
  return JSON.stringify(text.normalize('NFC'))
}

function canonicalKey(key: string): string {
  if (!/^[\x20-\x7e]*$/.test(key)) throw new RangeError('canonical JSON holds ASCII keys only')
  return JSON.stringify(key)
}

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value)
