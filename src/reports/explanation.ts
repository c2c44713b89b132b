// pure · why a person is not among the recipients of a campaign, from what was in force at the freeze
import {
  beginning,
  type ConsentState,
  follow,
  type SubjectEventType,
  subjectEventTypes,
} from '../consent/ledger.ts'
import { whyNotSend } from '../consent/why-not-send.ts'
import type { FeedbackKind, Outcome, RecipientRow } from './outcomes.ts'
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

/** The most serious feedback on a mail, the latest word on it: of all, one of these. */
export interface LastHeard {
  /** `late`: delayed once, long ago, and no failure was reported since. */
  readonly heard: FeedbackKind | 'late'
  readonly at: Date
  readonly detail: string | null
}

type Heard = Pick<
  RecipientRow,
  | 'complained_at'
  | 'bounced_at'
  | 'bounce'
  | 'failed_at'
  | 'failure'
  | 'suppressed_at'
  | 'delivered_at'
  | 'delayed_at'
>

/** RFC 5321 section 4.5.4.1: servers try for four to five days, and report a failure after that. */
const mostDelayedDays = 6

/** A mail that arrived after a delay counts as delivered. By SMTP no arrival is reported: there silence means it. */
export function lastHeard(row: Heard, now: Date): LastHeard | null {
  const isOver =
    row.delayed_at !== null && now.getTime() - row.delayed_at.getTime() > mostDelayedDays * 86_400_000
  const said = [
    ['complained', row.complained_at, null],
    ['bounced', row.bounced_at, row.bounce],
    ['failed', row.failed_at, row.failure],
    ['suppressed', row.suppressed_at, null],
    ['delivered', row.delivered_at, null],
    [isOver ? 'late' : 'delayed', row.delayed_at, null],
  ] as const
  for (const [heard, at, detail] of said) if (at !== null) return { heard, at, detail }
  return null
}

interface Reached {
  /** Null: not known, or not yet. */
  readonly got: boolean | null
  readonly explanation: string
}

/** Of a mail that the provider accepted, by what was heard of it since. */
export function reachedBy(heard: LastHeard | null): Reached {
  switch (heard?.heard) {
    case undefined:
      return { got: true, explanation: 'Accepted by the mail provider.' }
    case 'delivered':
      return { got: true, explanation: 'Accepted by this person’s mail server.' }
    case 'complained':
      return { got: true, explanation: 'It arrived, and this person reported it as spam.' }
    case 'late':
      return {
        got: true,
        explanation:
          'This person’s mail server put it off at first. No failure was reported since, so it arrived late.',
      }
    case 'delayed':
      return {
        got: null,
        explanation:
          'Accepted by the mail provider, but put off by this person’s mail server so far. It is tried again for up to five days.',
      }
    case 'failed':
      return { got: false, explanation: 'The mail provider accepted it, but did not send it.' }
    case 'suppressed':
      return {
        got: false,
        explanation:
          'The mail provider held it back, by a list of its own of addresses that bounced or complained.',
      }
    case 'bounced':
      return { got: false, explanation: bounceSentence(heard?.detail ?? '') }
  }
}

function bounceSentence(bounce: string): string {
  if (bounce.startsWith('hard')) return 'It came back: this person’s mailbox or domain does not exist.'
  if (bounce.endsWith('personal'))
    return 'It came back: this person’s mailbox takes no mail from this sender.'
  return bounce.startsWith('sender')
    ? 'It came back: this person’s mail server refused it because of the sender, the route or the content. The address is not in question.'
    : 'It came back: the mailbox was full or resting, or the server gave no clear reason.'
}

/** The outcome for a recipient, as a sentence. */
export const outcomeWords: Readonly<Record<Exclude<Outcome, 'sent'>, string>> = {
  waiting: 'The email to this person is waiting to be sent.',
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
