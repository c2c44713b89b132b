// pure · classification of received mail: bounce, complaint, answer by person or machine, or none of these

import type { Feedback } from '../feedback.ts'
import { readComplaint } from './complaint.ts'
import { type Dsn, type DsnRecipient, readDsn } from './dsn.ts'
import { carriedNames, ownNames, type ReceivedMail, type ReportedName } from './received-mail.ts'
import { firstOf } from './report-fields.ts'
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

/** Null if the author is no mail server. */
function readServerReport(mail: ReceivedMail): ServerReport | null {
  const type = firstOf(mail.fields, 'content-type')?.toLowerCase() ?? ''
  if (/disposition-notification/.test(type)) return null
  const isReport = /^\s*multipart\/report\s*(?:;|$)/.test(type)
  if (!isReport && !isByServer(mail)) return null
  const words = failureWords(mail.text)
  // Some reports lose their part boundaries on the way.
  const dsn =
    readDsn(mail.parts, words) ?? readDsn([{ type: 'message/delivery-status', text: mail.text }], words)
  if (dsn !== null) return { feedback: feedbackOf(dsn.recipients), status: dsn.recipients[0]?.status ?? null }
  return isByServer(mail) ? feedbackInWords(mail, words) : null
}

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

const daemons =
  /(?:^|[<"'\s])(?:mailer[-_ ]?daemon|mail[-_]?daemon|postmaster|mdaemon|mmdf|mail[-_. ]?delivery[-_. ]?(?:sub)?system|microsoftexchange[0-9a-f]{32})(?=[@>"'\s(]|$)/i

/**
 * Autoresponders write from a person's own address (RFC 3834). Postfix writes the null return path as MAILER-DAEMON when it pipes a
 * mail to a command.
 */
function isByServer({ fields }: ReceivedMail): boolean {
  const returnPath = (firstOf(fields, 'return-path') ?? '').replace(/[<>\s"]/g, '')
  const isNull = returnPath === '' || /^mailer-daemon(?:@|$)/i.test(returnPath)
  // The address if there is one: display names are freely chosen.
  const from = firstOf(fields, 'from')?.trim() ?? ''
  const author = /[^\s<>"]{1,320}@[^\s<>"]{0,320}/.exec(from)?.[0] ?? from
  return (isNull && (author === '<>' || daemons.test(author))) || fields.has('x-failed-recipients')
}

const warnings = /^(?!.*\b(?:returned|undeliver|fail)).*\b(?:warning|delay(?:ed)?|deferred)\b/i
const stillTrying =
  /(?:will (?:continue|keep|be retried)|still trying|not yet been delivered|has not yet|no action is required on your part|will (?:try|retry) )/i

/** As qmail, Exim and old Exchange write; judged like a server's reply. */
function feedbackInWords({ fields }: ReceivedMail, words: string): ServerReport {
  const { verdict, code, ...more } = judge({ status: null, words })
  const isDelay = warnings.test(firstOf(fields, 'subject') ?? '') || stillTrying.test(words)
  return {
    feedback: isDelay ? { kind: 'delayed' } : { kind: 'bounced', bounce: verdict, code, ...more },
    status: code,
  }
}

const maxWords = 4000
/** Start of the returned mail, whose words are ours. */
const originals =
  /^[\s>]*(?:-{2,}.*(?:copy|original (?:message|mail)|below this line|returned (?:message|mail)|(?:unsent|undelivered|forwarded|returned) message|message (?:headers?|text|body) follow|message follows)|(?:original|returned|undelivered|unsent) (?:message|mail)|(?:return-path|received|list-id|dkim-signature|mime-version): |.*(?:copy of (?:the|your) message|message follows|headers? follows?))/im

/** Without our own mail; if there are codes, only their paragraphs. */
export function failureWords(text: string): string {
  const beginning = text.slice(0, maxWords * 4)
  const from = originals.exec(beginning)?.index
  const ownWords = from === undefined || from === 0 ? beginning : beginning.slice(0, from)
  const lines = ownWords.split(/\r?\n/)
  const starts = lines.map((line) => coded.test(line))
  const codedLines = lines.filter((line, at) => {
    const before = starts.lastIndexOf(true, at)
    return line.trim() !== '' && before >= 0 && lines.slice(before, at).every((one) => one.trim() !== '')
  })
  return (codedLines.length > 0 ? codedLines : lines).join(' ').slice(0, maxWords)
}

const coded = /(?:^|[^\d.])(?:[45]\d\d[ -]|[45]\.\d{1,3}\.\d{1,3}(?![\d.]))/

/** To one of our mails, or an answer by its headers or subject. */
const isAnswer = ({ fields }: ReceivedMail, own: readonly ReportedName[]): boolean =>
  own.length > 0 ||
  fields.has('in-reply-to') ||
  fields.has('references') ||
  !/^no\b/i.test(firstOf(fields, 'auto-submitted') ?? 'no') ||
  /^\s*(?:re|aw|sv|odp|antw|vs|automatic reply|auto(?:matic|matisch)?[ -]?\w*|out of (?:the )?office)\b\s*[:\]-]?/i.test(
    firstOf(fields, 'subject') ?? '',
  )
