// pure · blockers: why a campaign does not move now, until when, and what can be done about it

import type { PauseReason } from '../platform/deps.ts'
import { mailboxName } from '../segments/words.ts'
import type { SendHold } from '../throttle/restored-copy.ts'
import type { ThrottleReason } from './throttle-reason.ts'

/** A sentence per reason: what is happening, whether it ends by itself, what an operator can do. */
export const blockerSentences = {
  paused: 'The campaign is paused until someone resumes it.',
  copied:
    'This is a copy of another deployment, restored or moved. It sends nothing, so that nobody gets emails twice or after unsubscribing. If the other deployment no longer sends, run: npm run assent -- sending allow.',
  stopped: 'Sending was turned off by hand. To turn it on, run: npm run assent -- sending allow.',
  rate: 'The provider asked to wait. Sending continues automatically.',
  daily_quota:
    'The provider says that the daily quota is used up; see its dashboard. Sending is tried again automatically, or immediately when you pause and resume the campaign.',
  monthly_quota:
    'The provider says that the monthly quota is used up; see its dashboard. Sending is tried again automatically, or immediately when you pause and resume the campaign.',
  no_answer:
    'The provider cannot be reached, or its answers make no sense. Sending is tried again automatically, and nobody gets anything twice.',
  server_busy:
    'The mail server takes no connection or mail from here now: it allows no more at once, or is busy. Sending is tried again automatically, and nobody gets anything twice.',
  answer_missing:
    'No answer came for the remaining batches. They are tried again automatically, and nobody gets anything twice.',
  answer_unknown:
    'No answer came for some emails that were with the provider when sending stopped. Unless the campaign is resumed first, their recipients count as unknown.',
  quiet_hours: 'The remaining people are in quiet hours.',
  warm_up: 'The warm-up limit for today is reached.',
  cap: 'The limit for a mailbox provider is reached.',
  local_time: 'Waiting for the scheduled time in the next time zone.',
  another_campaign: 'A campaign that was launched earlier is sent first.',
  nobody_sends:
    'Nothing has been sent for two minutes, although it could be. See the log for the reason (loop.failed, queue.failed).',
  not_frozen:
    'The audience has not grown for two minutes. It is tried again automatically; see the log for the reason (loop.failed).',
} as const satisfies Record<PauseReason | SendHold | ThrottleReason['reason'], string> &
  Record<string, string>

export type BlockerReason = keyof typeof blockerSentences
const isReason = (word: string): word is BlockerReason => Object.hasOwn(blockerSentences, word)
export const blockerReasons = Object.keys(blockerSentences).filter(isReason)

export interface Blocker {
  readonly reason: BlockerReason
  /** When sending continues or is retried automatically; null where an operator must act, or the time is unknown. */
  readonly until: Date | null
  /** The mailbox provider whose limit applies. */
  readonly mailbox?: string
}

export const sentenceOfBlocker = ({ reason, mailbox }: Blocker): string =>
  mailbox === undefined ? blockerSentences[reason] : `The limit for ${mailboxName(mailbox)} is reached.`

/** The sending status of a campaign with recipients left. */
export interface SendStatus {
  readonly state: 'freezing' | 'sending' | 'paused' | 'cancelled'
  readonly hold: SendHold | null
  /** The rule that holds back every batch not posted yet. */
  readonly rules: ThrottleReason | null
  readonly closed: { readonly reason: PauseReason; readonly until: Date } | null
  /** A batch could be claimed now, apart from hold and pause. */
  readonly isDue: boolean
  /** A batch of a campaign launched earlier could be claimed too. */
  readonly isBehind: boolean
  /** A batch is with a sender now, according to its lease. */
  readonly isHeld: boolean
  /** When a batch without an answer is asked about again; null where there is none. */
  readonly askedAgainAt: Date | null
  /** When the recipients of the oldest such batch count as unknown. */
  readonly givenUpAt: Date | null
  /** Since the last freeze, claim or mark. */
  readonly idleSeconds: number
}

const maxIdle = 120

/** Returns the blockers, strongest first; none while the campaign moves. */
export function blockersOf(status: SendStatus): readonly Blocker[] {
  const { state, hold, closed, givenUpAt, idleSeconds } = status
  const held: readonly Blocker[] = hold === null ? [] : [{ reason: hold, until: null }]
  switch (state) {
    case 'freezing':
      return idleSeconds > maxIdle ? [...held, { reason: 'not_frozen', until: null }] : held
    case 'paused':
      return [{ reason: 'paused', until: null }, ...held, ...blockerUntil('answer_unknown', givenUpAt)]
    case 'cancelled':
      return blockerUntil('answer_unknown', givenUpAt)
    case 'sending': {
      const external: readonly Blocker[] = [...held, ...(closed === null ? [] : [closed])]
      return external.length > 0 ? external : sendingBlockers(status)
    }
  }
}

function sendingBlockers({
  rules,
  isDue,
  isBehind,
  isHeld,
  askedAgainAt,
  idleSeconds,
}: SendStatus): readonly Blocker[] {
  if (isHeld) return []
  if (rules !== null) return [rules]
  if (!isDue && askedAgainAt !== null) return blockerUntil('answer_missing', askedAgainAt)
  if (isDue && isBehind) return [{ reason: 'another_campaign', until: null }]
  return idleSeconds > maxIdle ? [{ reason: 'nobody_sends', until: null }] : []
}

const blockerUntil = (reason: BlockerReason, until: Date | null): readonly Blocker[] =>
  until === null ? [] : [{ reason, until }]
