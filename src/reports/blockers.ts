// pure · why a campaign does not move now, until when, and what somebody can do about it

import type { PauseReason } from '../platform/deps.ts'
import { mailboxName } from '../segments/words.ts'
import type { SendHold } from '../throttle/restored-copy.ts'
import type { ThrottleReason } from './throttle-reason.ts'

/** A reason and its sentence: what is going on, what comes by itself, what an operator can do. */
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
  /** When it goes on, or is tried again, by itself; null where somebody must act, or nobody can tell. */
  readonly until: Date | null
  /** Whose limit it is, where one mailbox provider's holds people back. */
  readonly mailbox?: string
}

export const sentenceOfBlocker = ({ reason, mailbox }: Blocker): string =>
  mailbox === undefined ? blockerSentences[reason] : `The limit for ${mailboxName(mailbox)} is reached.`

/** What is known of a campaign that has people left. */
export interface SendStatus {
  readonly state: 'freezing' | 'sending' | 'paused' | 'cancelled'
  readonly hold: SendHold | null
  /** By the rules of the house, where they hold back every batch that nobody posted yet. */
  readonly rules: ThrottleReason | null
  readonly closed: { readonly reason: PauseReason; readonly until: Date } | null
  /** A batch could be taken now, but for the two above. */
  readonly isDue: boolean
  /** So could one of a campaign that was launched before. */
  readonly isBehind: boolean
  /** A batch is with a sender at this moment, as far as its lease tells. */
  readonly isHeld: boolean
  /** When a batch whose answer is missing is asked about again; null where none is. */
  readonly askedAgainAt: Date | null
  /** When the people of the oldest such batch count as unknown. */
  readonly givenUpAt: Date | null
  /** Since anything was written down, taken or marked. */
  readonly idleSeconds: number
}

const maxIdle = 120

/** Each reason that holds, the strongest first; none while it moves. */
export function blockersOf(standing: SendStatus): readonly Blocker[] {
  const { state, hold, closed, givenUpAt, idleSeconds } = standing
  switch (state) {
    case 'freezing':
      return idleSeconds > maxIdle ? [{ reason: 'not_frozen', until: null }] : []
    case 'paused':
      return [{ reason: 'paused', until: null }, ...waitFor('answer_unknown', givenUpAt)]
    case 'cancelled':
      return waitFor('answer_unknown', givenUpAt)
    case 'sending': {
      const outside: readonly Blocker[] = [
        ...(hold === null ? [] : [{ reason: hold, until: null }]),
        ...(closed === null ? [] : [closed]),
      ]
      return outside.length > 0 ? outside : inside(standing)
    }
  }
}

function inside({
  rules,
  isDue,
  isBehind,
  isHeld,
  askedAgainAt,
  idleSeconds,
}: SendStatus): readonly Blocker[] {
  if (isHeld) return []
  if (rules !== null) return [rules]
  if (!isDue && askedAgainAt !== null) return waitFor('answer_missing', askedAgainAt)
  if (isDue && isBehind) return [{ reason: 'another_campaign', until: null }]
  return idleSeconds > maxIdle ? [{ reason: 'nobody_sends', until: null }] : []
}

const waitFor = (reason: BlockerReason, until: Date | null): readonly Blocker[] =>
  until === null ? [] : [{ reason, until }]
