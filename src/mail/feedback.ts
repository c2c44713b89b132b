// pure · what a provider may say of one mail, whichever provider it is, and how a bounce is read. RFC 3463
import type { feedbackColumns } from './feedback-columns.ts'
import { judge, type Verdict } from './inbound/verdict.ts'
import { answerLength } from './reasons.ts'

export type BounceKind = Exclude<Verdict, 'none'>
/** Why nothing was sent at all. The first three are the sender's account, whoever the recipient is. */
export type FailureKind = 'domain' | 'key' | 'quota' | 'other'

export type Feedback = { readonly at: Date } & (
  | { readonly kind: 'delivered' | 'delayed' | 'complained' | 'suppressed' }
  | { readonly kind: 'bounced'; readonly bounce: BounceKind; readonly code: string | null }
  | { readonly kind: 'failed'; readonly failure: FailureKind }
)

/** As columns: exactly one moment, and what it is about. */
export type FeedbackRow = Readonly<Record<keyof ReturnType<typeof feedbackColumns>, string | null>>

export function feedbackRow(feedback: Feedback): FeedbackRow {
  const at = feedback.at.toISOString()
  const on = (kind: Feedback['kind']): string | null => (feedback.kind === kind ? at : null)
  return {
    deliveredAt: on('delivered'),
    delayedAt: on('delayed'),
    bouncedAt: on('bounced'),
    bounce: feedback.kind === 'bounced' ? [feedback.bounce, feedback.code ?? []].flat().join(' ') : null,
    complainedAt: on('complained'),
    failedAt: on('failed'),
    failure: feedback.kind === 'failed' ? feedback.failure : null,
    suppressedAt: on('suppressed'),
  }
}

/** Trouble of ours: it stops a campaign and is no fault of the person. */
export const isSenderProblem = (feedback: Feedback): boolean =>
  (feedback.kind === 'bounced' && feedback.bounce === 'sender') ||
  (feedback.kind === 'failed' && feedback.failure !== 'other')

/** The address cannot be written to. The provider's own list of addresses holds those that bounced there before. */
export const isUndeliverable = (feedback: Feedback): boolean =>
  feedback.kind === 'suppressed' || (feedback.kind === 'bounced' && feedback.bounce === 'hard')

/** The mail itself was refused: too large, or what it says. */
const contentFaults = /content|attachment|toolarge|too_large/i

/**
 * The words of the refusing server decide where there are any, since `Permanent` is also said of mail that was refused for who
 * sent it; else what the provider calls it, whose own words are not the server's.
 * @see https://www.rfc-editor.org/rfc/rfc3463
 */
export function readBounce(said: {
  /** Permanent, Transient or Undetermined. */
  readonly type: string
  readonly subType: string
  /** What the other server answered; may quote addresses, and is not kept. */
  readonly diagnostics: readonly string[]
  /** What the provider says of it, which may repeat the answer. */
  readonly message: string
}): { readonly bounce: BounceKind; readonly code: string | null } {
  const told = said.diagnostics.filter((text) => text.trim() !== '').join(' ')
  const words = told === '' && holdsCode(said.message) ? said.message : told
  if (contentFaults.test(said.subType)) return { bounce: 'sender', code: judge({ status: null, words }).code }
  if (words === '') return { bounce: kindOfName(said.type, said.subType), code: null }
  const { verdict, code } = judge({ status: null, words })
  return { bounce: verdict, code }
}

/** At the provider's word: on its own list of addresses, or refused for good without a reason. */
const kindOfName = (type: string, subType: string): BounceKind =>
  type.toLowerCase() === 'permanent' && !/full|quota/i.test(subType) ? 'hard' : 'soft'

/**
 * Whether a server that was given the mail itself said that there is no such mailbox: a bounce that never had to travel. Of an
 * answer that was cut off the end is not known.
 */
export const isHardRefusal = (reason: string): boolean =>
  holdsCode(reason) &&
  reason.length < answerLength &&
  judge({ status: null, words: reason }).verdict === 'hard'

/** Whether a server refused a mail during the conversation for who sent it, how, or what it says. */
export const isSenderRefusal = (reason: string): boolean =>
  holdsCode(reason) && judge({ status: null, words: reason }).verdict === 'sender'

/** An answer of a mail server; what a provider says of a request has no code, and is about no mailbox. */
const holdsCode = (text: string): boolean => /(?:^|[^\d.])5(?:\d\d|\.\d{1,3}\.\d{1,3})(?![\d.])/.test(text)

/** What a provider's reason comes down to: `reached_daily_quota`, `domain_not_verified`, … */
export function readFailure(reason: string): FailureKind {
  if (/quota|limit/i.test(reason)) return 'quota'
  if (/domain|verif/i.test(reason)) return 'domain'
  return /key|unauthori/i.test(reason) ? 'key' : 'other'
}
