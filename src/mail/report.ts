// pure · what a mail that came in says of one of ours: a delivery report, a complaint, an answer by machine, or none of these
import { type Arf, readArf } from './arf.ts'
import { type Dsn, type DsnRecipient, readDsn } from './dsn.ts'
import type { Feedback } from './feedback.ts'
import { type Fields, firstOf, partOf, type ReportPart, readBlocks } from './report-fields.ts'
import { namesIn } from './verp.ts'

export interface ReceivedMail {
  readonly fields: Fields
  /** The address of its author, or empty. */
  readonly from: string
  readonly messageId: string | null
  /** Of its text, where it has no Message-ID. */
  readonly digest: string
  /** All but what it shows: those of a report are among them. */
  readonly parts: readonly ReportPart[]
}

/** A name of a mail of ours that stands in a report; none is believed before its signature is checked. */
export type ReportedName = { readonly kind: 'verp' | 'tag' | 'unsubscribe'; readonly token: string }

/** Feedback without its moment, which comes from whoever took the mail in. */
export type Said = Feedback extends infer Each ? (Each extends Feedback ? Omit<Each, 'at'> : never) : never

export interface Report {
  /** `bounce`: of a mail server; `complaint`: of a person, by their mailbox provider; `answer`: by a person or a machine. */
  readonly kind: 'bounce' | 'complaint' | 'answer'
  /** Null where it changes nothing: relayed, "this is not spam", a virus, an answer. */
  readonly said: Said | null
  /** Which mail it is about, the surest first. */
  readonly names: readonly ReportedName[]
}

/** `recipients`: whom it was delivered to, as the mail server said; headers that say so are read besides. */
export function readReport(mail: ReceivedMail, recipients: readonly string[]): Report {
  const own = ownNames(mail, recipients)
  const returned = readBlocks(partOf(mail.parts, returnedTypes) ?? '')[0]
  const arf = isReportOf(mail, 'feedback-report') ? readArf(mail.parts) : null
  if (arf !== null)
    return {
      kind: 'complaint',
      said: arf.type === 'abuse' ? { kind: 'complained' } : null,
      names: [
        ...tagName(firstOf(returned, 'cfbl-feedback-id')),
        ...unsubscribeName(arf),
        ...returnedNames(returned, arf.messageId),
        ...own,
      ],
    }
  const dsn = isReportOf(mail, 'delivery-status') ? readDsn(mail.parts) : null
  if (dsn !== null)
    return {
      kind: 'bounce',
      said: saidOf(dsn.recipients),
      names: [...own, ...tagName(dsn.envelopeId), ...returnedNames(returned, dsn.messageId)],
    }
  if (isPlainBounce(mail)) return { kind: 'bounce', said: saidOfPlain(mail), names: own }
  return { kind: 'answer', said: null, names: [] }
}

const returnedTypes = ['message/rfc822', 'text/rfc822-headers', 'message/global', 'message/global-headers']

/** Where mail servers write whom they delivered to. Only there a name says to whom a mail without structure came back. */
const recipientFields = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'to'] as const

const ownNames = ({ fields }: ReceivedMail, recipients: readonly string[]): readonly ReportedName[] =>
  [...recipients, ...recipientFields.flatMap((name) => fields.get(name) ?? [])]
    .flatMap(namesIn)
    .map((token) => ({ kind: 'verp', token }))

/** The type of the whole: what somebody forwards within another mail is no report of theirs. */
function isReportOf({ fields }: ReceivedMail, type: 'delivery-status' | 'feedback-report'): boolean {
  const said = firstOf(fields, 'content-type')?.toLowerCase() ?? ''
  const reportType = /report-type\s*=\s*"?([a-z-]+)/.exec(said)?.[1] ?? type
  return /^\s*multipart\/report\s*(?:;|$)/.test(said) && reportType === type
}

/** What came back with the report: its headers hold our names too, should the address have lost its own. */
const returnedNames = (returned: Fields | undefined, messageId: string | null): readonly ReportedName[] => [
  ...(returned?.get('return-path') ?? []).flatMap(namesIn).map((token) => ({ kind: 'verp' as const, token })),
  ...tagName(/^([\w-]{44})\./.exec(messageId ?? '')?.[1] ?? null),
]

const tagName = (token: string | null): readonly ReportedName[] =>
  token === null ? [] : [{ kind: 'tag', token }]

const unsubscribeName = ({ unsubscribeToken: token }: Arf): readonly ReportedName[] =>
  token === null ? [] : [{ kind: 'unsubscribe', token }]

/**
 * A mail of ours goes to one address; a report of several tells what became of it behind that one. The person is out of reach
 * only where nobody behind it was reached.
 */
export function saidOf(recipients: Dsn['recipients']): Said | null {
  const failed = recipients.filter(({ action }) => action === 'failed')
  const [first] = failed
  if (first !== undefined) {
    const areAlike = recipients.every(({ verdict }) => verdict === first.verdict)
    if (areAlike && first.verdict !== 'none')
      return { kind: 'bounced', bounce: first.verdict, code: first.status }
    return { kind: 'bounced', bounce: 'soft', code: null }
  }
  const has = (action: DsnRecipient['action']): boolean => recipients.some((one) => one.action === action)
  return has('delivered') ? { kind: 'delivered' } : has('delayed') ? { kind: 'delayed' } : null
}

const postmasters = /^(?:mailer-daemon|postmaster|microsoftexchange[0-9a-f]{32})@/i

/**
 * A bounce in words alone, as qmail and old Exchange write it: by the mail server itself, to nobody's answer. Those who answer
 * by machine (RFC 3834) are people's, and write from their own address.
 */
function isPlainBounce({ fields, from }: ReceivedMail): boolean {
  const returnPath = firstOf(fields, 'return-path')?.trim() ?? '<>'
  const type = firstOf(fields, 'content-type')?.toLowerCase() ?? ''
  return (
    postmasters.test(from) &&
    (returnPath === '<>' || returnPath === '') &&
    !/disposition-notification|feedback-report/.test(type)
  )
}

/** What it says is not understood, so it is soft: nobody is shut out by a guess. A warning that it takes longer is a delay. */
const saidOfPlain = ({ fields }: ReceivedMail): Said =>
  /\b(?:warning|delay(?:ed)?)\b/i.test(firstOf(fields, 'subject') ?? '')
    ? { kind: 'delayed' }
    : { kind: 'bounced', bounce: 'soft', code: null }
