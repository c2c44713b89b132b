// pure · reports by mail servers and people: built from a received mail, sent to its return path
import type { SmtpMail } from './smtp.ts'

export interface ReportOptions {
  readonly action?: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'
  readonly status?: string
  readonly diagnosis?: string
  /** The address to send to, instead of the return path. */
  readonly to?: string
  /** Message-ID of the report. */
  readonly messageId?: string
  /** Further recipients behind the one address. */
  readonly others?: readonly { readonly action: string; readonly status: string }[]
  /** The returned message, instead of the mail's headers. */
  readonly returned?: string
}

const headersOf = ({ raw }: SmtpMail): string => raw.slice(0, raw.indexOf('\r\n\r\n'))

/** A delivery status notification as Postfix writes it. RFC 3464 */
export function dsn(mail: SmtpMail, options: ReportOptions = {}): string {
  const { action = 'failed', status = '5.1.1', others = [] } = options
  const recipients = [{ action, status }, ...others].map((one) =>
    [
      `Final-Recipient: rfc822; ${mail.to}`,
      `Action: ${one.action}`,
      `Status: ${one.status}`,
      `Diagnostic-Code: smtp; ${options.diagnosis ?? `550 ${one.status} <${mail.to}>: said no`}`,
      '',
    ].join('\r\n'),
  )
  const envid =
    mail.parameters['ENVID'] === undefined ? [] : [`Original-Envelope-Id: ${mail.parameters['ENVID']}`]
  return report('delivery-status', {
    to: options.to ?? mail.envelopeFrom,
    messageId: options.messageId ?? `dsn.${mail.to}.${action}.${status}`,
    words: `I am sorry: <${mail.to}> could not be reached.`,
    fields: ['Reporting-MTA: dns; mx.inbox.example', ...envid, '', ...recipients].join('\r\n'),
    returned: options.returned ?? headersOf(mail),
  })
}

/** A complaint from a mailbox provider whose user pressed "this is spam". RFC 5965 */
export function arf(mail: SmtpMail, type = 'abuse', options: ReportOptions = {}): string {
  return report('feedback-report', {
    to: options.to ?? 'fbl@brand.example',
    messageId: options.messageId ?? `arf.${mail.to}.${type}`,
    words: 'This is an email abuse report.',
    fields: `Feedback-Type: ${type}\r\nUser-Agent: Provider/1.0\r\nVersion: 1\r\n`,
    returned: options.returned ?? `Return-Path: <${mail.envelopeFrom}>\r\n${headersOf(mail)}`,
  })
}

function report(
  type: 'delivery-status' | 'feedback-report',
  about: { to: string; messageId: string; words: string; fields: string; returned: string },
): string {
  return [
    'Return-Path: <>',
    `From: Mail Delivery System <MAILER-DAEMON@mx.inbox.example>`,
    `To: ${about.to}`,
    `Message-ID: <${about.messageId}@mx.inbox.example>`,
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=${type};`,
    '\tboundary="part/of=the.report"',
    '',
    'This is a MIME-encapsulated message.',
    '',
    '--part/of=the.report',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    about.words,
    '',
    '--part/of=the.report',
    `Content-Type: message/${type}`,
    '',
    about.fields,
    '--part/of=the.report',
    type === 'delivery-status' ? 'Content-Type: text/rfc822-headers' : 'Content-Type: message/rfc822',
    '',
    about.returned,
    '',
    '--part/of=the.report--',
    '',
  ].join('\r\n')
}

/** A plain text mail. */
export const plainMail = (headers: Readonly<Record<string, string>>, text: string): string =>
  [
    ...Object.entries({ 'MIME-Version': '1.0', 'Content-Type': 'text/plain; charset=utf-8', ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
    '',
    text,
    '',
  ].join('\r\n')

/** A bounce as qmail writes it: in prose. */
export const qmail = (
  mail: SmtpMail,
  headers: Readonly<Record<string, string>> = {},
  words = 'Sorry, no mailbox here by that name. (#5.1.1)',
): string =>
  plainMail(
    {
      'Return-Path': '<>',
      From: 'MAILER-DAEMON@mx.inbox.example',
      To: mail.envelopeFrom,
      Subject: 'failure notice',
      ...headers,
    },
    `Hi. This is the qmail-send program at mx.inbox.example.\r\n\r\n<${mail.to}>:\r\n${words}`,
  )

/** A mail with ours attached beside a few words, as Outlook reports junk. */
export const outlookReport = (mail: SmtpMail, headers: Readonly<Record<string, string>>): string =>
  plainMail(
    {
      From: 'reports@provider.example',
      To: 'abuse@brand.example',
      Subject: 'mail',
      'Content-Type': 'multipart/mixed; boundary=wrapper',
      ...headers,
    },
    `--wrapper\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n--wrapper\r\nContent-Type: message/rfc822\r\n\r\n${mail.raw}\r\n--wrapper--`,
  )

/** A mail that contains another mail. */
export const forwarded = (raw: string): string =>
  plainMail(
    {
      From: 'desk@hosting.example',
      To: 'abuse@brand.example',
      'Content-Type': 'multipart/mixed; boundary=outer',
    },
    `--outer\r\nContent-Type: message/rfc822\r\n\r\n${raw}\r\n--outer--`,
  )

/** An automatic reply. RFC 3834 */
export const autoReply = (mail: SmtpMail, headers: Readonly<Record<string, string>> = {}): string =>
  plainMail(
    {
      From: mail.to,
      To: mail.envelopeFrom,
      Subject: 'Out of office',
      'Auto-Submitted': 'auto-replied',
      ...headers,
    },
    'I am back on Monday.',
  )
