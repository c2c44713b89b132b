// adapter · Resend mailer: a batch posted under its idempotency key, and the meaning of the answer
import * as z from 'zod'
import type { Mailer, PauseReason, SendOutcome, WireMail } from '../../platform/deps.ts'
import { type Bytes, bytesOfAll } from '../../platform/encoding/bytes.ts'
import { codeOf } from '../../platform/failures.ts'
import { encodedWords, looksEncoded } from '../list-headers.ts'
import { withoutAddresses } from '../reasons.ts'
import { type Post, postByFetch } from './post.ts'

export interface ResendOptions {
  readonly apiKey: string
  /** Without a trailing slash: `https://api.resend.com`. */
  readonly baseUrl: string
  readonly timeoutMs: number
  /** Whether addresses with non-ASCII local parts can be sent; Resend does not offer SMTPUTF8. */
  readonly smtpUtf8: boolean
}

/**
 * `POST /emails/batch` without the `resend` package, for two reasons. A retry must carry the same bytes under the same key, or
 * Resend answers 409; the package rebuilds and stringifies every mail. And the fast renderer writes JSON text, which the package
 * would need parsed first.
 *
 * Permissive validation, because in strict mode (the default) one bad address refuses the other 99. The provider sets Message-ID:
 * Resend sends through Amazon SES, which overwrites it.
 *
 * `refused` and `busy` concern this request only: an earlier one under the same key may have been accepted.
 *
 * @see https://resend.com/docs/api-reference/emails/send-batch-emails
 * @see https://resend.com/docs/dashboard/emails/idempotency-keys
 * @see https://resend.com/docs/dashboard/emails/batch-validation-modes
 * @see https://docs.aws.amazon.com/ses/latest/dg/header-fields.html
 */
export function resendMailer(options: ResendOptions, post: Post = postByFetch): Mailer {
  /** Buffers of accepted batches, reused for the next ones. */
  const spare: ArrayBuffer[] = []
  return {
    name: 'resend',
    can: { setMessageId: false, smtpUtf8: options.smtpUtf8 },
    async send(mails, idempotencyKey) {
      if (mails.length === 0) return { kind: 'accepted', ids: [], rejected: [] }
      const texts = mails.flatMap((mail, at) => [at === 0 ? '[' : ',', readable(mail)]).concat(']')
      const body = bytesOfAll(texts, spare.pop())
      const answer = await handOver(post, options, { body, idempotencyKey })
      if (typeof answer !== 'string' && isAccepted(answer)) spare.push(body.buffer)
      return typeof answer === 'string'
        ? { kind: 'unknown', reason: answer }
        : outcomeOf(answer, mails.length)
    },
  }
}

const withSubject = z.looseObject({ subject: z.string() })

/** Resend encodes what is not ASCII; a subject in ASCII that looks encoded would pass as it is. The same bytes every time. */
function readable(mail: WireMail): WireMail {
  if (!looksEncoded(mail)) return mail
  const { data } = withSubject.safeParse(jsonOf(mail))
  if (data === undefined || !looksEncoded(data.subject)) return mail
  return JSON.stringify({ ...data, subject: encodedWords(data.subject, Number.POSITIVE_INFINITY) })
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** The whole request has been read then. */
const isAccepted = ({ status }: Pick<Answer, 'status'>): boolean => status >= 200 && status < 300

/** The provider's answer, or why there is none. */
async function handOver(
  post: Post,
  { apiKey, baseUrl, timeoutMs }: ResendOptions,
  { body, idempotencyKey }: { body: Bytes; idempotencyKey: string },
): Promise<Answer | string> {
  try {
    const { status, headers, text } = await post({
      url: `${baseUrl}/emails/batch`,
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
        'x-batch-validation': 'permissive',
        // Resend refuses requests without a user agent (403, error code 1010), and fetch in a worker sends none.
        'user-agent': 'assent',
      },
      body,
      timeoutMs,
    })
    return { status, headers, body: jsonOf(text) }
  } catch (error) {
    return failureOf(error)
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A code, never the error's own text, which may name hosts. */
function failureOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'timeout'
  const code = codeOf(error)
  return code === '' ? 'network' : `network: ${code}`
}

/**
 * Neither a 408, possibly from a proxy that had passed the request on, nor a 409 of unknown name, possibly about an earlier
 * request, proves that nothing was accepted.
 * @see https://resend.com/docs/api-reference/errors
 */
function outcomeOf({ status, headers, body }: Answer, count: number): SendOutcome {
  if (isAccepted({ status })) return acceptedOf(body, count)
  const { name, message } = problem.safeParse(body).data ?? { name: `status ${status}`, message: '' }
  if (status === 429) {
    const quota = quotas.get(name)
    return {
      kind: 'busy',
      retryAfterSeconds: secondsToWait(headers, restAfter(quota, headers)),
      ...(quota === undefined ? {} : { reason: quota }),
    }
  }
  if (status === 409 && name === 'invalid_idempotent_request') return { kind: 'conflict' }
  if (status === 409 && name === 'concurrent_idempotent_requests')
    return { kind: 'under_way', retryAfterSeconds: secondsToWait(headers, underWaySeconds) }
  const reason = withoutAddresses(message === '' ? name : `${name}: ${message}`)
  if (status === 408 || status === 409 || status >= 500) return { kind: 'unknown', reason }
  return { kind: 'refused', status, reason }
}

const problem = z.object({ name: z.string(), message: z.string() })

const acceptance = z.object({
  data: z.array(z.object({ id: z.guid() })),
  errors: z.array(z.object({ index: z.int().nonnegative(), message: z.string() })).default([]),
})

/**
 * `data` holds only accepted mails, in order; `errors` names the missing positions. If the two do not add up to the batch, ids
 * cannot be assigned.
 */
function acceptedOf(body: unknown, count: number): SendOutcome {
  const parsed = acceptance.safeParse(body)
  if (!parsed.success) return { kind: 'unknown', reason: 'an answer that was not understood' }
  const { data, errors } = parsed.data
  const reasons = new Map(errors.map(({ index, message }) => [index, withoutAddresses(message)]))
  const addsUp = data.length + reasons.size === count && errors.every(({ index }) => index < count)
  if (!addsUp) return { kind: 'unknown', reason: 'an answer that does not add up' }
  const accepted = data.values()
  const ids = Array.from({ length: count }, (_, index) =>
    reasons.has(index) ? null : (accepted.next().value?.id ?? null),
  )
  return { kind: 'accepted', ids, rejected: Array.from(reasons, ([index, reason]) => ({ index, reason })) }
}

const quotas: ReadonlyMap<string, PauseReason> = new Map([
  ['daily_quota_exceeded', 'daily_quota'],
  ['monthly_quota_exceeded', 'monthly_quota'],
])
const quotaRestSeconds = 3600
const underWaySeconds = 2

/** Pause after a 429 without Retry-After: a quota does not return with the next second's window. */
function restAfter(quota: PauseReason | undefined, headers: Headers): number {
  if (quota !== undefined) return quotaRestSeconds
  const reset = Number(headers.get('ratelimit-reset') ?? Number.NaN)
  return Number.isFinite(reset) ? Math.max(1, Math.ceil(reset)) : 1
}

/**
 * Retry-After in whole seconds, at least 1; a date is compared with the answer's own Date, so that no clock is needed.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
function secondsToWait(headers: Headers, fallbackSeconds: number): number {
  const text = headers.get('retry-after')
  if (text === null) return fallbackSeconds
  const until = (Date.parse(text) - Date.parse(headers.get('date') ?? '')) / 1000
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : until
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : fallbackSeconds
}
