// pure · what must be in a mail, looked for in one that was rendered as for the send: its headers, its parts, its size
import { mentions } from '../campaigns/render/layout.ts'
import { bytesOf } from '../platform/encoding/bytes.ts'
import { type Check, checking } from './check.ts'

/** A mail to a sample reader. */
export interface SampleMail {
  readonly from: string
  readonly reply_to?: string | undefined
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
  readonly htmlBytes: number
}

/** Above this, Gmail shows the beginning and a link to the rest, and the way out is in the rest. */
export const clippedBytes = 100_000

/** A header line, its name with it, has at most so many octets. RFC 5322 section 2.1.1 */
const maxLine = 998

/** As they will be sent; Date, Message-ID and the signature are put on by whoever hands the mail over. */
export const headersOf = (mail: SampleMail): readonly (readonly [name: string, value: string])[] => [
  ['From', mail.from],
  ...(mail.reply_to === undefined ? [] : [['Reply-To', mail.reply_to] as const]),
  ['Subject', mail.subject],
  ...Object.entries(mail.headers),
]

/** Kilobytes as people count them. */
export const kilobytes = (bytes: number): string =>
  `${(bytes / 1000).toLocaleString('en', { maximumFractionDigits: 1 })} kB`

const check = checking('content')

/** `what` as in "There is …", without its article. */
const has = (
  key: string,
  passed: boolean,
  what: string,
  mend = 'Open the campaign, and save it again.',
): Check =>
  passed ? check(key, 'ok', `There is a ${what}.`) : check(key, 'warn', `There is no ${what}.`, mend)

/** `address`: the controller's. */
export function contentChecks(mail: SampleMail, address: string): readonly Check[] {
  const { headers } = mail
  const leave = /^<(.+)>$/.exec(headers['List-Unsubscribe'] ?? '')?.[1] ?? ''
  const isOneClick = headers['List-Unsubscribe-Post'] === 'List-Unsubscribe=One-Click'
  return [
    // RFC 5322 section 3.6
    has('from', /@[^\s@>]+>?$/.test(mail.from), 'sender'),
    has('subject', mail.subject.trim() !== '', 'subject', 'Write one that is not empty for anybody.'),
    has(
      'reply_to',
      mail.reply_to !== undefined || !/no-?reply/i.test(mail.from),
      'place for answers',
      'Give the list an address for them.',
    ),
    // RFC 2919 section 3
    has(
      'list_id',
      /<[^<>\s]+\.[^<>\s]+>$/.test(headers['List-Id'] ?? ''),
      'name of the list for mailboxes (List-Id)',
    ),
    // RFC 8058 section 3.1
    has('one_click', leave !== '' && isOneClick, 'header to leave by one click'),
    has(
      'https',
      leave.startsWith('https:'),
      'way to leave by https',
      'Set PUBLIC_URL to https; for a try on your own machine it may stay.',
    ),
    // GDPR Art. 7(3), ePrivacy Art. 13(4): in every mail.
    has(
      'way_out',
      mail.html.includes(`href="${leave}"`) && mail.text.includes(leave),
      'link to leave by',
      'Put {{ unsubscribe_url }} into the text.',
    ),
    has(
      'postal_address',
      mentions(mail.text, address),
      'postal address',
      'Fill in that of the controller in the list.',
    ),
    has('text_part', mail.text.trim() !== '', 'plain text part'),
    sizeCheck(mail.htmlBytes),
    ...headersOf(mail)
      .filter((header) => bytesOf(header.join(': ')).length > maxLine)
      .map(([name]) =>
        check(
          'header_length',
          'warn',
          `${name} is longer than ${maxLine} bytes; some servers refuse that.`,
          'Shorten it.',
        ),
      ),
  ]
}

const sizeCheck = (bytes: number): Check =>
  bytes <= clippedBytes
    ? check('size', 'ok', `The mail has ${kilobytes(bytes)}; mailboxes show it whole.`)
    : check(
        'size',
        'warn',
        `The mail has ${kilobytes(bytes)}: above ${kilobytes(clippedBytes)} some mailboxes cut it off, and the way to leave with it.`,
        'Shorten it, or put the rest on a page.',
      )
