// pure · words for campaigns: states, acts, outcomes, reasons, durations
import type { CampaignState } from '../../campaigns/campaign.ts'
import type { RecipientReason } from '../../campaigns/reasons.ts'
import { subscriptionStates } from '../../consent/ledger.ts'
import type { SubscriptionReason } from '../../consent/why-not-send.ts'
import type { LastHeard } from '../../reports/explanation.ts'
import type { Outcome } from '../../reports/outcomes.ts'
import type { Tone } from '../../ui/console/parts.tsx'

export const stateWords: Readonly<Record<CampaignState, { readonly word: string; readonly tone: Tone }>> = {
  draft: { word: 'Draft', tone: 'none' },
  scheduled: { word: 'Scheduled', tone: 'busy' },
  freezing: { word: 'Preparing', tone: 'busy' },
  sending: { word: 'Sending', tone: 'busy' },
  paused: { word: 'Paused', tone: 'warn' },
  sent: { word: 'Sent', tone: 'good' },
  cancelled: { word: 'Cancelled', tone: 'none' },
}

/** The word and tone of a state given as text. */
export const stateOf = (state: string): { readonly word: string; readonly tone: Tone } =>
  Object.entries(stateWords).find(([key]) => key === state)?.[1] ?? { word: state, tone: 'none' }

/** The groups of the overview, most urgent first. */
export const groups = [
  { key: 'underway', title: 'In progress', states: ['freezing', 'sending', 'paused'] },
  { key: 'scheduled', title: 'Scheduled', states: ['scheduled'] },
  { key: 'drafts', title: 'Drafts', states: ['draft'] },
  { key: 'sent', title: 'Sent', states: ['sent'] },
  { key: 'cancelled', title: 'Cancelled', states: ['cancelled'] },
] as const satisfies readonly { key: string; title: string; states: readonly CampaignState[] }[]
export type Group = (typeof groups)[number]

/** Completes "188 …": why people on a list are not mailed. Includes the subscription states. */
export const leftOutWords: Readonly<Record<SubscriptionReason, string>> = {
  pending: 'not confirmed yet',
  expired: 'expired: not confirmed in time, or consent ran out',
  refused: 'refused: said they did not sign up',
  withdrawn: 'unsubscribed',
  revoked: 'consent revoked',
  invalidated: 'consent invalidated',
  erased: 'erased',
  not_granted: 'did not agree to this purpose',
  restricted: 'processing restricted',
  suppressed: 'suppressed: bounced, complained or blocked',
  not_yet: 'consent does not apply yet',
  over: 'consent ran out, awaiting renewal',
}

/** Returns whether the people page can be filtered by this reason. */
export const isState = (reason: SubscriptionReason): boolean =>
  subscriptionStates.some((state) => state === reason)

/** Why a recipient was not mailed when their batch was claimed. */
const recipientWords: Readonly<Record<RecipientReason, string>> = {
  ...leftOutWords,
  withdrawn: 'unsubscribed before it was sent',
  not_granted: 'withdrew consent to this purpose before it was sent',
  cancelled: 'campaign cancelled before their turn',
  address_unreadable: 'address could not be decrypted',
  not_rendered: 'merge fields could not be filled in',
  too_large: 'their field values made the email larger than 1 MB',
}

const recipientWordOf = new Map<string, string>(Object.entries(recipientWords))

/** Reasons given by the provider are returned as they are. */
export const recipientWord = (reason: string): string => recipientWordOf.get(reason) ?? reason

interface Worded {
  readonly word: string
  readonly tone: Tone
}

export const outcomeWords: Readonly<Record<Outcome, Worded>> = {
  waiting: { word: 'Waiting', tone: 'busy' },
  sent: { word: 'Sent', tone: 'good' },
  skipped: { word: 'Skipped', tone: 'none' },
  rejected: { word: 'Rejected', tone: 'bad' },
  unknown: { word: 'Unknown', tone: 'warn' },
}

/** Feedback on a mail, the best first. */
export const heardWords: Readonly<Record<LastHeard['heard'], Worded>> = {
  delivered: { word: 'Delivered', tone: 'good' },
  delayed: { word: 'Delayed', tone: 'busy' },
  late: { word: 'Was late', tone: 'good' },
  bounced: { word: 'Bounced', tone: 'bad' },
  complained: { word: 'Complained', tone: 'bad' },
  failed: { word: 'Failed', tone: 'bad' },
  suppressed: { word: 'Suppressed', tone: 'warn' },
}

/** A person's later events as sentences without a subject. */
const sinceWords: Readonly<Record<string, string>> = {
  'consent.requested': 'Signed up.',
  'consent.confirmed': 'Confirmed.',
  'consent.renewed': 'Renewed their consent.',
  'consent.imported': 'Was imported.',
  'consent.withdrawn': 'Withdrew consent.',
  'consent.expired': 'Did not confirm in time, or their consent ran out.',
  'consent.refused': 'Said they did not sign up.',
  'consent.revoked': 'Consent was revoked.',
  'consent.invalidated': 'Consent was invalidated.',
  'processing.restricted': 'Processing was restricted.',
  'processing.unrestricted': 'The restriction of processing was lifted.',
  objection: 'Objected.',
  'subject.erased': 'Was erased.',
  'data.rectified': 'Details were corrected.',
}

export const sinceWord = (type: string): string => sinceWords[type] ?? type

const verbWords: Readonly<Record<string, string>> = {
  'campaign.create': 'created the draft',
  'campaign.change': 'edited it',
  'campaign.test': 'sent a test email',
  'campaign.launch': 'launched it',
  'campaign.schedule': 'scheduled it',
  'campaign.pause': 'paused it',
  'campaign.resume': 'resumed it',
  'campaign.cancel': 'cancelled it',
}

export const verbWord = (verb: string): string => verbWords[verb] ?? verb

/** "about 4 minutes". */
export function durationWords(seconds: number): string {
  if (seconds < 50) return 'less than a minute'
  const minutes = Math.max(1, Math.round(seconds / 60))
  if (minutes < 90) return `about ${minutes} minute${minutes === 1 ? '' : 's'}`
  const hours = Math.round(seconds / 3600)
  return hours < 48 ? `about ${hours} hours` : `about ${Math.round(hours / 24)} days`
}

/** Messages for `?done=`. */
const doneWords: Readonly<Record<string, string>> = {
  created: 'The draft is saved.',
  deleted: 'The draft is deleted.',
  saved: 'Your changes are saved.',
  duplicated: 'This is a new draft with the same content. It is not sent until you send it.',
  tested: 'The test email is on its way.',
  launched: 'The campaign is being sent. You can pause it at any time until it is done.',
  scheduled: 'The campaign is scheduled. You can edit or cancel it until then.',
  paused: 'The campaign is paused. Emails already with the provider will arrive; the rest wait.',
  resumed: 'The campaign has resumed. Nobody gets it twice.',
  cancelled: 'The campaign is cancelled. Apart from emails already with the provider, no more are sent.',
}

export const doneWord = (word: string | undefined): string | null =>
  word !== undefined && Object.hasOwn(doneWords, word) ? (doneWords[word] ?? null) : null
