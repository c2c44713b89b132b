// pure · what an answer of an SMTP server, or the lack of one, says about a mail. RFC 5321 section 4.2
import type { SendOutcome } from '../../platform/deps.ts'
import { withoutNames } from '../reasons.ts'

/** How a conversation ended, as nodemailer tells it. */
export interface SmtpFailure {
  /** `CONN`, `EHLO`, `AUTH PLAIN`, `MAIL FROM`, `RCPT TO`, `DATA`, … */
  readonly command?: string | undefined
  /** Of the server's reply; absent where none came. */
  readonly responseCode?: number | undefined
  readonly response?: string | undefined
  /** nodemailer's: `ETLS`, `EAUTH`, `ECONNECTION`, … */
  readonly code?: string | undefined
  /** Node's, where there is one: `ECONNREFUSED`, `DEPTH_ZERO_SELF_SIGNED_CERT`. */
  readonly originalCode?: string | undefined
}

export type DeliveryResult =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Refused by a server that had read it: for what it says, or for whom it is. */
  | { readonly kind: 'text_refused'; readonly status: number; readonly reason: string }
  /** Not this mail, not now. */
  | { readonly kind: 'deferred'; readonly reason: string }
  | { readonly kind: 'unknown' }
  /** Nobody may send from this address here: no fault of the recipient's. */
  | { readonly kind: 'sender_refused'; readonly status: number; readonly reason: string }
  /** The connection broke before the text: it may have been an old one. */
  | { readonly kind: 'lost' }
  /** The server takes nothing from anybody now. */
  | { readonly kind: 'closed' }

/**
 * What became of the mail. `begun`: its text was on its way, so that only a reply can say that it was not accepted. `names`
 * are kept out of the reason.
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

/** Before the text, without a reply: nodemailer itself may have found that the mail cannot go this way. */
const unansweredFate = ({ code, command }: SmtpFailure): DeliveryResult =>
  (code === 'EENVELOPE' && command === 'API') || code === 'EMESSAGE'
    ? {
        kind: 'refused',
        reason: code === 'EMESSAGE' ? 'larger than the server takes' : 'not an address for SMTP',
      }
    : { kind: 'lost' }

/** 503 says that the session was out of step, not that the mail is refused. */
const isPermanent = (status: number): boolean => status >= 500 && status !== 503

type Unreached = Extract<SendOutcome, { kind: 'refused' | 'busy' }>

const restSeconds = 30

/**
 * Why there is no session. A sign-in or a certificate that is refused waits for the operator; anything else for the server.
 * The server's own words about a sign-in are not repeated.
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

/** A handshake that failed, or a STARTTLS refused for good; a connection that was cut meanwhile is neither. */
const isTlsFault = ({ code, originalCode = '', responseCode = 0, command }: SmtpFailure): boolean =>
  isCertificateFault(originalCode) ||
  (code === 'ETLS' && command === 'STARTTLS' && (responseCode === 0 || responseCode >= 500))

const isCertificateFault = (code: string): boolean =>
  /CERT|SIGNATURE|^ERR_TLS|^ERR_SSL|^EPROTO$|^HOSTNAME_MISMATCH$/.test(code)
