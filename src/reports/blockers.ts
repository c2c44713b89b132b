// pure · blockers: why a campaign does not move now, until when, and what can be done about it

import type { PauseReason } from '../platform/deps.ts'
import { mailboxName } from '../segments/words.ts'
import type { SendHold } from '../throttle/restored-copy.ts'
import type { ThrottleReason } from './throttle-reason.ts'

/** A sentence per reason: what is happening, whether it ends by itself, what an operator can do. */
export const blockerSentences = {
  paused: 'It was paused, and goes on when somebody lets it.',
  copied:
    'This is a copy of another deployment, restored or moved: it sends nothing, lest people get everything twice or are mailed after they left. If the other one does not send any more: npm run assent -- sending allow.',
  stopped: 'Sending was stopped by hand; npm run assent -- sending allow lets it go on.',
  rate: 'The provider asked us to wait; it goes on by itself.',
  daily_quota:
    'The quota of the day is used up, says the provider; its dashboard has more. It is asked again by itself, or at once when the campaign is paused and let go on.',
  monthly_quota:
    'The quota of the month is used up, says the provider; its dashboard has more. It is asked again by itself, or at once when the campaign is paused and let go on.',
  no_answer:
    'The provider cannot be reached, or its answers say nothing. It is asked again by itself, and nobody gets anything twice.',
  answer_missing:
    'No answer came for the batches that are left. They are asked about again by themselves, and nobody gets anything twice.',
  answer_unknown:
    'No answer came for some mail that was with the provider when it stopped. Unless it goes on before, its people count as unknown.',
  quiet_hours: 'It is quiet hours where the people live who are left.',
  warm_up: 'As many people were sent something as the warm-up allows today.',
  cap: 'As many people at one mailbox provider were sent something as its limit allows.',
  local_time: 'It waits for its time in the next time zone.',
  another_campaign: 'A campaign that was launched before goes first.',
  nobody_sends:
    'Nothing has been sent for two minutes, though it could be. The log says what fails (loop.failed, queue.failed).',
  not_frozen:
    'Nobody has been written down for two minutes. It is tried again by itself; the log says what fails (loop.failed).',
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
  mailbox === undefined
    ? blockerSentences[reason]
    : `As many people at ${mailboxName(mailbox)} were sent something as the limit allows.`

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
  switch (state) {
    case 'freezing':
      return idleSeconds > maxIdle ? [{ reason: 'not_frozen', until: null }] : []
    case 'paused':
      return [{ reason: 'paused', until: null }, ...blockerUntil('answer_unknown', givenUpAt)]
    case 'cancelled':
      return blockerUntil('answer_unknown', givenUpAt)
    case 'sending': {
      const external: readonly Blocker[] = [
        ...(hold === null ? [] : [{ reason: hold, until: null }]),
        ...(closed === null ? [] : [closed]),
      ]
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
