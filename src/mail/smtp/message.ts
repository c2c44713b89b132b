// adapter · a wire mail as it is handed over by SMTP: its name in the record, envelope and octets. RFC 5321, 5322, 3461
import * as z from 'zod'
import type { SpacedText, WireMail } from '../../platform/deps.ts'
import { bytesOf, hexOf } from '../../platform/encoding/bytes.ts'
import { sha256 } from '../../platform/encoding/jcs.ts'
import { readForm, smtpForm } from './form.ts'
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
  readonly tag: string
  readonly isOfList: boolean
  /** MIME without Date, Message-ID and complaint headers. */
  readonly text: string
}

export function outgoingMailsOf(mails: readonly WireMail[], idempotencyKey: string): readonly OutgoingMail[] {
  // The tag names the delivery and cannot be forged; the key distinguishes two tests of one campaign.
  const part = hexOf(sha256(bytesOf(idempotencyKey))).slice(0, 8)
  return mails.map((mail, index) => {
    const { label, text } = readForm(mail) ?? formOfJson(mail)
    const domain = label.from.slice(label.from.lastIndexOf('@') + 1)
    const messageId = `${label.tag}.${part}@${domain}`
    return { index, name: nameOf(idempotencyKey, label.tag), messageId, text, ...label }
  })
}

/** Service mail and single mails, which are rendered as JSON. */
function formOfJson(json: WireMail): NonNullable<ReturnType<typeof readForm>> {
  const mail = wire.parse(JSON.parse(json))
  const tag = mail.tags.find(({ name }) => name === 'assent')?.value ?? hexOf(sha256(bytesOf(json)))
  const ready = readForm(
    smtpForm({
      from: fixed(mail.from),
      to: fixed(mail.to[0]),
      ...(mail.reply_to === undefined ? {} : { replyTo: fixed(mail.reply_to) }),
      subject: fixed(mail.subject),
      html: fixed(mail.html),
      text: fixed(mail.text),
      headers: Object.fromEntries(Object.entries(mail.headers).map(([name, value]) => [name, fixed(value)])),
      tag: fixed(tag),
    })([]),
  )
  if (ready === null) throw new Error('a mail has no label')
  return ready
}

const fixed = (text: string): SpacedText => ({ texts: [text], first: 0 })

export interface Envelope {
  readonly from: string
  readonly to: string
  readonly size: number
  /**
   * For servers with DSN: reports return headers only and name the delivery. Delays are reported only if bounces are read by
   * machine; otherwise they would fill the author's mailbox.
   */
  readonly dsn: { readonly ret: 'HDRS'; readonly notify: 'FAILURE' | 'FAILURE,DELAY'; readonly envid: string }
}

export interface ComposedMail {
  readonly envelope: Envelope
  /** Parts of the text, which ends with a line end; one may be 30 kB, and is written as it is. */
  readonly text: readonly string[]
  /** ASCII as `latin1`, which is cheaper to write. */
  readonly encoding: 'latin1' | 'utf8'
}

/** `returnPath` null: the author's address. */
export function composed(
  parcel: OutgoingMail,
  { at, returnPath }: { at: Date; returnPath: string | null },
): ComposedMail {
  const { to, from, tag } = parcel
  const text = [ownHeaders(parcel, { at, returnPath }), parcel.text]
  const encoding = isBeyondAscii(`${to}${from}${returnPath ?? ''}`) ? 'utf8' : 'latin1'
  return {
    text,
    encoding,
    envelope: {
      from: returnPath ?? from,
      to,
      size: text.reduce((sum, part) => sum + Buffer.byteLength(part, encoding), 0),
      dsn: { ret: 'HDRS', notify: returnPath === null ? 'FAILURE' : 'FAILURE,DELAY', envid: tag },
    },
  }
}

const isBeyondAscii = (text: string): boolean => /[^\x20-\x7e]/.test(text)

/**
 * The Message-ID on one line: some servers and readers take a folded one for none.
 *
 * CFBL: where mailbox providers can report complaints; only on mail to a list whose bounces are read by machine. The mail server's
 * DKIM signature must cover these headers. @see https://www.rfc-editor.org/rfc/rfc9477
 */
function ownHeaders(
  { messageId, tag, isOfList }: OutgoingMail,
  { at, returnPath }: { at: Date; returnPath: string | null },
): string {
  const date = `Date: ${at.toUTCString().replace('GMT', '+0000')}\r\nMessage-ID: <${messageId}>\r\n`
  return returnPath === null || !isOfList
    ? date
    : `${date}CFBL-Address: ${returnPath}; report=arf\r\nCFBL-Feedback-ID: ${tag}\r\n`
}

export const needsSmtpUtf8 = ({ to }: OutgoingMail): boolean => isBeyondAscii(to)
