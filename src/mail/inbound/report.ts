// pure · classification of received mail: bounce, complaint, answer by person or machine, or none of these

import type { Feedback } from '../feedback.ts'
import { coded, isByServer } from './by-server.ts'
import { readComplaint } from './complaint.ts'
import { type Dsn, type DsnRecipient, readAmazonBounce, readDsn } from './dsn.ts'
import {
  carriedNames,
  ownNames,
  type ReceivedMail,
  type ReportedName,
  returnedParts,
} from './received-mail.ts'
import { firstOf, readBlocks } from './report-fields.ts'
import { judge, type Verdict } from './verdict.ts'

/** Feedback without its moment, which the receiver adds. */
export type ReportedFeedback = Feedback extends infer Each
  ? Each extends Feedback
    ? Omit<Each, 'at'>
    : never
  : never

export interface Report {
  /**
   * `bounce`, `delayed`: from a mail server; `complaint`: from a person, by their mailbox provider; `answer`: by a person or a
   * machine; `other`: a report that changes nothing ("this is not spam", relayed), or no report.
   */
  readonly kind: 'bounce' | 'delayed' | 'complaint' | 'answer' | 'other'
  readonly isReport: boolean
  /** Null if the report changes nothing. */
  readonly feedback: ReportedFeedback | null
  /** `5.1.1`; null if absent. */
  readonly status: string | null
  /** Names of the mail in question, most reliable first. */
  readonly names: readonly ReportedName[]
}

/** `recipients`: reported by the mail server, in addition to headers. */
export function readReport(mail: ReceivedMail, recipients: readonly string[]): Report {
  const own = ownNames(mail, recipients)
  const carried = carriedNames(mail)
  const complaint = readComplaint(mail)
  // All complaints come to one address, so their content is more reliable; each bounce comes to the address of its mail.
  if (complaint !== null)
    return reportOf({ feedback: complaint.complains ? { kind: 'complained' } : null, status: null }, [
      ...carried,
      ...own,
    ])
  const report = readServerReport(mail)
  if (report !== null) return reportOf(report, [...own, ...carried])
  const kind = isAnswer(mail, own) ? 'answer' : 'other'
  return { kind, isReport: false, feedback: null, status: null, names: [...own, ...carried] }
}

type ServerReport = Pick<Report, 'feedback' | 'status'>

function reportOf(report: ServerReport, names: readonly ReportedName[]): Report {
  const kinds = { complained: 'complaint', bounced: 'bounce', delayed: 'delayed' } as const
  const reported = report.feedback?.kind
  const kind =
    reported === 'complained' || reported === 'bounced' || reported === 'delayed' ? kinds[reported] : 'other'
  return { kind, isReport: true, ...report, names }
}

/** Null if it is by a person or an autoresponder. */
function readServerReport(mail: ReceivedMail): ServerReport | null {
  const amazon = readAmazonBounce(mail)
  if (amazon !== null)
    return { feedback: feedbackOf(amazon.recipients), status: amazon.recipients[0]?.status ?? null }
  const type = firstOf(mail.fields, 'content-type')?.toLowerCase() ?? ''
  const around = ownWords(mail.text)
  // "Read", "deleted unread": by a reader's program. Dovecot refuses a mail in this form too.
  if (/disposition-notification/.test(type) && !/automatically rejected/i.test(around)) return null
  const isReport = /^\s*multipart\/report\s*(?:;|$)/.test(type)
  const words = failureWords(mail.text)
  const isServers = isByServer(mail, around)
  if (!isReport && !isServers) return null
  // Some reports lose their part boundaries on the way, or come within a mail of a virus scanner.
  const dsn =
    readDsn(mail.parts, words, around) ??
    readDsn(
      [mail.text, ...nestedReports(mail)].map((text) => ({ type: 'message/delivery-status', text })),
      words,
    )
  if (dsn !== null) return { feedback: feedbackOf(dsn.recipients), status: dsn.recipients[0]?.status ?? null }
  return isServers ? feedbackInWords(mail, { words, around }) : null
}

/** A returned mail is ours, and never of this type. */
const nestedReports = (mail: ReceivedMail): readonly string[] =>
  returnedParts(mail).filter((text) =>
    /multipart\/report/i.test(firstOf(readBlocks(text)[0], 'content-type') ?? ''),
  )

/**
 * Each of our mails has one recipient; others in a report are addresses it forwards to. The bounce counts as soft unless all failed
 * alike.
 */
