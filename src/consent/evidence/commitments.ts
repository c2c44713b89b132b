// pure · commitments that bind a leaf to a person and to its evidence until the key is destroyed. docs/ledger.md 4.4
import { type Bytes, bytesOf, textOf, zeroJoined } from '../../platform/encoding/bytes.ts'
import { canonicalBytes, canonicalJson, type Json } from '../../platform/encoding/jcs.ts'
import { decrypt, encrypt, hkdf, hmac, secretKey } from '../../platform/vault/keys.ts'

/** The evidence of one event, before it is sealed. */
export interface EvidencePayload {
  readonly [key: string]: Json
}

/**
 * K_sub: opens `sub` of one list to an authority, a court or the person, and nothing else. Here and below `key` is K_s, 32
 * bytes, which never leaves the deployment.
 */
export const subjectKey = (key: Uint8Array, list: string): Bytes =>
  hmac(keyOf(key), 'consent-log/subkey/v1', list)

/** `sub` = HMAC(K_sub, "consent-log/sub/v1" 00 list 00 canonical address). */
export const subjectCommitment = (key: Uint8Array, list: string, canonicalAddress: string): Bytes =>
  subjectCommitmentUnder(subjectKey(key, list), list, canonicalAddress)

/** The same commitment from K_sub alone. */
export const subjectCommitmentUnder = (kSub: Uint8Array, list: string, canonicalAddress: string): Bytes =>
  hmac(keyOf(kSub), 'consent-log/sub/v1', list, canonicalAddress)

/** K_pay: opens `pay` of one event. */
export const payloadKey = (key: Uint8Array, eid: string): Bytes =>
  hmac(keyOf(key), 'consent-log/paykey/v1', eid)

/** `pay` = HMAC(K_pay, JCS(payload)): binds the payload, and hides it while the key is kept apart. */
export const payloadCommitment = (key: Uint8Array, eid: string, payload: EvidencePayload): Bytes =>
  payloadCommitmentUnder(payloadKey(key, eid), payload)

/** The same commitment from K_pay alone. */
export const payloadCommitmentUnder = (kPay: Uint8Array, payload: EvidencePayload): Bytes =>
  hmac(keyOf(kPay), canonicalBytes(payload))

/** K_enc = HKDF-SHA-256(K_s, no salt, info "consent-log/enc/v1" 00 eid, 32). */
export const payloadCipherKey = (key: Uint8Array, eid: string): Bytes =>
  hkdf(exactly32(key), zeroJoined('consent-log/enc/v1', eid))

/** blob = nonce96 || AES-256-GCM(K_enc, JCS(payload), aad = eid). `nonce` holds 12 fresh random bytes. */
export const sealPayload = (
  key: Uint8Array,
  eid: string,
  nonce: Uint8Array,
  payload: EvidencePayload,
): Bytes => encrypt(keyOf(payloadCipherKey(key, eid)), nonce, canonicalBytes(payload), bytesOf(eid))

/** The payload; null where the blob was changed or belongs to another event, or the key is wrong. */
export function openPayload(key: Uint8Array, eid: string, blob: Uint8Array): EvidencePayload | null {
  const plain = decrypt(keyOf(payloadCipherKey(key, eid)), blob, bytesOf(eid))
  return plain === null ? null : payloadOf(plain)
}

const keyOf = (key: Uint8Array) => secretKey(exactly32(key))

function exactly32(key: Uint8Array): Uint8Array {
  if (key.length !== 32) throw new RangeError('keys of the ledger have exactly 32 bytes')
  return key
}

function payloadOf(plain: Uint8Array): EvidencePayload | null {
  const text = textOf(plain)
  const value: Json = JSON.parse(text)
  return isObject(value) && canonicalJson(value) === text ? value : null
}

const isObject = (value: Json): value is EvidencePayload =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
