// pure · whether a mail is a report by a mail server: by its author, else by its words and where they come from. RFC 3834
import { failed, nonexistent } from './bounce-words.ts'
import { type ReceivedMail, returnedParts } from './received-mail.ts'
import { firstOf } from './report-fields.ts'

/** Programs only. */
const daemons =
  /(?:^|[<"'\s])(?:mailer[-_ ]?daemon|mail[-_]?daemon|mdaemon|mmdf|mail[-_. ]?delivery[-_. ]?(?:sub)?system|microsoftexchange[0-9a-f]{32})(?=[@>"'\s(]|$)/i
/** People write as these too. */
const offices =
  /^"?(?:po+st[-_ ]?master|(?:no|do-?not)[-_.]?reply|sys(?:tem[-_ ]?)?admin\w*|admin(?:istrator)?|root|ndr|imss|system administrator|.*(?:smtp|mailer|mail-?(?:server|system|gateway|delivery)|anti-?virus|gateway|scanner).*)"?$/i
/** A mail passed on by a person. */
const forwards = /^\s*(?:fwd?|wg|tr|rv|vs|vb|pd|i|enc)\s*:/i

/** A code of SMTP, or of RFC 3463. */
export const coded = /(?:^|[^\d.])(?:[45]\d\d[ -]|[45]\.\d{1,3}\.\d{1,3}(?![\d.]))/

/**
 * `around`: the mail's words without the returned mail. A return path proves little: autoresponders write without one, from a person's
 * own address; Postfix writes MAILER-DAEMON when it pipes a mail to a command, and a list server that passes a report on puts its own.
 */
export function isByServer(mail: ReceivedMail, around: string): boolean {
  const { fields } = mail
  // Amazon's notifications are read as what they are.
  if (fields.has('x-amz-sns-message-id')) return false
  const returnPath = (firstOf(fields, 'return-path') ?? '').replace(/[<>\s"]/g, '')
  const isNull = returnPath === '' || /^(?:mailer-daemon(?:@|$)|null$)/i.test(returnPath)
  // The address if there is one: display names are freely chosen.
  const from = firstOf(fields, 'from')?.trim() ?? ''
  const author = /(?:"[^"]{1,64}"|[^\s<>"]{1,320})@[^\s<>"]{0,320}/.exec(from)?.[0] ?? from
  const name = author.includes('@') ? author.slice(0, author.lastIndexOf('@')) : author
  if (daemons.test(author) || fields.has('x-failed-recipients')) return true
  if (isNull && (author === '<>' || /^postmaster$/i.test(name))) return true
  const subject = firstOf(fields, 'subject') ?? ''
  const type = firstOf(fields, 'content-type') ?? ''
  const words = around.slice(0, 4000).toLowerCase()
  const isOffice = author === '' || author.endsWith('<>') || offices.test(name)
  const isAbout =
    failed.test(subject.toLowerCase()) ||
    /^\s*multipart\/report/i.test(type) ||
    coded.test(around) ||
    (isNull && returnedParts(mail).length > 0)
  const saysSo = failed.test(words) || coded.test(around) || nonexistent.test(words)
  return isOffice && isAbout && saysSo && !forwards.test(subject)
}
