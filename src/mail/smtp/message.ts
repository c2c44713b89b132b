// adapter · a wire mail in SMTP form: envelope, and MIME text with headers in order. RFC 5322, 2045, 3461
import MailComposer from 'nodemailer/lib/mail-composer'
import * as z from 'zod'
import type { WireMail } from '../../platform/deps.ts'
import { bytesOf, hexOf } from '../../platform/encoding/bytes.ts'
import { sha256 } from '../../platform/encoding/jcs.ts'
import { encodedWords, looksEncoded } from '../list-headers.ts'
import { nameOf } from './handovers.ts'

const wire = z.object({
  from: z.string(),
  to: z.tuple([z.string()]),
  reply_to: z.string().optional(),
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
  tags: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
})

export interface OutgoingMail {
  readonly index: number
  /** Its name in the record. */
  readonly name: string
  readonly to: string
  readonly from: string
  /** Without brackets; the same in every handover. */
  readonly messageId: string
  readonly mail: z.output<typeof wire>
  readonly tag: string
}

export function outgoingMailOf(text: WireMail, index: number, idempotencyKey: string): OutgoingMail {
  const mail = wire.parse(JSON.parse(text))
  const from = addressIn(mail.from)
  const tag = mail.tags.find(({ name }) => name === 'assent')?.value ?? hexOf(sha256(bytesOf(text)))
  const domain = from.slice(from.lastIndexOf('@') + 1)
  // The tag names the delivery and cannot be forged; the key distinguishes two tests of one campaign.
  const part = hexOf(sha256(bytesOf(idempotencyKey))).slice(0, 8)
  const messageId = `${tag}.${part}@${domain}`
  return { index, name: nameOf(idempotencyKey, tag), to: mail.to[0], from, messageId, mail, tag }
}

/** Of `"Name" <address>`, or the text itself. */
const addressIn = (mailbox: string): string => /<([^<>]*)>\s*$/.exec(mailbox)?.[1] ?? mailbox.trim()

export interface Envelope {
  readonly from: string
  readonly to: string
  readonly size: number
  /**
   * For servers with DSN: reports return headers only and name the delivery. Delays are reported only if bounces are read by
   * machine; otherwise they would fill the author's mailbox.
   */
  readonly dsn: {
    readonly ret: 'HDRS'
    readonly notify: 'FAILURE' | ['FAILURE', 'DELAY']
    readonly envid: string
  }
}

/** `returnPath` null: the author's address. */
export async function composed(
  parcel: OutgoingMail,
  { at, returnPath }: { at: Date; returnPath: string | null },
): Promise<{ envelope: Envelope; text: Buffer }> {
  const { mail, to, from, tag, messageId } = parcel
  const text = await new MailComposer({
    from: mail.from,
    to: { name: '', address: to },
    ...(mail.reply_to === undefined ? {} : { replyTo: mail.reply_to }),
    ...(looksEncoded(mail.subject) ? {} : { subject: mail.subject }),
    date: at,
    headers: [
      ...(looksEncoded(mail.subject) ? [{ key: 'Subject', value: encodedSubject(mail.subject) }] : []),
      ...Object.entries({
        ...mail.headers,
        // Some servers and readers take a folded one for none.
        'Message-ID': `<${messageId}>`,
        ...complaintHeaders(parcel, returnPath),
      }).map(([key, value]) => ({ key, value: headerValue(value) })),
    ],
    html: mail.html,
    text: mail.text,
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: '\r\n',
  })
    .compile()
    .build()
  return {
    text,
    envelope: {
      from: returnPath ?? from,
      to,
      size: text.length,
      dsn: { ret: 'HDRS', notify: returnPath === null ? 'FAILURE' : ['FAILURE', 'DELAY'], envid: tag },
    },
  }
}

/**
 * Where mailbox providers can report complaints; only on mail to a list whose bounces are read by machine. The mail server's DKIM
 * signature must cover these headers. @see https://www.rfc-editor.org/rfc/rfc9477
 */
const complaintHeaders = (
  { mail, tag }: OutgoingMail,
  returnPath: string | null,
): Readonly<Record<string, string>> =>
  returnPath === null || mail.headers['List-Unsubscribe'] === undefined
    ? {}
    : { 'CFBL-Address': `${returnPath}; report=arf`, 'CFBL-Feedback-ID': tag }

const encodedSubject = (subject: string) => ({
  prepared: true,
  value: encodedWords(subject, Number.POSITIVE_INFINITY).replaceAll(' ', '\r\n '),
})

/** On one line: some readers mishandle a fold between the name and a long link. */
const headerValue = (value: string) => (/^[\x20-\x7e]*$/.test(value) ? { prepared: true, value } : value)

export const needsSmtpUtf8 = ({ to }: OutgoingMail): boolean => /[^\x20-\x7e]/.test(to)
