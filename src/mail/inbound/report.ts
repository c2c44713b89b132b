// pure · what a mail that came in says of one of ours: a bounce, a complaint, an answer by person or machine, or none of these

import type { Feedback } from '../feedback.ts'
import { readComplaint } from './complaint.ts'
import { type Dsn, type DsnRecipient, readDsn } from './dsn.ts'
import { carriedNames, ownNames, type ReceivedMail, type ReportedName } from './received-mail.ts'
import { firstOf } from './report-fields.ts'
import { judge, type Verdict } from './verdict.ts'

/** Feedback without its moment, which comes from whoever took the mail in. */
export type Said = Feedback extends infer Each ? (Each extends Feedback ? Omit<Each, 'at'> : never) : never

export interface Report {
  /**
   * `bounce`, `delayed`: of a mail server; `complaint`: of a person, by their mailbox provider; `answer`: by a person or a machine;
   * `other`: a report that changes nothing ("this is not spam", relayed), or no report at all.
   */
  readonly kind: 'bounce' | 'delayed' | 'complaint' | 'answer' | 'other'
  readonly isReport: boolean
  /** Null where it changes nothing. */
  readonly said: Said | null
  /** `5.1.1`; null where there is none. */
  readonly status: string | null
  /** Which mail it is about, the surest first. */
  readonly names: readonly ReportedName[]
}

/** `recipients`: whom it was delivered to, as the mail server said; headers that say so are read besides. */
export function readReport(mail: ReceivedMail, recipients: readonly string[]): Report {
  const own = ownNames(mail, recipients)
  const carried = carriedNames(mail)
  const complaint = readComplaint(mail)
  // A complaint comes to an address that all of them come to; a bounce to that of its mail.
  if (complaint !== null)
    return reportOf({ said: complaint.complains ? { kind: 'complained' } : null, status: null }, [
      ...carried,
      ...own,
    ])
  const heard = heardFromServer(mail)
  if (heard !== null) return reportOf(heard, [...own, ...carried])
  const kind = isAnswer(mail, own) ? 'answer' : 'other'
  return { kind, isReport: false, said: null, status: null, names: [...own, ...carried] }
}

type Heard = Pick<Report, 'said' | 'status'>

function reportOf(heard: Heard, names: readonly ReportedName[]): Report {
  const kinds = { complained: 'complaint', bounced: 'bounce', delayed: 'delayed' } as const
  const said = heard.said?.kind
  const kind = said === 'complained' || said === 'bounced' || said === 'delayed' ? kinds[said] : 'other'
  return { kind, isReport: true, ...heard, names }
}

/** Null where no mail server speaks. */
function heardFromServer(mail: ReceivedMail): Heard | null {
  const type = firstOf(mail.fields, 'content-type')?.toLowerCase() ?? ''
  if (/disposition-notification/.test(type)) return null
  const isReport = /^\s*multipart\/report\s*(?:;|$)/.test(type)
  if (!isReport && !isByServer(mail)) return null
  const words = failureWords(mail.text)
  // Some lose the borders of their parts on the way.
  const dsn =
    readDsn(mail.parts, words) ?? readDsn([{ type: 'message/delivery-status', text: mail.text }], words)
  if (dsn !== null) return { said: saidOf(dsn.recipients), status: dsn.recipients[0]?.status ?? null }
  return isByServer(mail) ? saidInWords(mail, words) : null
}

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

export const verdictOf = (said: Said | null): Verdict => (said?.kind === 'bounced' ? said.bounce : 'none')

const daemons =
  /(?:^|[<"'\s])(?:mailer[-_ ]?daemon|mail[-_]?daemon|postmaster|mdaemon|mmdf|mail[-_. ]?delivery[-_. ]?(?:sub)?system|microsoftexchange[0-9a-f]{32})(?=[@>"'\s(]|$)/i

/**
 * By the mail server itself, and to nobody's answer. Postfix writes the null path as MAILER-DAEMON where it hands a mail to a
 * command. Those who answer by machine (RFC 3834) are people's, and write from their own address.
 */
function isByServer({ fields }: ReceivedMail): boolean {
  const returnPath = (firstOf(fields, 'return-path') ?? '').replace(/[<>\s"]/g, '')
  const isNull = returnPath === '' || /^mailer-daemon(?:@|$)/i.test(returnPath)
  // The address where there is one: a name in front of it is anybody's.
  const from = firstOf(fields, 'from')?.trim() ?? ''
  const author = /[^\s<>"]{1,320}@[^\s<>"]{0,320}/.exec(from)?.[0] ?? from
  return (isNull && (author === '<>' || daemons.test(author))) || fields.has('x-failed-recipients')
}

const warnings = /^(?!.*\b(?:returned|undeliver|fail)).*\b(?:warning|delay(?:ed)?|deferred)\b/i
const stillTrying =
  /(?:will (?:continue|keep|be retried)|still trying|not yet been delivered|has not yet|no action is required on your part|will (?:try|retry) )/i

/** In words alone, as qmail, Exim and old Exchange write it: judged as a server's reply would be. */
function saidInWords({ fields }: ReceivedMail, words: string): Heard {
  const { verdict, code } = judge({ status: null, words })
  const isDelay = warnings.test(firstOf(fields, 'subject') ?? '') || stillTrying.test(words)
  return { said: isDelay ? { kind: 'delayed' } : { kind: 'bounced', bounce: verdict, code }, status: code }
}

const maxWords = 4000
/** Where the mail begins that comes back: its words are ours. */
const originals =
  /^[\s>]*(?:-{2,}.*(?:copy|original (?:message|mail)|below this line|returned (?:message|mail)|(?:unsent|undelivered|forwarded|returned) message|message (?:headers?|text|body) follow|message follows)|(?:original|returned|undelivered|unsent) (?:message|mail)|(?:return-path|received|list-id|dkim-signature|mime-version): |.*(?:copy of (?:the|your) message|message follows|headers? follows?))/im

/** What the server says, without our own mail; where there are codes, the lines about them. */
export function failureWords(text: string): string {
  const beginning = text.slice(0, maxWords * 4)
  const from = originals.exec(beginning)?.index
  const said = from === undefined || from === 0 ? beginning : beginning.slice(0, from)
  const lines = said.split(/\r?\n/)
  const starts = lines.map((line) => coded.test(line))
  const telling = lines.filter((line, at) => {
    const before = starts.lastIndexOf(true, at)
    return line.trim() !== '' && before >= 0 && lines.slice(before, at).every((one) => one.trim() !== '')
  })
  return (telling.length > 0 ? telling : lines).join(' ').slice(0, maxWords)
}

const coded = /(?:^|[^\d.])(?:[45]\d\d[ -]|[45]\.\d{1,3}\.\d{1,3}(?![\d.]))/

/** To a mail of ours, or by its own words to some mail. */
const isAnswer = ({ fields }: ReceivedMail, own: readonly ReportedName[]): boolean =>
  own.length > 0 ||
  fields.has('in-reply-to') ||
  fields.has('references') ||
  !/^no\b/i.test(firstOf(fields, 'auto-submitted') ?? 'no') ||
  /^\s*(?:re|aw|sv|odp|antw|vs|automatic reply|auto(?:matic|matisch)?[ -]?\w*|out of (?:the )?office)\b\s*[:\]-]?/i.test(
    firstOf(fields, 'subject') ?? '',
  )
