// pure · the nonce of a page with a button: proves that the page was opened before it was posted. docs/ledger.md 6.6
import { base64urlOf, bytesOfBase64url } from '../encoding/bytes.ts'
import { hmac, sameBytes, type Vault } from './keys.ts'

const lifeSeconds = 3600

/** `<time>.<mac>`, bound to the page's subject. */
export function makeNonce(vault: Vault, about: string, at: Date): string {
  const time = at.getTime().toString(36)
  return `${time}.${nonceMac(vault, about, time)}`
}

export type NonceReading =
  | { readonly kind: 'valid'; readonly shownAt: Date }
  | { readonly kind: 'old' }
  | { readonly kind: 'foreign' }

/** Whether the nonce was made here for this page within the last hour. */
export function readNonce(vault: Vault, about: string, nonce: string, now: Date): NonceReading {
  const [time = '', mac = '', ...rest] = nonce.slice(0, 100).split('.')
  if (rest.length > 0 || !/^[0-9a-z]{1,10}$/.test(time)) return { kind: 'foreign' }
  const given = bytesOfBase64url(mac)
  const expected = bytesOfBase64url(nonceMac(vault, about, time))
  if (given === null || expected === null || !sameBytes(given, expected)) return { kind: 'foreign' }
  const shownAt = new Date(Number.parseInt(time, 36))
  const age = now.getTime() - shownAt.getTime()
  return age > lifeSeconds * 1000 || age < -60_000 ? { kind: 'old' } : { kind: 'valid', shownAt }
}

const nonceMac = (vault: Vault, about: string, time: string): string =>
  base64urlOf(hmac(vault.keys.K_form, 'nonce/v1', about, time).subarray(0, 16))
