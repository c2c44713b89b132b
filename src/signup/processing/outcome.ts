// pure · the outcome of a sign-up for one list: a new request, a mail to a member, or nothing
import type { SubscriptionState } from '../../consent/ledger.ts'

/** Wrong codes per request; after that many only a new sign-up helps. */
export const maxCodeTries = 5

export type SignupOutcome =
  /** A complaint, an operator or the person forbids even the confirmation mail. */
  | { readonly kind: 'blocked' }
  /** Every purpose asked for is in force already. */
  | { readonly kind: 'member'; readonly subscription: number }
  /** Records `consent.requested` and sends a confirmation mail. A request that waits is replaced: the newest one counts. */
  | { readonly kind: 'ask' }

export interface KnownSubscription {
  readonly id: number
  readonly state: SubscriptionState
  readonly granted: readonly string[]
  /** An open request that can still be answered. */
  readonly openRequest: string | null
}

export function outcomeOfSignup(about: {
  readonly known: KnownSubscription | null
  readonly blocked: boolean
  /** Bounces stop the mail of a member: only a confirmation shows that the mailbox works again. */
  readonly bounced: boolean
  readonly wanted: readonly string[]
}): SignupOutcome {
  const { known } = about
  if (about.blocked) return { kind: 'blocked' }
  if (known === null) return { kind: 'ask' }
  if (about.bounced) return { kind: 'ask' }
  const hasAll = known.state === 'active' && about.wanted.every((purpose) => known.granted.includes(purpose))
  return hasAll ? { kind: 'member', subscription: known.id } : { kind: 'ask' }
}

/** Reasons that stop even the confirmation mail, so that nobody is active without receiving mail. */
export const stopsConfirmation = (reason: string): boolean =>
  reason === 'complaint' || reason === 'operator' || reason === 'block_me'
