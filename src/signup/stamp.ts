// pure · the stamp of a form: when the form was shown, and with which notice. docs/ledger.md 6.6
import { base64urlOf, bytesOfBase64url } from '../platform/encoding/bytes.ts'
import { hmac, sameBytes, type Vault } from '../platform/vault/keys.ts'

/** The least time in which a person fills in a form. */
export const leastDwellSeconds = 2
/** An older stamp no longer lifts the stricter limits; its age is never a reason to refuse. */
export const stampLifeSeconds = 2 * 3600

/** `<time>.<notice>.<mac>`. The MAC covers the list, so that a stamp cannot move to another form. */
export function makeStamp(vault: Vault, shown: { list: string; notice: string; at: Date }): string {
  const body = `${shown.at.getTime().toString(36)}.${shown.notice}`
  return `${body}.${stampMac(vault, shown.list, body)}`
}

/** Null where the stamp was not made here for this list. */
export function openStamp(vault: Vault, list: string, stamp: string): { at: Date; notice: string } | null {
  const [time = '', notice = '', mac = '', ...rest] = stamp.slice(0, 200).split('.')
  if (rest.length > 0 || !/^[0-9a-z]{1,10}$/.test(time)) return null
  const given = bytesOfBase64url(mac)
  const expected = bytesOfBase64url(stampMac(vault, list, `${time}.${notice}`))
  if (given === null || expected === null || !sameBytes(given, expected)) return null
  return { at: new Date(Number.parseInt(time, 36)), notice }
}

const stampMac = (vault: Vault, list: string, body: string): string =>
  base64urlOf(hmac(vault.keys.K_form, 'stamp/v1', list, body).subarray(0, 16))

export type StampAge = 'fresh' | 'hasty' | 'old'

export function ageOfStamp(shownAt: Date, now: Date): StampAge {
  const seconds = (now.getTime() - shownAt.getTime()) / 1000
  if (seconds < leastDwellSeconds) return 'hasty'
  return seconds > stampLifeSeconds ? 'old' : 'fresh'
}
