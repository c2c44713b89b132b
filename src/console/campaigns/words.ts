// pure · campaigns in words: their states, what was done to them, why somebody did not get one, how long it will take
import type { CampaignState } from '../../campaigns/campaign.ts'
import type { RecipientReason } from '../../campaigns/reasons.ts'
import { subscriptionStates } from '../../consent/ledger.ts'
import type { SubscriptionReason } from '../../consent/why-not-send.ts'
import type { FeedbackKind, Outcome } from '../../reports/outcomes.ts'
import type { Tone } from '../../ui/console/parts.tsx'

export const stateWords: Readonly<Record<CampaignState, { readonly word: string; readonly tone: Tone }>> = {
  draft: { word: 'Draft', tone: 'none' },
  scheduled: { word: 'Scheduled', tone: 'busy' },
  freezing: { word: 'Getting ready', tone: 'busy' },
  sending: { word: 'Sending', tone: 'busy' },
  paused: { word: 'Paused', tone: 'warn' },
  sent: { word: 'Sent', tone: 'good' },
  cancelled: { word: 'Cancelled', tone: 'none' },
}

/** The overview's parts, in the order in which they want to be looked at. */
export const groups = [
  { key: 'underway', title: 'Under way', states: ['freezing', 'sending', 'paused'] },
  { key: 'scheduled', title: 'Scheduled', states: ['scheduled'] },
  { key: 'drafts', title: 'Drafts', states: ['draft'] },
  { key: 'sent', title: 'Sent', states: ['sent', 'cancelled'] },
] as const satisfies readonly { key: string; title: string; states: readonly CampaignState[] }[]
export type Group = (typeof groups)[number]

/** As the end of "188 …": why people of a list get nothing. The states of a subscription are among them. */
export const leftOutWords: Readonly<Record<SubscriptionReason, string>> = {
  pending: 'have not confirmed yet',
  expired: 'never confirmed',
  refused: 'said it was not them who signed up',
  withdrawn: 'ended their consent',
  revoked: 'had their consent ended for them',
  invalidated: 'have a consent that did not hold',
  erased: 'were erased',
  not_granted: 'did not agree to this purpose',
  restricted: 'asked for their data to be left alone',
  suppressed: 'cannot be mailed: it bounced, they complained, or were blocked',
  not_yet: 'wait for their time to begin',
  over: 'have a consent that ran out and awaits renewal',
}

/** States that the page of people can be opened with. */
export const isState = (reason: SubscriptionReason): boolean =>
  subscriptionStates.some((state) => state === reason)

/** Of recipients, who were no longer, or not yet, to be mailed when their turn came. */
const recipientWords: Readonly<Record<RecipientReason, string>> = {
  ...leftOutWords,
  withdrawn: 'ended their consent before it was sent',
  not_granted: 'ended their consent to this purpose before it was sent',
  cancelled: 'the campaign was cancelled before their turn',
  address_unreadable: 'their address could not be read',
  not_rendered: 'the text could not be filled in for them',
  too_large: 'their own answers made the mail larger than 1 MB',
}

const recipientWordOf = new Map<string, string>(Object.entries(recipientWords))

/** Reasons of the provider stand as it gave them. */
export const recipientWord = (reason: string): string => recipientWordOf.get(reason) ?? reason

interface Worded {
  readonly word: string
  readonly tone: Tone
}

export const outcomeWords: Readonly<Record<Outcome, Worded>> = {
  waiting: { word: 'Waiting', tone: 'busy' },
  sent: { word: 'Sent', tone: 'good' },
  skipped: { word: 'Left out', tone: 'none' },
  rejected: { word: 'Refused', tone: 'bad' },
  unknown: { word: 'Unknown', tone: 'warn' },
}

/** What the provider said of a mail since, the best first. */
export const heardWords: Readonly<Record<FeedbackKind, Worded>> = {
  delivered: { word: 'Delivered', tone: 'good' },
  delayed: { word: 'Delayed', tone: 'busy' },
  bounced: { word: 'Bounced', tone: 'bad' },
  complained: { word: 'Complained', tone: 'bad' },
  failed: { word: 'Failed', tone: 'bad' },
  suppressed: { word: 'Held back', tone: 'warn' },
}

/** What somebody did since, as a sentence without its subject. */
const sinceWords: Readonly<Record<string, string>> = {
  'consent.requested': 'Asked to be on the list.',
  'consent.confirmed': 'Confirmed.',
  'consent.renewed': 'Renewed their consent.',
  'consent.imported': 'Was brought in from elsewhere.',
  'consent.withdrawn': 'Ended their consent.',
  'consent.expired': 'Did not answer in time, or their consent ran out.',
  'consent.refused': 'Said that it was not them.',
  'consent.revoked': 'Had their consent ended for them.',
  'consent.invalidated': 'Had a consent that did not hold.',
  'processing.restricted': 'Asked for their data to be left alone.',
  'processing.unrestricted': 'Let their data be used again.',
  objection: 'Objected.',
  'subject.erased': 'Was erased.',
  'data.rectified': 'Had something about them corrected.',
}

export const sinceWord = (type: string): string => sinceWords[type] ?? type

const verbWords: Readonly<Record<string, string>> = {
  'campaign.create': 'wrote the first draft',
  'campaign.change': 'changed it',
  'campaign.test': 'sent a test',
  'campaign.launch': 'launched it',
  'campaign.schedule': 'scheduled it',
  'campaign.pause': 'paused it',
  'campaign.resume': 'let it go on',
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

/** What the address of a page may say was just done. */
const doneWords: Readonly<Record<string, string>> = {
  created: 'The draft is saved.',
  saved: 'Your changes are saved.',
  duplicated: 'This is a new draft with the same words. Nobody gets it before you send it.',
  tested: 'The test is on its way.',
  launched: 'The campaign is on its way. You can pause it as long as it is under way.',
  scheduled: 'The campaign is scheduled. Until then you can change it, or cancel it.',
  paused: 'It is paused. What is with the provider already will arrive; the rest waits.',
  resumed: 'It goes on with those who are left. Nobody gets it twice.',
  cancelled: 'It is cancelled. Nobody else gets it.',
}

export const doneWord = (word: string | undefined): string | null =>
  word !== undefined && Object.hasOwn(doneWords, word) ? (doneWords[word] ?? null) : null
