// pure · why somebody does not get a campaign: every reason, and where each comes from
import { subscriptionReasons } from '../consent/why-not-send.ts'

/** Found when the mail of one person is made: src/delivery/render/render-batch.ts. */
export const mailReasons = ['address_unreadable', 'not_rendered', 'too_large'] as const
export type MailReason = (typeof mailReasons)[number]

/** Of the campaign, its audience and its records, with nothing wrong with the subscription: src/reports/explanation.ts. */
export const campaignReasons = [
  'not_frozen',
  'cancelled',
  'record_gone',
  'never_on_list',
  'not_on_list_then',
  'not_in_segment',
  'not_known',
] as const
export type CampaignReason = (typeof campaignReasons)[number]

/**
 * - Reasons of the subscription (src/consent/why-not-send.ts) come from `why_not_send`, in SQL: the counts before a campaign is sent
 *   (src/segments/left-out.ts) ask for them, and so does each claim (src/delivery/claim.ts), which writes them into the batch, with
 *   `erased` for a person whose rows are gone. An explanation (src/reports/explanation.ts) asks the twin in TypeScript about the
 *   moment of the freeze, from the ledger.
 * - Reasons of the mail are written into the batch too, as rejections without asking the provider.
 * - Reasons of the campaign are written nowhere: they follow from its state and its records at the moment of the question.
 *
 * Refusals by the provider keep its own words and are not in the set. Where the API has another name for a reason, the name is in
 * src/reports/published-reasons.ts and nowhere else.
 */
export const reasons = [...subscriptionReasons, ...mailReasons, ...campaignReasons] as const
export type Reason = (typeof reasons)[number]

/** Reasons that a recipient can have. */
export type RecipientReason = Exclude<Reason, Exclude<CampaignReason, 'cancelled'>>
