// pure · why a subscription may not be mailed: the one set of reasons, and their order. Twin of drizzle/functions/why_not_send.sql
import type { ConsentState } from './ledger.ts'

/**
 * In order of precedence: of several that hold, the first is told. A state that is not active is its own reason. `not_granted`: on
 * the list, without consent to this purpose. `not_yet`: before `not_before`. `over`: `sendable_until` has come.
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

/** What the question reads of a subscription. */
export interface Sendability extends Omit<ConsentState, 'seq'> {
  readonly suppressed: boolean
  readonly notBefore: Date | null
  readonly sendableUntil: Date | null
}

/** Null: mail for the purpose may be sent at that moment. Asked of what was; of what is, `why_not_send` in SQL is asked. */
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
