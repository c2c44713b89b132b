// pure · content checks on a mail rendered as for the send: headers, parts, size
import { mentions } from '../campaigns/render/layout.ts'
import { bytesOf } from '../platform/encoding/bytes.ts'
import { type Check, checking } from './check.ts'

/** A mail to a sample person. */
export interface SampleMail {
  readonly from: string
  readonly reply_to?: string | undefined
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
  readonly htmlBytes: number
}

/** Gmail clips larger mails, and the unsubscribe link is at the end. */
export const clippedBytes = 100_000

/** The most octets in a header line, including its name. RFC 5322 section 2.1.1 */
const maxLine = 998

/** Headers as they will be sent, without Date, Message-ID and DKIM-Signature, which the provider or mail server adds. */
export const headersOf = (mail: SampleMail): readonly (readonly [name: string, value: string])[] => [
  ['From', mail.from],
  ...(mail.reply_to === undefined ? [] : [['Reply-To', mail.reply_to] as const]),
  ['Subject', mail.subject],
  ...Object.entries(mail.headers),
]

/** Formats bytes in kilobytes of 1000. */
export const kilobytes = (bytes: number): string =>
  `${(bytes / 1000).toLocaleString('en', { maximumFractionDigits: 1 })} kB`

const check = checking('content')

/** `what`: the thing checked, as the subject of a sentence. */
const has = (
  key: string,
  passed: boolean,
  [ok, missing]: readonly [ok: string, missing: string],
  mend = 'Open the campaign and save it again.',
): Check => (passed ? check(key, 'ok', ok) : check(key, 'warn', missing, mend))

/** `address`: the controller's. */
export function contentChecks(mail: SampleMail, address: string): readonly Check[] {
  const { headers } = mail
  const leave = /^<(.+)>$/.exec(headers['List-Unsubscribe'] ?? '')?.[1] ?? ''
  const isOneClick = headers['List-Unsubscribe-Post'] === 'List-Unsubscribe=One-Click'
  return [
    // RFC 5322 section 3.6
    has('from', /@[^\s@>]+>?$/.test(mail.from), [
      'The email has a sender.',
      'The email has no sender address.',
    ]),
    has(
      'subject',
      mail.subject.trim() !== '',
      ['The subject is filled in.', 'The subject is empty for a sample person.'],
      'Write a subject that is not empty for anyone.',
    ),
    has(
      'reply_to',
      mail.reply_to !== undefined || !/no-?reply/i.test(mail.from),
      ['People can reply.', 'Replies go to a no-reply address.'],
      'Add a reply-to address to the list.',
    ),
    // RFC 2919 section 3
    has('list_id', /<[^<>\s]+\.[^<>\s]+>$/.test(headers['List-Id'] ?? ''), [
      'The List-Id header is set.',
      'The List-Id header is missing or malformed.',
    ]),
    // RFC 8058 section 3.1
    has('one_click', leave !== '' && isOneClick, [
      'One-click unsubscribe is set up.',
      'The one-click unsubscribe headers are missing.',
    ]),
    has(
      'https',
      leave.startsWith('https:'),
      ['The unsubscribe link is secure (https).', 'The unsubscribe link is not secure (https).'],
      'Set PUBLIC_URL to an https address. For a test on your own machine you can ignore this.',
    ),
    // GDPR Art. 7(3), ePrivacy Art. 13(4): in every mail.
    has(
      'way_out',
      mail.html.includes(`href="${leave}"`) && mail.text.includes(leave),
      ['The email contains the unsubscribe link.', 'The email does not contain the unsubscribe link.'],
      'Add {{ unsubscribe_url }} to the text.',
    ),
    has(
      'postal_address',
      mentions(mail.text, address),
      ['The email contains your postal address.', 'The email does not contain your postal address.'],
      'Fill in the controller’s postal address in the list.',
    ),
    has('text_part', mail.text.trim() !== '', [
      'The email has a plain text version.',
      'The email has no plain text version.',
    ]),
    sizeCheck(mail.htmlBytes),
    ...headersOf(mail)
      .filter((header) => bytesOf(header.join(': ')).length > maxLine)
      .map(([name]) =>
        check(
          'header_length',
          'warn',
          `The ${name} header is longer than ${maxLine} bytes. Some mail servers refuse that.`,
          'Shorten it.',
        ),
      ),
  ]
}

const sizeCheck = (bytes: number): Check =>
  bytes <= clippedBytes
    ? check('size', 'ok', `The email is ${kilobytes(bytes)}. Mailbox providers show it in full.`)
    : check(
        'size',
        'warn',
        `The email is ${kilobytes(bytes)}. Above ${kilobytes(clippedBytes)} some mailbox providers cut it off, together with the unsubscribe link.`,
        'Shorten it, or link to a web page for the rest.',
      )
