// pure · whether a webhook comes from whoever knows our secret, and just now. Standard Webhooks 1.0.0
import { createHmac } from 'node:crypto'
import { bytesOf, concat } from '../../platform/encoding/bytes.ts'
import { sameBytes } from '../../platform/vault/keys.ts'

/** How far its clock and ours may be apart, both ways; a replay after that is refused whatever it holds. */
const toleranceSeconds = 5 * 60
/** A sender has as many signatures as it has secrets: two while one is replaced. */
const maxSignatures = 10

export interface SignedHook {
  /** `svix-id`: the same when the event is sent again. */
  readonly id: string
  /** `svix-timestamp`: seconds. */
  readonly timestamp: string
  /** `svix-signature`: `v1,<base64>`, several parted by spaces. */
  readonly signature: string
  readonly body: Uint8Array
}

/**
 * Written here in twenty lines because the package that Resend's own brings along reads the clock by itself and hashes in
 * JavaScript. @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function isSigned(hook: SignedHook, secret: string, now: Date): boolean {
  if (!/^[\x21-\x7e]{1,200}$/.test(hook.id) || !/^\d{1,11}$/.test(hook.timestamp)) return false
  if (Math.abs(now.getTime() / 1000 - Number(hook.timestamp)) > toleranceSeconds) return false
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signed = concat(bytesOf(`${hook.id}.${hook.timestamp}.`), hook.body)
  const expected = createHmac('sha256', key).update(signed).digest()
  return hook.signature
    .split(' ')
    .slice(0, maxSignatures)
    .some((one) => one.startsWith('v1,') && sameBytes(Buffer.from(one.slice(3), 'base64'), expected))
}
