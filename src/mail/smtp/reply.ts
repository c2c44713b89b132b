// pure · the outcome of a mail, derived from an SMTP server's reply or its absence. RFC 5321 section 4.2
import type { SendOutcome } from '../../platform/deps.ts'
import { isSenderRefusal } from '../feedback.ts'
import { full } from '../inbound/bounce-words.ts'
import { statusIn } from '../inbound/verdict.ts'
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
  /** Refused after the text was read, for its content or recipient; or before it, for the sender or the route ("relay access denied"). */
  | { readonly kind: 'text_refused'; readonly status: number; readonly reason: string }
  /** Larger than the server takes: the text's fault or the server's, which is decided by the batch. RFC 1870 */
  | { readonly kind: 'too_large'; readonly status: number; readonly reason: string }
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
  if (responseCode === undefined) return begun ? { kind: 'unknown' } : unansweredResult(failure)
  const reason = withoutNames(response ?? String(responseCode), names)
  if (isSizeRefusal(command, responseCode, response ?? ''))
    return { kind: 'too_large', status: responseCode, reason }
  if (begun)
    return isPermanent(responseCode)
      ? { kind: 'text_refused', status: responseCode, reason }
      : { kind: 'deferred', reason }
  if (responseCode === 421) return { kind: 'closed' }
  if (command === 'MAIL FROM')
    return isPermanent(responseCode)
      ? { kind: 'sender_refused', status: responseCode, reason }
      : { kind: 'closed' }
  if (command === 'RCPT TO' || command === 'DATA') {
    if (!isPermanent(responseCode)) return { kind: 'deferred', reason }
    return isSenderRefusal(reason)
      ? { kind: 'text_refused', status: responseCode, reason }
      : { kind: 'refused', reason }
  }
  return { kind: 'lost' }
}

/** nodemailer itself may have refused the mail: by the size that the server announced, or for its address. */
function unansweredResult({ code, command }: SmtpFailure): DeliveryResult {
  if (code === 'EMESSAGE') return { kind: 'too_large', status: 0, reason: 'larger than the server takes' }
  return code === 'EENVELOPE' && command === 'API'
    ? { kind: 'refused', reason: 'not an address for SMTP' }
    : { kind: 'lost' }
}

/**
 * By code: `5.3.4`; without a code 552, and in answer to MAIL FROM a 552 with any code, since no recipient is named yet. After the
 * recipient 552 with another code is about the mailbox: full (5.2.2), or closed to mails of this size (5.2.3).
 *
 * @see https://www.rfc-editor.org/rfc/rfc1870#section-6
 */
function isSizeRefusal(command: string, status: number, response: string): boolean {
  const code = statusIn(response)
  if (code === '5.3.4') return true
  if (status !== 552) return false
  if (command === 'MAIL FROM') return true
  return code === null && command !== 'RCPT TO' && !full.test(response.toLowerCase())
}

/** 503 is a wrong command sequence, no refusal of the mail. */
const isPermanent = (status: number): boolean => status >= 500 && status !== 503

type Unreached = Extract<SendOutcome, { kind: 'refused' | 'busy' }>

const restSeconds = 30

/**
 * A refused sign-in or certificate needs the operator, as does a greeting of 554 (RFC 5321 section 3.1); other problems pass. The
 * server's words about a sign-in are not repeated.
 */
export function unreachedOf(failure: SmtpFailure): Unreached {
  const { code, originalCode, responseCode = 0, command = '' } = failure
  if (code === 'EAUTH' || command.startsWith('AUTH')) {
    if (responseCode >= 400 && responseCode < 500)
      return { kind: 'busy', retryAfterSeconds: restSeconds, reason: 'server_busy' }
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
  if (responseCode >= 500)
    return {
      kind: 'refused',
      status: responseCode,
      reason: `the SMTP server of SMTP_URL takes no connection from here: ${withoutNames(failure.response ?? '', [])}`,
    }
  return {
    kind: 'busy',
    retryAfterSeconds: restSeconds,
    reason: responseCode === 0 ? 'no_answer' : 'server_busy',
  }
}

/** A failed handshake or a permanent refusal of STARTTLS, not a cut connection. */
const isTlsFault = ({ code, originalCode = '', responseCode = 0, command }: SmtpFailure): boolean =>
  isCertificateFault(originalCode) ||
  (code === 'ETLS' && command === 'STARTTLS' && (responseCode === 0 || responseCode >= 500))

const isCertificateFault = (code: string): boolean =>
  /CERT|SIGNATURE|^ERR_TLS|^ERR_SSL|^EPROTO$|^HOSTNAME_MISMATCH$/.test(code)
