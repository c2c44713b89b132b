// pure · what must be in a mail, looked for in one that was rendered as for the send: its headers, its parts, its size
import { mentions } from '../../campaigns/render/layout.ts'
import { bytesOf } from '../../platform/bytes.ts'
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
const lineMost = 998

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

const either = (
  passed: boolean,
  key: string,
  [good, bad]: readonly [string, string],
  mend: string | null = null,
): Check => (passed ? check(key, 'ok', good) : check(key, 'warn', bad, mend))

const write = 'Open the campaign, and save it again.'

/** `address`: the controller's. */
export function contentChecks(mail: SampleMail, address: string): readonly Check[] {
  const { headers, htmlBytes } = mail
  const leave = /^<(.+)>$/.exec(headers['List-Unsubscribe'] ?? '')?.[1] ?? ''
  const long = headersOf(mail).filter(([name, value]) => bytesOf(`${name}: ${value}`).length > lineMost)
  return [
    // RFC 8058 section 3.1
    either(
      leave !== '' && headers['List-Unsubscribe-Post'] === 'List-Unsubscribe=One-Click',
      'one_click',
      ['Leaving takes one click: the header is there.', 'The header for leaving with one click is missing.'],
      write,
    ),
    either(
      leave.startsWith('https:'),
      'https',
      [
        'Links of ours are https.',
        'The way out is not an https address, so mailboxes show no button for it.',
      ],
      'Set PUBLIC_URL to an https address; for a try on your own machine it may stay.',
    ),
    // RFC 2919 section 3
    either(
      /<[^<>\s]+\.[^<>\s]+>$/.test(headers['List-Id'] ?? ''),
      'list_id',
      ['The list says which it is (List-Id).', 'The header List-Id is missing.'],
      write,
    ),
    // RFC 5322 section 3.6: From is required; a subject is what people see first.
    either(
      /@[^\s@>]+>?$/.test(mail.from) && mail.subject.trim() !== '',
      'from_subject',
      ['It has a sender and a subject.', 'It lacks a sender or a subject.'],
      'Write a subject that is not empty for anybody.',
    ),
    either(
      mail.reply_to !== undefined || !/\bno-?reply\b/i.test(mail.from),
      'reply_to',
      ['Answers reach somebody.', 'Answers go to an address that says nobody reads them.'],
      'Give the list an address for answers (reply-to).',
    ),
    either(
      long.length === 0,
      'header_length',
      [
        'No header is too long.',
        `Longer than ${lineMost} bytes: ${long.map(([name]) => name).join(', ')}. Some servers refuse that.`,
      ],
      'Shorten it.',
    ),
    either(
      mail.text.trim() !== '',
      'text_part',
      ['There is a plain text part.', 'There is no plain text part.'],
      write,
    ),
    either(
      htmlBytes <= clippedBytes,
      'size',
      [
        `The mail has ${kilobytes(htmlBytes)}; mailboxes show it whole.`,
        `The mail has ${kilobytes(htmlBytes)}: above ${kilobytes(clippedBytes)} some mailboxes cut it off, and the way to leave with it.`,
      ],
      'Shorten it, or put the rest on a page and link to it.',
    ),
    // GDPR Art. 7(3), ePrivacy Art. 13(4): the way out and who answers for it, in every mail.
    either(
      leave !== '' && mail.html.includes(`href="${leave}"`) && mail.text.includes(leave),
      'way_out',
      ['The way out is in the mail to be seen.', 'The mail shows no link to leave by.'],
      'Put {{ unsubscribe_url }} into the text.',
    ),
    either(
      mentions(mail.text, address),
      'postal_address',
      ['The postal address of whoever answers for it is there.', 'The postal address is missing.'],
      'Fill in the address of the controller in the list.',
    ),
  ]
}
