// pure · a mail that came in, as far as it is looked at, and every name in it that may be ours
import { type Fields, partsOf, type ReportPart } from './report-fields.ts'
import { namesIn } from './verp.ts'

export interface ReceivedMail {
  readonly fields: Fields
  readonly messageId: string | null
  /** Of its text, where it has no Message-ID. */
  readonly digest: string
  /** What it shows: its text, or its HTML in words where there is none. */
  readonly text: string
  readonly html: string
  /** All but what it shows: those of a report are among them. */
  readonly parts: readonly ReportPart[]
}

/** A name of a mail of ours that stands in a mail; none is believed before its signature is checked. */
export type ReportedName = { readonly kind: 'verp' | 'token'; readonly token: string }

const returnedTypes = [
  'message/rfc822',
  'text/rfc822-headers',
  'message/rfc822-headers',
  'message/global',
  'message/global-headers',
]

/** The mails that came back with it, or their headers. */
export const returnedParts = ({ parts }: ReceivedMail): readonly string[] => partsOf(parts, returnedTypes)

/** Where mail servers write whom they delivered to. */
const recipientFields = [
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'x-envelope-to',
  'x-delivered-to',
  'to',
  'cc',
]

/** The names that it was addressed to. `recipients`: whom it was delivered to, as the mail server said. */
export const ownNames = ({ fields }: ReceivedMail, recipients: readonly string[]): readonly ReportedName[] =>
  [...recipients, ...recipientFields.flatMap((name) => fields.get(name) ?? [])].flatMap(addressNames)

/** The names in what it carries: what came back first, then whatever else, since not every provider parts the two. */
export function carriedNames(mail: ReceivedMail): readonly ReportedName[] {
  const returned = returnedParts(mail)
  const others = mail.parts.map(({ text }) => text).filter((text) => !returned.includes(text))
  const texts = [...returned, ...others, mail.text, mail.html]
  return [...texts.flatMap(addressNames), ...texts.flatMap(tokensIn)].slice(0, maxNames)
}

/** More is no report, and each costs a MAC. */
const maxNames = 100

const addressNames = (text: string): readonly ReportedName[] =>
  namesIn(text).map((token) => ({ kind: 'verp', token }))

/**
 * Tags and references: CFBL-Feedback-ID, Message-ID, ENVID, the links of List-Unsubscribe and of the text. Each is 44 letters
 * that nothing else is likely to be, wherever it stands. Quoted-printable breaks them at the ends of lines (RFC 2045), xtext
 * writes a hyphen as +2D (RFC 3461).
 */
const tokensIn = (text: string): readonly ReportedName[] =>
  Array.from(
    text
      .replace(/=\r?\n/g, '')
      .replace(/\+2D/g, '-')
      .matchAll(/(?<![\w+-])[\w-]{44}(?![\w-])/g),
    ([token]) => ({ kind: 'token', token }),
  )
