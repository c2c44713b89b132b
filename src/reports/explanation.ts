// pure · why somebody is not among the recipients of a campaign, from what was in force when it was frozen
import {
  beginning,
  type ConsentState,
  follow,
  type SubjectEventType,
  subjectEventTypes,
} from '../consent/ledger.ts'

export interface LedgerFact {
  readonly type: string
  readonly at: Date
  readonly purposes: readonly string[]
}

export type WhyNot =
  | 'not_frozen'
  | 'cancelled'
  | 'record_gone'
  | 'erased'
  | 'never_on_list'
  | 'not_on_list_then'
  | 'not_confirmed_then'
  | 'left_before'
  | 'purpose_not_granted'
  | 'restricted'
  | 'suppressed'
  | 'not_in_segment'
  | 'not_known'

export const whyNotWords: Readonly<Record<WhyNot, string>> = {
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
  not_in_segment: 'This person was not in the segment of the campaign when it was frozen.',
  not_known: 'Nothing that is on record now kept them out: a suppression may have been lifted since.',
}

/** What happened to a recipient, in a sentence. */
export const outcomeWords: Readonly<Record<string, string>> = {
  waiting: 'The mail to this person waits to be sent.',
  sent: 'The provider took the mail to this person.',
  skipped: 'This person was in the audience and was left out when their batch was sent.',
  rejected: 'The mail to this person was refused, or could not be written.',
  unknown: 'It is not known whether the provider took the mail; it is not sent again by itself.',
}

/** Of somebody with a history on the list; the facts are oldest first. */
export function whyNot(about: {
  readonly facts: readonly LedgerFact[]
  readonly frozenAt: Date
  readonly purpose: string
  readonly mailPurposes: readonly string[]
  /** Whether a suppression that stands now stood then. */
  readonly wasSuppressed: boolean
  readonly hasSegment: boolean
}): WhyNot {
  const before = about.facts.filter(({ at }) => at <= about.frozenAt)
  if (about.facts.length === 0) return 'never_on_list'
  if (before.length === 0) return 'not_on_list_then'
  const then = standingAfter(before, about.mailPurposes)
  if (!then.granted.includes(about.purpose)) {
    if (before.some((fact) => grants(fact) && fact.purposes.includes(about.purpose))) return 'left_before'
    return then.state === 'active' ? 'purpose_not_granted' : 'not_confirmed_then'
  }
  if (then.state !== 'active') return 'left_before'
  if (then.restricted) return 'restricted'
  if (about.wasSuppressed) return 'suppressed'
  return about.hasSegment ? 'not_in_segment' : 'not_known'
}

const grants = ({ type }: LedgerFact): boolean =>
  type === 'consent.confirmed' || type === 'consent.renewed' || type === 'consent.imported'

const standingAfter = (facts: readonly LedgerFact[], mail: readonly string[]): ConsentState =>
  facts.reduce((now, { type, purposes }) => {
    const known = subjectEventTypes.find((one): one is SubjectEventType => one === type)
    return known === undefined ? now : (follow(now, { type: known, purposes }, mail) ?? now)
  }, beginning)
