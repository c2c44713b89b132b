// pure · what a delivery status notification says of each recipient, and whose fault it is. RFC 3464, 3463
import { type Fields, firstOf, partOf, type ReportPart, readBlocks } from './report-fields.ts'

export interface Dsn {
  /** The ENVID of RFC 3461 that the mail was sent with: our own name of the delivery, to be checked before it is believed. */
  readonly envelopeId: string | null
  /** The Message-ID of the mail it is about, without brackets; null where its headers were not returned. */
  readonly messageId: string | null
  readonly recipients: readonly DsnRecipient[]
}

export interface DsnRecipient {
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'
  /** `5.1.1`; null where the report has none that can be read. */
  readonly status: string | null
  readonly verdict: DsnVerdict
}

/**
 * `hard`: there is no such mailbox. `soft`: not now; five over fourteen days are one too many. `sender`: something is wrong with
 * us, and the recipient is not to be punished. `none`: no failure.
 */
export type DsnVerdict = 'hard' | 'soft' | 'sender' | 'none'

const actions = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const

/**
 * Null where the parts are those of no delivery report. Addresses are not read: whose mail it was says the name that we gave
 * it. @see https://www.rfc-editor.org/rfc/rfc3464#section-2
 */
export function readDsn(parts: readonly ReportPart[]): Dsn | null {
  const status = partOf(parts, ['message/delivery-status', 'message/global-delivery-status'])
  if (status === null) return null
  const [perMessage, ...perRecipient] = readBlocks(status)
  const headers = partOf(parts, [
    'message/rfc822',
    'text/rfc822-headers',
    'message/global',
    'message/global-headers',
  ])
  // Some reports have no block for the message, or none of its own.
  const blocks = perMessage?.has('action') === true ? [perMessage, ...perRecipient] : perRecipient
  const recipients = blocks.flatMap(recipientOf)
  if (recipients.length === 0) return null
  return {
    envelopeId: decodeXtext(firstOf(perMessage, 'original-envelope-id')),
    messageId: messageIdIn(headers),
    recipients,
  }
}

function recipientOf(fields: Fields): readonly DsnRecipient[] {
  const said = firstOf(fields, 'action')
    ?.toLowerCase()
    .split(/[\s(;]/)[0]
  const action = actions.find((one) => one === said)
  if (action === undefined) return []
  const status = statusIn(firstOf(fields, 'status')) ?? statusIn(firstOf(fields, 'diagnostic-code'))
  return [{ action, status, verdict: verdictOf(action, status) }]
}

/** `5.1.1`, with a comment behind it or a word before it. */
const statusIn = (text: string | null): string | null =>
  /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(text ?? '')?.[1] ?? null

const hard: ReadonlySet<string> = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1'])

/** 5.7 is policy, 5.4 the network: neither says anything about the person. What is not understood is soft. */
export function verdictOf(action: DsnRecipient['action'], status: string | null): DsnVerdict {
  if (action !== 'failed') return 'none'
  if (status === null) return 'soft'
  if (hard.has(status)) return 'hard'
  return /^5\.[47]\./.test(status) ? 'sender' : 'soft'
}

/** `+3D` is `=`: how RFC 3461 writes what a parameter cannot hold. */
const decodeXtext = (text: string | null): string | null =>
  text?.replace(/\+([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) ?? null

const messageIdIn = (headers: string | null): string | null =>
  headers === null ? null : idIn(firstOf(readBlocks(headers)[0], 'message-id'))

export const idIn = (value: string | null): string | null =>
  /<([^<>\s]{1,998})>/.exec(value ?? '')?.[1] ?? null
