// pure · the outcome of a mail, derived from an SMTP server's reply or its absence. RFC 5321 section 4.2
import type { SendOutcome } from '../../platform/deps.ts'
import { withoutNames } from '../reasons.ts'

/** End of a conversation, as nodemailer reports it. */
export interface SmtpFailure {
  /** `CONN`, `EHLO`, `AUTH PLAIN`, `MAIL FROM`, `RCPT TO`, `DATA`, … */
  readonly command?: string | undefined
  /** Absent without a reply. */
  readonly responseCode?: number | undefined
  readonly response?: string | undefined
  /** nodemailer's code: `ETLS`, `EAUTH`, `ECONNECTION`, … */
  readonly code?: string | undefined
  /** Node's code, if any: `ECONNREFUSED`, `DEPTH_ZERO_SELF_SIGNED_CERT`. */
  readonly originalCode?: string | undefined
}

export type DeliveryResult =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Refused after the text was read: for its content or recipient. */
  | { readonly kind: 'text_refused'; readonly status: number; readonly reason: string }
  /** Not accepted now; try again later. */
  | { readonly kind: 'deferred'; readonly reason: string }
  | { readonly kind: 'unknown' }
  /** The sender address is refused; no fault of the recipient. */
  | { readonly kind: 'sender_refused'; readonly status: number; readonly reason: string }
  /** The connection broke before the text, perhaps an old one. */
  | { readonly kind: 'lost' }
  /** The server accepts no mail now. */
  | { readonly kind: 'closed' }

/**
 * `begun`: the text was on its way, so that only a reply can prove that the mail was not accepted. `names` are removed from the
 * reason.
 */
export function deliveryResultOf(
  failure: SmtpFailure,
  begun: boolean,
  names: readonly string[],
): DeliveryResult {
  const { command = '', responseCode, response } = failure
  if (responseCode === undefined) return begun ? { kind: 'unknown' } : unansweredFate(failure)
  const reason = withoutNames(response ?? String(responseCode), names)
  if (begun)
    return isPermanent(responseCode)
      ? { kind: 'text_refused', status: responseCode, reason }
      : { kind: 'deferred', reason }
  if (responseCode === 421) return { kind: 'closed' }
  if (command === 'MAIL FROM')
    return isPermanent(responseCode)
      ? { kind: 'sender_refused', status: responseCode, reason }
      : { kind: 'closed' }
  if (command === 'RCPT TO' || command === 'DATA')
    return isPermanent(responseCode) ? { kind: 'refused', reason } : { kind: 'deferred', reason }
  return { kind: 'lost' }
}

/** nodemailer itself may have refused the mail. */
const unansweredFate = ({ code, command }: SmtpFailure): DeliveryResult =>
  (code === 'EENVELOPE' && command === 'API') || code === 'EMESSAGE'
    ? {
        kind: 'refused',
        reason: code === 'EMESSAGE' ? 'larger than the server takes' : 'not an address for SMTP',
      }
    : { kind: 'lost' }

/** 503 is a wrong command sequence, no refusal of the mail. */
const isPermanent = (status: number): boolean => status >= 500 && status !== 503

type Unreached = Extract<SendOutcome, { kind: 'refused' | 'busy' }>

const restSeconds = 30

/**
 * A refused sign-in or certificate needs the operator; other problems pass. The server's words about a sign-in are not repeated.
 */
export function unreachedOf({ code, originalCode, responseCode = 0, command = '' }: SmtpFailure): Unreached {
  if (code === 'EAUTH' || command.startsWith('AUTH')) {
    if (responseCode >= 400 && responseCode < 500) return { kind: 'busy', retryAfterSeconds: restSeconds }
    return {
      kind: 'refused',
      status: responseCode,
      reason: 'the SMTP server refused the sign-in of SMTP_URL',
    }
  }
  if (isTlsFault({ code, originalCode, responseCode, command }))
    return {
      kind: 'refused',
      status: responseCode,
      reason: 'the SMTP server of SMTP_URL offers no encryption, or a certificate that is not trusted',
    }
  return { kind: 'busy', retryAfterSeconds: restSeconds, reason: 'no_answer' }
}

/** A failed handshake or a permanent refusal of STARTTLS, not a cut connection. */
const isTlsFault = ({ code, originalCode = '', responseCode = 0, command }: SmtpFailure): boolean =>
  isCertificateFault(originalCode) ||
  (code === 'ETLS' && command === 'STARTTLS' && (responseCode === 0 || responseCode >= 500))

const isCertificateFault = (code: string): boolean =>
  /CERT|SIGNATURE|^ERR_TLS|^ERR_SSL|^EPROTO$|^HOSTNAME_MISMATCH$/.test(code)
