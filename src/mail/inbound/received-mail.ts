// pure · a received mail, and the names of our mails that appear in it
import { type Fields, partsOf, type ReportPart } from './report-fields.ts'
import { namesIn } from './verp.ts'

export interface ReceivedMail {
  readonly fields: Fields
  readonly messageId: string | null
  /** For mails without a Message-ID. */
  readonly digest: string
  /** The words of the HTML if there is no text. */
  readonly text: string
  readonly html: string
  /** All parts but the displayed ones, including those of a report. */
  readonly parts: readonly ReportPart[]
}

/** Untrusted until its signature is checked. */
export type ReportedName = { readonly kind: 'verp' | 'token'; readonly token: string }

const returnedTypes = [
  'message/rfc822',
  'text/rfc822-headers',
  'message/rfc822-headers',
  'message/global',
  'message/global-headers',
]

export const returnedParts = ({ parts }: ReceivedMail): readonly string[] => partsOf(parts, returnedTypes)

/** Where mail servers write the recipient. */
const recipientFields = [
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'x-envelope-to',
  'x-delivered-to',
  'to',
  'cc',
]

/** Names in the mail's addresses. `recipients`: reported by the mail server. */
export const ownNames = ({ fields }: ReceivedMail, recipients: readonly string[]): readonly ReportedName[] =>
  [...recipients, ...recipientFields.flatMap((name) => fields.get(name) ?? [])].flatMap(addressNames)

/** Names in the content: returned mails first, then the rest, since some providers do not separate the two. */
export function carriedNames(mail: ReceivedMail): readonly ReportedName[] {
  const returned = returnedParts(mail)
  const others = mail.parts.map(({ text }) => text).filter((text) => !returned.includes(text))
  const texts = [...returned, ...others, mail.text, mail.html]
  return [...texts.flatMap(addressNames), ...texts.flatMap(tokensIn)].slice(0, maxNames)
}

/** A report never has more, and checking each costs a MAC. */
const maxNames = 100

const addressNames = (text: string): readonly ReportedName[] =>
  namesIn(text).map((token) => ({ kind: 'verp', token }))

/**
 * Tags and references: CFBL-Feedback-ID, Message-ID, ENVID, the links of List-Unsubscribe and of the text. Each is a run of 44
 * characters, rare otherwise. Quoted-printable breaks runs at line ends (RFC 2045); xtext writes a hyphen as +2D (RFC 3461).
 */
const tokensIn = (text: string): readonly ReportedName[] =>
  Array.from(
    text
      .replace(/=\r?\n/g, '')
      .replace(/\+2D/g, '-')
      .matchAll(/(?<![\w+-])[\w-]{44}(?![\w-])/g),
    ([token]) => ({ kind: 'token', token }),
  )