export function feedbackOf(recipients: Dsn['recipients']): ReportedFeedback | null {
  const failed = recipients.filter(({ action }) => action === 'failed')
  const [first] = failed
  if (first !== undefined) {
    const areAlike = recipients.every(({ verdict }) => verdict === first.verdict)
    if (areAlike && first.verdict !== 'none')
      return {
        kind: 'bounced',
        bounce: first.verdict,
        code: first.status,
        ...(recipients.every(({ personal }) => personal) ? { personal: true } : {}),
      }
    return { kind: 'bounced', bounce: 'soft', code: null }
  }
  const has = (action: DsnRecipient['action']): boolean => recipients.some((one) => one.action === action)
  return has('delivered') ? { kind: 'delivered' } : has('delayed') ? { kind: 'delayed' } : null
}

export const verdictOf = (feedback: ReportedFeedback | null): Verdict =>
  feedback?.kind === 'bounced' ? feedback.bounce : 'none'

const warnings = /^(?!.*\b(?:returned|undeliver|fail)).*\b(?:warning|delay(?:ed)?|deferred)\b/i
const stillTrying =
  /(?:will (?:continue|keep|be retried)|still trying|not yet been delivered|has not yet|no action is required on your part|will (?:try|retry) )/i

/** As qmail, Exim and old Exchange write; judged like a server's reply. */
function feedbackInWords(
  { fields }: ReceivedMail,
  { words, around }: { readonly words: string; readonly around: string },
): ServerReport {
  const subject = firstOf(fields, 'subject') ?? ''
  // Sendmail's reason stands there too; of other subjects the end is ours.
  const reason = /^returned mail: (.{1,200})$/i.exec(subject)?.[1] ?? ''
  const { verdict, code, ...more } = judge({ status: null, words: `${words} ${reason}`, around })
  const isDelay =
    stillTrying.test(around) ||
    (warnings.test(subject) && (verdict === 'soft' || /delay|deferred/i.test(subject)))
  return {
    feedback: isDelay ? { kind: 'delayed' } : { kind: 'bounced', bounce: verdict, code, ...more },
    status: code,
  }
}

const maxWords = 4000
/** Start of the returned mail, whose words are ours. */
const originals =
  /^[\s>]*(?:-{2,}.*(?:copy|original (?:message|mail)|below this line|returned (?:message|mail)|(?:unsent|undelivered|forwarded|returned) message|message (?:headers?|text|body) follow|message follows)|(?:original|returned|undelivered|unsent) (?:message|mail)|(?:return-path|received|list-id|dkim-signature|mime-version): |.*(?:copy of (?:the|your) message|message follows|headers? follows?))/im

/** The report's own words, up to the returned mail. */
function ownWords(text: string): string {
  const beginning = text.slice(0, maxWords * 4)
  const from = originals.exec(beginning)?.index
  const words = from === undefined || from === 0 ? beginning : beginning.slice(0, from)
  // Of these lines the values are ours.
  return words.replace(
    /^[\s>]*(?:subject|to|cc|from|sent|date|message-id|content-[\w-]+)[ \t]*:.*(?:\r?\n[ \t]*(?:charset|boundary|name)=.*)*$/gim,
    '',
  )
}

/** Without our own mail; if there are codes, only their paragraphs. */
export function failureWords(text: string): string {
  const lines = ownWords(text).split(/\r?\n/)
  const starts = lines.map((line) => coded.test(line))
  const codedLines = lines.filter((line, at) => {
    const before = starts.lastIndexOf(true, at)
    return line.trim() !== '' && before >= 0 && lines.slice(before, at).every((one) => one.trim() !== '')
  })
  return (codedLines.length > 0 ? codedLines : lines).join(' ').slice(0, maxWords)
}

/** To one of our mails, or an answer by its headers or subject. */
const isAnswer = ({ fields }: ReceivedMail, own: readonly ReportedName[]): boolean =>
  own.length > 0 ||
  fields.has('in-reply-to') ||
  fields.has('references') ||
  !/^no\b/i.test(firstOf(fields, 'auto-submitted') ?? 'no') ||
  /^\s*(?:re|aw|sv|odp|antw|vs|automatic reply|auto(?:matic|matisch)?[ -]?\w*|out of (?:the )?office)\b\s*[:\]-]?/i.test(
    firstOf(fields, 'subject') ?? '',
  )
