// pure · delivery status notifications, per recipient. RFC 3464
import type { ReceivedMail } from './received-mail.ts'
import { type Fields, firstOf, partsOf, type ReportPart, readBlocks } from './report-fields.ts'
import { judge, statusIn, type Verdict } from './verdict.ts'

export interface Dsn {
  readonly recipients: readonly DsnRecipient[]
}

export interface DsnRecipient {
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'
  /** `5.1.1`: from the refusing server, else from the reporting one; null if unreadable. */
  readonly status: string | null
  readonly verdict: Verdict
  /** See `Judgement`. */
  readonly personal?: true
}

type Action = DsnRecipient['action']

/** RFC 3464 section 2.3.3 defines five; mail servers also write the others. */
const actions: ReadonlyMap<string, Action> = new Map([
  ...(['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const).map((one) => [one, one] as const),
  ...['failure', 'fail', 'expired', 'error', 'bounced', 'rejected', 'undeliverable', 'undelivered'].map(
    (one) => [one, 'failed'] as const,
  ),
  ['deliverable', 'delivered'],
  ...['delay', 'deferred'].map((one) => [one, 'delayed'] as const),
])

/**
 * Null if the parts contain no delivery report. The signed name identifies the mail, not an address. `words`: the report's text for
 * people, the only place in which OpenSMTPD repeats the refusing server's answer; `around`: all of that text, which may name the
 * refused command.
 * @see https://www.rfc-editor.org/rfc/rfc3464#section-2
 */
export function readDsn(parts: readonly ReportPart[], words = '', around = words): Dsn | null {
  const blocks = partsOf(parts, ['message/delivery-status', 'message/global-delivery-status']).flatMap(
    readBlocks,
  )
  const about = blocks.filter((fields) => recipientFields.some((name) => fields.has(name)))
  const recipients = about.flatMap((fields) =>
    about.length === 1 ? recipientOf(fields, words, around) : recipientOf(fields, '', ''),
  )
  return recipients.length === 0 ? null : { recipients }
}

/** The same fields in JSON, as Amazon's notifications hold them where they come by mail. Null for other mail, and deliveries. */
export function readAmazonBounce({ fields, text }: ReceivedMail): Dsn | null {
  if (!fields.has('x-amz-sns-message-id')) return null
  const recipients = Array.from(
    text.replaceAll('\\"', '"').matchAll(amazonFields),
    ([, action = '', status = '', diagnosis = '']) =>
      recipientOf(
        new Map([
          ['action', [action]],
          ['status', [status]],
          ['diagnostic-code', [diagnosis]],
        ]),
        '',
        '',
      ),
  ).flat()
  return recipients.length === 0 ? null : { recipients }
}

const amazonFields =
  /"action"\s*:\s*"(\w{1,40})"\s*,\s*"status"\s*:\s*"([\d.]{5,11})"\s*,\s*"diagnosticCode"\s*:\s*"([^"]{0,2000})"/g

/** Mark a per-recipient block; per-message blocks have none of these. */
const recipientFields = ['action', 'status', 'final-recipient', 'diagnostic-code'] as const

function recipientOf(fields: Fields, words: string, around: string): readonly DsnRecipient[] {
  const word = /[a-z]+/.exec(firstOf(fields, 'action')?.toLowerCase() ?? '')?.[0]
  const status = statusIn(firstOf(fields, 'status'))
  const diagnosis = (fields.get('diagnostic-code') ?? []).join(' ')
  // A report without an action is a failure if its status says so.
  const action =
    word === undefined ? (/^[45]\./.test(status ?? '') ? 'failed' : undefined) : actions.get(word)
  if (action === undefined) return []
  if (action !== 'failed') return [{ action, status, verdict: 'none' }]
  const comment = /\(([^()]*)\)/.exec(firstOf(fields, 'status') ?? '')?.[1] ?? ''
  const explanation = [diagnosis, comment, words].find(hasWords) ?? diagnosis
  const { verdict, code, ...more } = judge({
    status,
    words: explanation === diagnosis ? explanation : `${diagnosis} ${explanation}`,
    around: `${diagnosis} ${around}`,
  })
  return [
    { action, status: code, verdict: verdict === 'hard' && isForwarded(fields) ? 'soft' : verdict, ...more },
  ]
}

/** `smtp; 550` tells less than the words beside it. */
const hasWords = (diagnosis: string): boolean =>
  /[\p{L}]{3,}.*[\p{L}]{3,}/u.test(diagnosis.replace(/^[\w-]+;/, ''))

/** Our recipient forwarded the mail: the failed address is another, and further ones may have been reached. */
function isForwarded(fields: Fields): boolean {
  const [original, final] = ['original-recipient', 'final-recipient'].map((name) =>
    addressIn(firstOf(fields, name)),
  )
  return original != null && final != null && original !== final
}

const addressIn = (value: string | null): string | null =>
  /([^\s<>;]{1,320}@[^\s<>;]{1,320})/.exec((value ?? '').replaceAll('"', ''))?.[1]?.toLowerCase() ?? null
