// pure · reasons under the names by which the API published them: promises to programs that read them
import { type CampaignReason, campaignReasons } from '../campaigns/reasons.ts'
import { type SubscriptionReason, subscriptionReasons } from '../consent/why-not-send.ts'
import type { RecipientRow } from './outcomes.ts'

/**
 * Of recipients. Each had consent to the purpose at the freeze, so `not_granted` was published as `withdrawn`; and both ends of the
 * time in which mail may be sent were published as one. A reason that is not here keeps its name.
 */
const ofRecipients = new Map<string, string>([
  ['not_granted', 'withdrawn'],
  ['not_yet', 'not_now'],
  ['over', 'not_now'],
] satisfies readonly (readonly [SubscriptionReason, string])[])

const skipName = (reason: string): string => ofRecipients.get(reason) ?? reason

/** Each once. */
export const publishedSkips: readonly string[] = [
  ...new Set([...subscriptionReasons, 'cancelled' satisfies CampaignReason].map(skipName)),
]

/** Refusals keep the words of the provider. */
export const publishedReason = ({
  outcome,
  reason,
}: Pick<RecipientRow, 'outcome' | 'reason'>): string | null =>
  outcome === 'skipped' && reason !== null ? skipName(reason) : reason

const noConsent = { never: 'not_confirmed_then', ended: 'left_before' } as const
const same = <const Name extends string>(name: Name) => ({ never: name, ended: name })

/**
 * Of people who were no recipients. A subscription shows only that there is no consent; the ledger shows whether there had been, and
 * the explanation was published with that difference.
 */
export const explainedAs = {
  pending: noConsent,
  refused: noConsent,
  expired: noConsent,
  withdrawn: noConsent,
  revoked: noConsent,
  invalidated: noConsent,
  erased: same('erased'),
  not_granted: { never: 'purpose_not_granted', ended: 'left_before' },
  restricted: same('restricted'),
  suppressed: same('suppressed'),
  not_yet: same('not_yet'),
  over: same('over'),
} as const satisfies Readonly<Record<SubscriptionReason, { readonly never: string; readonly ended: string }>>

export type Explanation = CampaignReason | (typeof explainedAs)[SubscriptionReason]['never' | 'ended']

/** Each once. */
export const explanations: readonly Explanation[] = [
  ...campaignReasons,
  ...new Set(Object.values(explainedAs).flatMap(({ never, ended }) => [never, ended])),
]
