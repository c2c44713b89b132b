// pure · the one set of reasons why a subscription may not be mailed, and their order. Twin of drizzle/functions/why_not_send.sql
import type { ConsentState } from './ledger.ts'

/**
 * In order of precedence: the first that holds is reported. A state other than active is its own reason. `not_granted`: on the
 * list, without consent to this purpose. `not_yet`: before `not_before`. `over`: `sendable_until` has come.
 */
export const subscriptionReasons = [
  'pending',
  'refused',
  'expired',
  'withdrawn',
  'revoked',
  'invalidated',
  'erased',
  'not_granted',
  'restricted',
  'suppressed',
  'not_yet',
  'over',
] as const
export type SubscriptionReason = (typeof subscriptionReasons)[number]

/** The part of a subscription that decides. */
export interface Sendability extends Omit<ConsentState, 'seq'> {
  readonly suppressed: boolean
  readonly notBefore: Date | null
  readonly sendableUntil: Date | null
}

/** Null where mail for the purpose may be sent at that moment. For past states; SQL uses `why_not_send` for the present one. */
export function whyNotSend(subscription: Sendability, purpose: string, at: Date): SubscriptionReason | null {
  const { state, granted, restricted, suppressed, notBefore, sendableUntil } = subscription
  if (state !== 'active') return state
  if (!granted.includes(purpose)) return 'not_granted'
  if (restricted) return 'restricted'
  if (suppressed) return 'suppressed'
  if (notBefore !== null && at < notBefore) return 'not_yet'
  if (sendableUntil !== null && sendableUntil <= at) return 'over'
  return null
}
