// pure · what a provider may say of one mail, whichever provider it is, and how a bounce is read. RFC 3463

/** hard: the mailbox does not exist; sender: we or our words were refused; soft: not now. */
export type BounceKind = 'hard' | 'sender' | 'soft'
/** Why nothing was sent at all. The first three are the sender's account, whoever the recipient is. */
export type FailureKind = 'domain' | 'key' | 'quota' | 'other'

export type Feedback = { readonly at: Date } & (
  | { readonly kind: 'delivered' | 'delayed' | 'complained' | 'suppressed' }
  | { readonly kind: 'bounced'; readonly bounce: BounceKind; readonly code: string | null }
  | { readonly kind: 'failed'; readonly failure: FailureKind }
)

/** As columns: exactly one moment, and what it is about. */
export interface FeedbackRow {
  readonly delivered_at: string | null
  readonly delayed_at: string | null
  readonly bounced_at: string | null
  readonly bounce: string | null
  readonly complained_at: string | null
  readonly failed_at: string | null
  readonly failure: string | null
  readonly suppressed_at: string | null
}

export function feedbackRow(feedback: Feedback): FeedbackRow {
  const at = feedback.at.toISOString()
  const on = (kind: Feedback['kind']): string | null => (feedback.kind === kind ? at : null)
  return {
    delivered_at: on('delivered'),
    delayed_at: on('delayed'),
    bounced_at: on('bounced'),
    bounce: feedback.kind === 'bounced' ? [feedback.bounce, feedback.code ?? []].flat().join(' ') : null,
    complained_at: on('complained'),
    failed_at: on('failed'),
    failure: feedback.kind === 'failed' ? feedback.failure : null,
    suppressed_at: on('suppressed'),
  }
}

/** Trouble of ours: it stops a campaign and is no fault of the person. */
export const isSenderProblem = (feedback: Feedback): boolean =>
  (feedback.kind === 'bounced' && feedback.bounce === 'sender') ||
  (feedback.kind === 'failed' && feedback.failure !== 'other')

/** The address cannot be written to. The provider's own list of addresses holds those that bounced there before. */
export const isUndeliverable = (feedback: Feedback): boolean =>
  feedback.kind === 'suppressed' || (feedback.kind === 'bounced' && feedback.bounce === 'hard')

const hardCodes: ReadonlySet<string> = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1'])
/** The mail itself was refused: too large, or what it says. */
const contentFaults = /content|attachment|toolarge|too_large/i

/**
 * The enhanced status code decides where there is one, since `Permanent` is also said of mail that was refused for who
 * sent it; else what the provider calls it. Whatever is not understood is soft: nobody is shut out by a guess.
 * @see https://www.rfc-editor.org/rfc/rfc3463
 */
export function readBounce(said: {
  /** Permanent, Transient or Undetermined. */
  readonly type: string
  readonly subType: string
  /** What the other server answered; may quote addresses, and is not kept. */
  readonly diagnostics: readonly string[]
}): { readonly bounce: BounceKind; readonly code: string | null } {
  const code = statusCode(said.diagnostics)
  return { bounce: kindOfCode(code) ?? kindOfName(said.type, said.subType), code }
}

function kindOfCode(code: string | null): BounceKind | null {
  if (code === null) return null
  if (hardCodes.has(code)) return 'hard'
  if (code.startsWith('5.7.') || code.startsWith('5.4.')) return 'sender'
  return code.startsWith('4.') || code === '5.2.2' ? 'soft' : null
}

/** Whether a server that was given the mail itself said that there is no such mailbox: a bounce that never had to travel. */
export const isHardRefusal = (reason: string): boolean => kindOfCode(statusCode([reason])) === 'hard'

function kindOfName(type: string, subType: string): BounceKind {
  if (contentFaults.test(subType)) return 'sender'
  return type.toLowerCase() === 'permanent' ? 'hard' : 'soft'
}

/** The first `5.1.1` in what a server said; never a part of an IP address or a version. */
const statusCode = (texts: readonly string[]): string | null =>
  texts.flatMap((text) => /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\d|\.\d)/.exec(text) ?? [])[0] ?? null

/** What a provider's reason comes down to: `reached_daily_quota`, `domain_not_verified`, … */
export function readFailure(reason: string): FailureKind {
  if (/quota|limit/i.test(reason)) return 'quota'
  if (/domain|verif/i.test(reason)) return 'domain'
  return /key|unauthori/i.test(reason) ? 'key' : 'other'
}
