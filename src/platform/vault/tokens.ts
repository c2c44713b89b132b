// pure · tokens in links and tags: references that never expire, requests that act once. docs/ledger.md 6
import type { KeyObject } from 'node:crypto'
import {
  type Bytes,
  base32Of,
  base64urlOf,
  bytesOfBase32,
  bytesOfBase64url,
  concat,
} from '../encoding/bytes.ts'
import { bytesOfUuid, uuidOf } from '../encoding/uuid.ts'
import { hmac, sameBytes, type Vault } from './keys.ts'

export type ReferenceUse = 'unsub' | 'pref'
export type RequestUse = 'confirm' | 'guardian' | 'me' | 'sign-in'

/** What a link in a mail refers to; campaign 0 means none. */
export interface Reference {
  readonly subscription: number
  readonly campaign: number
}

/** 44 characters; deterministic, so that a mail can be rendered again byte for byte. */
export const referenceToken = (vault: Vault, use: ReferenceUse, reference: Reference): string =>
  macToken(vault.keys.K_un, labels[use], referenceBody(1, reference.subscription, reference.campaign))

/** The three tokens of one campaign mail, which share a body. */
export function campaignTokens(
  vault: Vault,
  reference: Reference,
): { readonly unsubscribe: string; readonly preferences: string; readonly tag: string } {
  const { K_un } = vault.keys
  const body = referenceBody(1, reference.subscription, reference.campaign)
  return {
    unsubscribe: macToken(K_un, labels.unsub, body),
    preferences: macToken(K_un, labels.pref, body),
    tag: macToken(K_un, labels.tag, body),
  }
}

/** Null where the token is malformed or was not made here for this use. */
export function openReference(vault: Vault, use: ReferenceUse, token: string): Reference | null {
  const body = openMacToken(vault.keys.K_un, labels[use], token)
  if (body === null || body[0] !== 1) return null
  const view = new DataView(body.buffer, body.byteOffset)
  return { subscription: Number(view.getBigUint64(1)), campaign: Number(view.getBigUint64(9)) }
}

export type Tagged =
  | { readonly kind: 'campaign'; readonly subscription: number; readonly campaign: number }
  | { readonly kind: 'message'; readonly subscription: number; readonly message: number }
  | { readonly kind: 'service_mail'; readonly id: string }

/** A signed name of a mail for the provider; its events return with this name. */
export function tagToken(vault: Vault, tagged: Tagged): string {
  switch (tagged.kind) {
    case 'campaign':
      return macToken(vault.keys.K_un, labels.tag, referenceBody(1, tagged.subscription, tagged.campaign))
    case 'message':
      return macToken(vault.keys.K_un, labels.tag, referenceBody(2, tagged.subscription, tagged.message))
    case 'service_mail':
      return macToken(vault.keys.K_un, labels.tag, concat(new Uint8Array([3]), bytesOfUuid(tagged.id)))
  }
}

export function openTag(vault: Vault, token: string): Tagged | null {
  const body = openMacToken(vault.keys.K_un, labels.tag, token)
  if (body === null) return null
  const view = new DataView(body.buffer, body.byteOffset)
  const first = (): number => Number(view.getBigUint64(1))
  const second = (): number => Number(view.getBigUint64(9))
  if (body[0] === 1) return { kind: 'campaign', subscription: first(), campaign: second() }
  if (body[0] === 2) return { kind: 'message', subscription: first(), message: second() }
  if (body[0] === 3) return { kind: 'service_mail', id: uuidOf(body.subarray(1)) }
  return null
}

/** Base, plus sign and token must fit into the 64 octets of a local part. */
export const verpLength = 44
const verpMacLength = 10

/**
 * The tag as part of an address: 44 letters and digits, case-insensitive, because some servers lower-case return addresses.
 * 80 bits are the MAC. Null where the tag is not ours.
 */
export function verpToken(vault: Vault, tag: string): string | null {
  const body = openMacToken(vault.keys.K_un, labels.tag, tag)
  return body === null ? null : base32Of(concat(body, verpMac(vault, body)))
}

/** The tag; null where the token is malformed or was not made here. */
export function openVerp(vault: Vault, token: string): string | null {
  const bytes = token.length === verpLength ? bytesOfBase32(token) : null
  if (bytes === null) return null
  const body = bytes.slice(0, -verpMacLength)
  return sameBytes(bytes.subarray(-verpMacLength), verpMac(vault, body))
    ? macToken(vault.keys.K_un, labels.tag, body)
    : null
}

const verpMac = (vault: Vault, body: Bytes): Bytes =>
  hmac(vault.keys.K_un, 'verp/v1', body).slice(0, verpMacLength)

/** A single-effect request: the token names the row, and the row says whether it is still open. */
export const requestToken = (vault: Vault, use: RequestUse, request: string): string =>
  macToken(vault.keys.K_tok, labels[use], requestBody(request))

/** The id of the request, or null where the token is malformed or foreign. */
export function openRequest(vault: Vault, use: RequestUse, token: string): string | null {
  const body = openMacToken(vault.keys.K_tok, labels[use], token)
  return body === null || body[0] !== 1 ? null : uuidOf(body.subarray(1))
}

/** Six digits: the first 8 octets of the MAC as a big-endian number mod 10^6. */
export function requestCode(vault: Vault, request: string): string {
  const mac = hmac(vault.keys.K_tok, 'code/v1', requestBody(request))
  const number = new DataView(mac.buffer, mac.byteOffset).getBigUint64(0)
  return String(number % 1_000_000n).padStart(6, '0')
}

const requestBody = (request: string): Bytes => concat(new Uint8Array([1]), bytesOfUuid(request))

function referenceBody(kind: number, first: number, second: number): Bytes {
  const body = new Uint8Array(17)
  body[0] = kind
  writeU64(body, 1, first)
  writeU64(body, 9, second)
  return body
}

/** Big-endian, in halves: a BigInt for each of the six numbers of a mail costs more than their share of the MAC. */
function writeU64(bytes: Uint8Array, at: number, number: number): void {
  writeU32(bytes, at, Math.floor(number / 2 ** 32))
  writeU32(bytes, at + 4, number)
}

/** Storing an octet keeps its low eight bits, and shifting takes the number modulo 2^32. */
function writeU32(bytes: Uint8Array, at: number, number: number): void {
  bytes[at] = number >>> 24
  bytes[at + 1] = number >>> 16
  bytes[at + 2] = number >>> 8
  bytes[at + 3] = number
}

/** The label of each kind of token. */
const labels = {
  unsub: 'unsub/v1',
  pref: 'pref/v1',
  tag: 'tag/v1',
  confirm: 'confirm/v1',
  guardian: 'guardian/v1',
  me: 'me/v1',
  'sign-in': 'sign-in/v1',
} as const satisfies Record<ReferenceUse | RequestUse | 'tag', string>

const macToken = (key: KeyObject, label: string, body: Bytes): string =>
  base64urlOf(concat(body, macOf(key, label, body)))

function openMacToken(key: KeyObject, label: string, token: string): Bytes | null {
  if (token.length !== 44) return null
  const bytes = bytesOfBase64url(token)
  if (bytes === null || bytes.length !== 33) return null
  const body = bytes.slice(0, 17)
  return sameBytes(bytes.subarray(17), macOf(key, label, body)) ? body : null
}

const macOf = (key: KeyObject, label: string, body: Bytes): Bytes => hmac(key, label, body).subarray(0, 16)
