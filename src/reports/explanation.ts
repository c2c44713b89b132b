// pure · why a person is not among the recipients of a campaign, from what was in force at the freeze
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
  not_frozen: 'The audience is not fixed yet. That happens when the campaign starts.',
  cancelled: 'The campaign was cancelled before anything was sent to this person.',
  record_gone:
    'The delivery records of this campaign were deleted at the end of their retention. Only totals are left.',
  erased: 'This person was erased and gets no more emails.',
  never_on_list: 'This person was never on the list.',
  not_on_list_then: 'This person joined the list after the audience was fixed.',
  not_confirmed_then: 'This person had not confirmed when the audience was fixed.',
  left_before: 'The consent had ended before the audience was fixed.',
  purpose_not_granted: 'This person is on the list, but had not agreed to the purpose of this campaign.',
  restricted: 'Processing was restricted for this person when the audience was fixed.',
  suppressed: 'The address was suppressed when the audience was fixed.',
  not_yet: 'This person’s consent did not apply yet when the audience was fixed.',
  over: 'This person’s consent had run out when the audience was fixed.',
  not_in_segment: 'This person was not in the segment when the audience was fixed.',
  not_known: 'Nothing on record explains it now. A suppression may have been lifted since.',
}

/** The outcome for a recipient, as a sentence. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  waiting: 'The email to this person is waiting to be sent.',
  sent: 'Accepted by the mail provider.',
  skipped: 'This person was in the audience, but was skipped when their batch was sent.',
  rejected: 'The email to this person was rejected, or could not be created.',
  unknown: 'It is unknown whether the mail provider accepted the email. It is not sent again automatically.',
}

/**
 * Derives the reason from the history on the list, oldest fact first. Suppressions and the bounds of the time for mail keep
 * no history: their present values stand in.
 */
export function whyNot(about: {
  readonly facts: readonly LedgerFact[]
  readonly frozenAt: Date
  readonly purpose: string
  readonly mailPurposes: readonly string[]
  /** Whether a suppression in force now was in force at the freeze. */
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
    ...stateAfter(before, about.mailPurposes),
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

const stateAfter = (facts: readonly LedgerFact[], mail: readonly string[]): ConsentState =>
  facts.reduce((now, { type, purposes }) => {
    const known = subjectEventTypes.find((one): one is SubjectEventType => one === type)
    return known === undefined ? now : (follow(now, { type: known, purposes }, mail) ?? now)
  }, beginning)
