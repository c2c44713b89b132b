// adapter · the SMTP form of a mail: its MIME text, made once for a campaign but for each person's own values. RFC 5322, 2045, 2047
import * as mime from 'nodemailer/lib/mime-funcs'
import MimeNode from 'nodemailer/lib/mime-node'
import * as z from 'zod'
import type { MailForm, SpacedMail, SpacedText, WireMail } from '../../platform/deps.ts'
import { looksEncoded } from '../list-headers.ts'
import { encodedBody } from './body.ts'

/** What is known of a mail beside its text. */
const label = z.object({ to: z.string(), from: z.string(), tag: z.string(), isOfList: z.boolean() })
export type Label = Readonly<z.output<typeof label>>

/** A label and the text without Date, Message-ID and what the mailer adds, in one text: no JSON has a line end. */
export function readForm(wire: WireMail): { readonly label: Label; readonly text: string } | null {
  const end = wire.indexOf('\n')
  return end < 0 ? null : { label: label.parse(JSON.parse(wire.slice(0, end))), text: wire.slice(end + 1) }
}

/**
 * No line of a body looks like the boundary: neither encoding leaves `=_` in a text.
 *
 * @see https://www.rfc-editor.org/rfc/rfc2045#section-6.7
 */
const boundary = '=_assent'

export const smtpForm: MailForm = (mail) => {
  const fields = headersOf(mail)
  const parts = [
    { type: 'text/plain', at: mail.text.first, body: encodedBody(mail.text) },
    { type: 'text/html', at: mail.html.first, body: encodedBody(mail.html) },
  ].map(({ type, at, body }) => ({
    at,
    body,
    head: `--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${body.encoding}\r\n\r\n`,
  }))
  const shape = `MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="${boundary}"\r\n\r\n`
  const from = addressIn(filled(mail.from, []))
  const isOfList = Object.keys(mail.headers).some((name) => /^list-unsubscribe$/i.test(name))
  return (values) => {
    const about: Label = { to: filled(mail.to, values), from, tag: filled(mail.tag, values), isOfList }
    let text = `${JSON.stringify(about)}\n`
    for (const field of fields) text += field(values)
    text += shape
    for (const { at, body, head } of parts) text += `${head}${body.fill(values, at)}\r\n`
    return `${text}--${boundary}--\r\n`
  }
}

/** Of `"Name" <address>`, or the text itself. */
const addressIn = (mailbox: string): string => /<([^<>]*)>\s*$/.exec(mailbox)?.[1] ?? mailbox.trim()

/** The header with a person's values, each field with its line end. */
type Field = (values: readonly string[]) => string

function headersOf(mail: SpacedMail): readonly Field[] {
  return [
    fieldOf('From', mail.from, addressField),
    fieldOf('To', mail.to, recipientField),
    ...(mail.replyTo === undefined ? [] : [fieldOf('Reply-To', mail.replyTo, addressField)]),
    fieldOf('Subject', mail.subject, subjectField),
    ...Object.entries(mail.headers).map(([name, value]) => fieldOf(name, value, otherField)),
  ]
}

/** Encoded once where nobody has a value in it. */
function fieldOf(name: string, value: SpacedText, write: (name: string, value: string) => string): Field {
  if (value.texts.length > 1) return (values) => write(name, filled(value, values))
  const field = write(name, filled(value, []))
  return () => field
}

function filled({ texts, first }: SpacedText, values: readonly string[]): string {
  let text = texts[0] ?? ''
  for (let at = 1; at < texts.length; at += 1) text += (values[first + at - 1] ?? '') + (texts[at] ?? '')
  return text
}

const folded = (line: string): string => `${mime.foldLines(line, 76)}\r\n`

/** `From`, `Reply-To`: one mailbox, perhaps with a name. */
const addressField = (name: string, value: string): string =>
  folded(`${name}: ${MimeNode.encodeHeaderValue(name, value)}`)

/** An address that needs neither quotes nor another spelling of its domain, as nearly all do. */
const bare = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*@[a-z0-9.-]+$/

/** Not read for a name or a second address. */
const recipientField = (name: string, address: string): string =>
  bare.test(address)
    ? `${name}: ${address}\r\n`
    : folded(`${name}: ${MimeNode.encodeHeaderValue(name, { name: '', address })}`)

/** Most subjects have a person's name in them: nodemailer's way took a third of all that is made for each person. */
function subjectField(name: string, subject: string): string {
  const text = subject.toWellFormed().replace(/[\r\n]+/g, ' ')
  if (text.trim() === '') return ''
  if (/^[\x20-\x7e]*$/.test(text) && !looksEncoded(text)) return folded(`${name}: ${text.trim()}`)
  return `${name}: ${inWords(text).join('\r\n ')}\r\n`
}

/** Encoded words of at most 75 characters, none with a part of a character. @see https://www.rfc-editor.org/rfc/rfc2047#section-2 */
function inWords(text: string): readonly string[] {
  const words: string[] = []
  let octets = 0
  let from = 0
  let at = 0
  const close = (): void => {
    words.push(`=?UTF-8?B?${Buffer.from(text.slice(from, at)).toString('base64')}?=`)
    from = at
    octets = 0
  }
  for (const character of text) {
    const size = Buffer.byteLength(character)
    if (octets + size > mostInWord) close()
    octets += size
    at += character.length
  }
  close()
  return words
}

/** 60 of base64. */
const mostInWord = 45

/** On one line: some readers mishandle a fold between the name and a long link. */
function otherField(name: string, value: string): string {
  if (value.trim() === '') return ''
  const known = name.replace(/-Id$/i, '-ID')
  return /^[\x20-\x7e]*$/.test(value)
    ? `${known}: ${value}\r\n`
    : folded(`${known}: ${MimeNode.encodeHeaderValue(known, value)}`)
}
