// adapter · from a request body to lines in the record
import { createHash, randomUUID } from 'node:crypto'
import { jsonOf, type Refusal, refusals, unverified } from './answers.ts'
import type { Fate } from './faults.ts'
import type { BatchAnswer } from './keys.ts'
import { checkMail, domainOf, type Mail } from './mail.ts'
import { emailsIn } from './quota.ts'
import type { AcceptedMail } from './record.ts'
import { countBatch, type ProviderOptions, type ProviderState } from './state.ts'

export interface Posting {
  readonly pathname: string
  readonly body: Buffer
  readonly permissive: boolean
  readonly key: string | null
  readonly fate: Fate
}

const batchLimit = 100

/** Identifies repeats of a request under one key; the path counts as body. */
export const requestHash = (pathname: string, body: Buffer): string => sha256(`${pathname}\n`, body)

/** Accepts a batch once its lines are on disk. */
export async function accept(state: ProviderState, posting: Posting): Promise<BatchAnswer | Refusal> {
  const judged = judge(posting, state.options)
  if ('statusCode' in judged) return judged
  const at = new Date(state.now())
  const overQuota = state.quota.use(emailsIn(judged.mails.map(({ mail }) => mail)), at.getTime())
  if (overQuota !== null) {
    state.stats.overQuota += 1
    return overQuota
  }
  const hash = requestHash(posting.pathname, posting.body)
  const lines = judged.mails.map(
    ({ mail: { html = '', text, ...rest }, index }, place): AcceptedMail => ({
      id: randomUUID(),
      key: posting.key,
      index,
      of: judged.mails.length,
      at: at.toISOString(),
      ...rest,
      courses: rest.to.map(state.courseOf),
      html_bytes: Buffer.byteLength(html),
      html_sha256: sha256(html),
      ...(state.options.keepContent === true && { html, text }),
      request_sha256: hash,
      ...(place === 0 && { errors: judged.errors }),
    }),
  )
  if (lines.length > 0) await state.record.append(lines)
  countBatch(state.stats, lines.length)
  state.stats.rejected += judged.errors?.length ?? 0
  if (judged.unlucky) state.stats.faults.rejectOne += 1
  const answer = { ids: lines.map(({ id }) => id), errors: judged.errors }
  state.keys.keep(posting.key, hash, answer, at.getTime())
  await state.webhooks?.announce(lines)
  return answer
}

interface Judged {
  readonly mails: readonly { readonly mail: Mail; readonly index: number }[]
  readonly errors: BatchAnswer['errors']
  /** Whether a fault, not its content, refused one of the mails. */
  readonly unlucky: boolean
}

/**
 * Strict: the first bad mail refuses the batch. Permissive: bad mails are reported by index. An unverified sender domain concerns
 * the account and refuses the batch in either mode.
 * @see https://resend.com/docs/dashboard/emails/batch-validation-modes
 */
function judge(
  { pathname, body, permissive, fate }: Posting,
  { blockedDomains = [], verifiedDomains }: ProviderOptions,
): Judged | Refusal {
  const value = jsonOf(body)
  if (value === undefined) return refusals.malformed
  const batch = pathname === '/emails/batch'
  const entries: readonly unknown[] = batch ? (Array.isArray(value) ? value : []) : [value]
  if (entries.length < 1 || entries.length > batchLimit) return refusals.batchSize
  const lenient = batch && permissive
  const rejectAt = lenient && fate.rejectAt !== null ? Math.floor(fate.rejectAt * entries.length) : -1
  const mails: { mail: Mail; index: number }[] = []
  const errors: { index: number; message: string }[] = []
  let unlucky = false
  for (const [index, entry] of entries.entries()) {
    const checked = checkMail(entry, blockedDomains)
    if (checked.ok && index !== rejectAt) mails.push({ mail: checked.mail, index })
    else if (checked.ok) {
      unlucky = true
      errors.push({ index, message: 'Invalid `to` field.' })
    } else if (lenient) errors.push({ index, message: checked.refusal.message })
    else return checked.refusal
  }
  const stranger = mails
    .map(({ mail }) => domainOf(mail.from))
    .find((domain) => verifiedDomains?.includes(domain) === false)
  if (stranger !== undefined) return unverified(stranger)
  return { mails, errors: lenient ? errors : undefined, unlucky }
}

function sha256(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}
