// pure · what a sign-up means for one list: a new request, a reminder, a word to a member, or nothing. One rule, no I/O
import type { SubscriptionState } from '../../consent/ledger.ts'

/** Wrong codes after which only a new sign-up helps. */
export const maxCodeTries = 5

export type SignupOutcome =
  /** Nobody of this deployment may write: a complaint, an operator or the person said so. */
  | { readonly kind: 'blocked' }
  /** Everything asked for is in force already. */
  | { readonly kind: 'member'; readonly subscription: number }
  /** A request waits for its answer: the same link once more. */
  | { readonly kind: 'waiting'; readonly request: string }
  /** `consent.requested`, and a mail to confirm it. */
  | { readonly kind: 'ask' }

/** What is known of a person on a list; null where there is no subscription yet. */
export interface KnownSubscription {
  readonly id: number
  readonly state: SubscriptionState
  readonly granted: readonly string[]
  /** The request that waits for its answer and can still be given one. */
  readonly openRequest: string | null
}

export function outcomeOfSignup(about: {
  readonly known: KnownSubscription | null
  readonly blocked: boolean
  readonly wanted: readonly string[]
}): SignupOutcome {
  const { known } = about
  if (about.blocked) return { kind: 'blocked' }
  if (known === null) return { kind: 'ask' }
  if (known.openRequest !== null) return { kind: 'waiting', request: known.openRequest }
  const hasAll = known.state === 'active' && about.wanted.every((purpose) => known.granted.includes(purpose))
  return hasAll ? { kind: 'member', subscription: known.id } : { kind: 'ask' }
}

/** These reasons stop even the mail that asks for confirmation: nobody is to be active and mute. */
export const stopsConfirmation = (reason: string): boolean =>
  reason === 'complaint' || reason === 'operator' || reason === 'block_me'
