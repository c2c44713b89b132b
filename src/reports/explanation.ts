// pure · why somebody is not among the recipients of a campaign, from what was in force when it was frozen
import {
  beginning,
  type ConsentState,
  follow,
  type SubjectEventType,
  subjectEventTypes,
} from '../consent/ledger.ts'
import { whyNotSend } from '../consent/why-not-send.ts'
import type { Outcome } from './outcomes.ts'
import { type Explanation, explainedAs } from './published-reasons.ts'

export interface LedgerFact {
  readonly type: string
  readonly at: Date
  readonly purposes: readonly string[]
}

export const explanationWords: Readonly<Record<Explanation, string>> = {
  not_frozen: 'Nobody was chosen yet: the audience is written down when the campaign starts.',
  cancelled: 'The campaign was cancelled before anything was sent to this person.',
  record_gone:
    'The record of who got this campaign was deleted when its time was over; only totals are left.',
  erased: 'This person was erased and is not mailed again.',
  never_on_list: 'This person was never on the list.',
  not_on_list_then: 'This person came to the list after the campaign was frozen.',
  not_confirmed_then: 'This person had not confirmed when the campaign was frozen.',
  left_before: 'The consent had ended before the campaign was frozen.',
  purpose_not_granted: 'This person is on the list, but had not agreed to what the campaign is for.',
  restricted: 'The processing of this person was restricted when the campaign was frozen.',
  suppressed: 'The address was suppressed when the campaign was frozen.',
  not_yet: 'The time to mail this person had not begun when the campaign was frozen.',
  over: 'The time to mail this person was over when the campaign was frozen.',
  not_in_segment: 'This person was not in the segment of the campaign when it was frozen.',
  not_known: 'Nothing that is on record now kept them out: a suppression may have been lifted since.',
}

/** What happened to a recipient, in a sentence. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  waiting: 'The mail to this person waits to be sent.',
  sent: 'The provider took the mail to this person.',
  skipped: 'This person was in the audience and was left out when their batch was sent.',
  rejected: 'The mail to this person was refused, or could not be written.',
  unknown: 'It is not known whether the provider took the mail; it is not sent again by itself.',
}

/**
 * From the history on the list, the oldest fact first. Suppressions, and between when and when mail may be sent, keep no history:
 * what stands now stands for then.
 */
export function whyNot(about: {
  readonly facts: readonly LedgerFact[]
  readonly frozenAt: Date
  readonly purpose: string
  readonly mailPurposes: readonly string[]
  /** Whether a suppression that stands now stood then. */
  readonly wasSuppressed: boolean
  readonly notBefore: Date | null
  readonly sendableUntil: Date | null
  readonly hasSegment: boolean
}): Explanation {
  const { purpose, frozenAt, notBefore, sendableUntil } = about
  const before = about.facts.filter(({ at }) => at <= frozenAt)
  if (about.facts.length === 0) return 'never_on_list'
  if (before.length === 0) return 'not_on_list_then'
  const then = {
    ...standingAfter(before, about.mailPurposes),
    suppressed: about.wasSuppressed,
    notBefore,
    sendableUntil,
  }
  const reason = whyNotSend(then, purpose, frozenAt)
  if (reason === null) return about.hasSegment ? 'not_in_segment' : 'not_known'
  const hadConsent = before.some((fact) => grants(fact) && fact.purposes.includes(purpose))
  return explainedAs[reason][hadConsent ? 'ended' : 'never']
}

const grants = ({ type }: LedgerFact): boolean =>
  type === 'consent.confirmed' || type === 'consent.renewed' || type === 'consent.imported'

const standingAfter = (facts: readonly LedgerFact[], mail: readonly string[]): ConsentState =>
  facts.reduce((now, { type, purposes }) => {
    const known = subjectEventTypes.find((one): one is SubjectEventType => one === type)
    return known === undefined ? now : (follow(now, { type: known, purposes }, mail) ?? now)
  }, beginning)
