// pure · reasons by the names published in the API, which programs depend on
import { type CampaignReason, campaignReasons } from '../campaigns/reasons.ts'
import { type SubscriptionReason, subscriptionReasons } from '../consent/why-not-send.ts'
import type { RecipientRow } from './outcomes.ts'

/**
 * Reasons of recipients. Each recipient had consent at the freeze, so `not_granted` was published as `withdrawn`; and both
 * bounds of the time for mail were published as one. Any other reason keeps its name.
 */
const ofRecipients = new Map<string, string>([
  ['not_granted', 'withdrawn'],
  ['not_yet', 'not_now'],
  ['over', 'not_now'],
] satisfies readonly (readonly [SubscriptionReason, string])[])

const skipName = (reason: string): string => ofRecipients.get(reason) ?? reason

/** Without duplicates. */
export const publishedSkips: readonly string[] = [
  ...new Set([...subscriptionReasons, 'cancelled' satisfies CampaignReason].map(skipName)),
]

/** Refusals keep the provider's words. */
export const publishedReason = ({
  outcome,
  reason,
}: Pick<RecipientRow, 'outcome' | 'reason'>): string | null =>
  outcome === 'skipped' && reason !== null ? skipName(reason) : reason

const noConsent = { never: 'not_confirmed_then', ended: 'left_before' } as const
const same = <const Name extends string>(name: Name) => ({ never: name, ended: name })

/**
 * Reasons of people who were no recipients. A subscription shows only a missing consent; the ledger shows whether there had
 * been one, and the published explanation makes that difference.
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

/** Without duplicates. */
export const explanations: readonly Explanation[] = [
  ...campaignReasons,
  ...new Set(Object.values(explainedAs).flatMap(({ never, ended }) => [never, ended])),
]
