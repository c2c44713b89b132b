// pure · feedback on one mail from any provider, and how bounces are classified. RFC 3463
import type { feedbackColumns } from './feedback-columns.ts'
import { judge, type Verdict } from './inbound/verdict.ts'
import { answerLength } from './reasons.ts'

export type BounceKind = Exclude<Verdict, 'none'>
/** Why nothing was sent. The first three concern the sender's account. */
export type FailureKind = 'domain' | 'key' | 'quota' | 'other'

export type Feedback = { readonly at: Date } & (
  | { readonly kind: 'delivered' | 'delayed' | 'complained' | 'suppressed' }
  | {
      readonly kind: 'bounced'
      readonly bounce: BounceKind
      readonly code: string | null
      readonly personal?: true
    }
  | { readonly kind: 'failed'; readonly failure: FailureKind }
)

/** Exactly one moment, with its detail. */
export type FeedbackRow = Readonly<Record<keyof ReturnType<typeof feedbackColumns>, string | null>>

export function feedbackRow(feedback: Feedback): FeedbackRow {
  const at = feedback.at.toISOString()
  const on = (kind: Feedback['kind']): string | null => (feedback.kind === kind ? at : null)
  return {
    deliveredAt: on('delivered'),
    delayedAt: on('delayed'),
    bouncedAt: on('bounced'),
    bounce: feedback.kind === 'bounced' ? bounceText(feedback) : null,
    complainedAt: on('complained'),
    failedAt: on('failed'),
    failure: feedback.kind === 'failed' ? feedback.failure : null,
    suppressedAt: on('suppressed'),
  }
}

const bounceText = ({ bounce, code, personal }: Extract<Feedback, { kind: 'bounced' }>): string =>
  [bounce, code ?? [], personal === true ? 'personal' : []].flat().join(' ')

/** A bounce that makes an address undeliverable when repeated: soft, or the reader's own refusal. */
export const mayWearOut = (feedback: Feedback): boolean =>
  feedback.kind === 'bounced' && (feedback.bounce === 'soft' || feedback.personal === true)

/** Stops a campaign; no fault of the recipient. */
export const isSenderProblem = (feedback: Feedback): boolean =>
  (feedback.kind === 'bounced' && feedback.bounce === 'sender' && feedback.personal !== true) ||
  (feedback.kind === 'failed' && feedback.failure !== 'other')

/** A provider suppresses addresses that bounced before. */
export const isUndeliverable = (feedback: Feedback): boolean =>
  feedback.kind === 'suppressed' || (feedback.kind === 'bounced' && feedback.bounce === 'hard')

/** The mail itself was refused. */
const contentFaults = /content|attachment|toolarge|too_large/i

/**
 * The refusing server's words decide, since providers also say `Permanent` of mail refused because of its sender. Without words,
 * the provider's classification decides.
 * @see https://www.rfc-editor.org/rfc/rfc3463
 */
export function readBounce(report: {
  /** Permanent, Transient or Undetermined. */
  readonly type: string
  readonly subType: string
  /** The other server's answers; not stored, since they may quote addresses. */
  readonly diagnostics: readonly string[]
  /** The provider's own text, which may repeat the answer. */
  readonly message: string
}): { readonly bounce: BounceKind; readonly code: string | null; readonly personal?: true } {
  const answers = report.diagnostics.filter((text) => text.trim() !== '').join(' ')
  const words = answers === '' && holdsCode(report.message) ? report.message : answers
  if (contentFaults.test(report.subType))
    return { bounce: 'sender', code: judge({ status: null, words }).code }
  if (words === '') return { bounce: kindOfName(report.type, report.subType), code: null }
  const { verdict, ...more } = judge({ status: null, words })
  return { bounce: verdict, ...more }
}

/** For an address on the provider's own list, or a permanent refusal without a reason. */
const kindOfName = (type: string, subType: string): BounceKind =>
  type.toLowerCase() === 'permanent' && !/full|quota/i.test(subType) ? 'hard' : 'soft'

/**
 * Whether a server refused the mail itself because the mailbox does not exist. A truncated answer does not count, since its end is
 * unknown.
 */
export const isHardRefusal = (reason: string): boolean =>
  holdsCode(reason) &&
  reason.length < answerLength &&
  judge({ status: null, words: reason }).verdict === 'hard'

/** Whether a server refused the mail itself in a way that, repeated, makes the address undeliverable: see `mayWearOut`. */
export function isWearingRefusal(reason: string): boolean {
  const { verdict, personal } = judge({ status: null, words: reason })
  return holdsReply(reason) && (verdict === 'soft' || personal === true)
}

/** A mail deferred for a day counts too: `452 4.2.2`. */
const holdsReply = (text: string): boolean =>
  /(?:^|[^\d.])[45](?:\d\d|\.\d{1,3}\.\d{1,3})(?![\d.])/.test(text)

/** Whether a server refused the mail itself because of sender, route or content. */
export function isSenderRefusal(reason: string): boolean {
  const { verdict, personal } = judge({ status: null, words: reason })
  return holdsCode(reason) && verdict === 'sender' && personal !== true
}

/** Only mail servers answer with such a code; other refusals concern no mailbox. */
const holdsCode = (text: string): boolean => /(?:^|[^\d.])5(?:\d\d|\.\d{1,3}\.\d{1,3})(?![\d.])/.test(text)

/** From `reached_daily_quota`, `domain_not_verified`, … */
export function readFailure(reason: string): FailureKind {
  if (/quota|limit/i.test(reason)) return 'quota'
  if (/domain|verif/i.test(reason)) return 'domain'
  return /key|unauthori/i.test(reason) ? 'key' : 'other'
}
