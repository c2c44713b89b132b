// adapter · one mail over one connection: envelope, claim, text, the server's answer. RFC 5321, 1870, 2920, 3461
import type { Connection, Offers } from './connections.ts'
import type { ClaimResult } from './handovers.ts'
import type { ComposedMail, Envelope } from './message.ts'
import type { SmtpFailure } from './reply.ts'
import type { Reply } from './session.ts'

export interface ConversationResult {
  /** Whether the text was on its way: from then on only a reply can say that the mail was not accepted. */
  readonly begun: boolean
  /** Null where the mail was not tried. */
  readonly leave: ClaimResult | null
  /** Null: accepted. */
  readonly failure: SmtpFailure | null
}

/**
 * The record is written while the server reads the envelope, and the text waits for both. Throws, without sending the text, if the
 * claim cannot be recorded; the connection is not usable then.
 */
export async function converse(
  { connection, session, offers }: Connection,
  mail: ComposedMail,
  { claim, timeoutMs }: { claim: () => Promise<ClaimResult>; timeoutMs: number },
): Promise<ConversationResult> {
  const untried = faultOf(mail.envelope, offers)
  if (untried !== null) return { begun: false, leave: null, failure: untried }
  const state = { begun: false }
  const talk = async (): Promise<ConversationResult> => {
    const claiming = claim()
    // The error is thrown once the server has answered.
    claiming.catch(() => {})
    const refusal = await sayEnvelope({ connection, session, offers }, mail.envelope)
    const leave = await claiming
    if (refusal !== null) return { begun: false, leave, failure: refusal }
    // The server waits for a text, and there is no way to take DATA back.
    if (leave !== 'given') {
      connection.close()
      return { begun: false, leave, failure: broken }
    }
    state.begun = true
    const [reply] = await session.ask([...mail.text, '.\r\n'], 1, mail.encoding)
    return { begun: true, leave, failure: failureOf(reply, 2, { command: 'DATA', code: 'EMESSAGE' }) }
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const silence = new Promise<'silent'>((resolve) => {
    timer = setTimeout(() => resolve('silent'), timeoutMs)
  })
  const talking = talk()
  const result = await Promise.race([talking, silence]).finally(() => clearTimeout(timer))
  if (result !== 'silent') return result
  connection.close()
  return { begun: state.begun, leave: await claim(), failure: { code: 'ETIMEDOUT' } }
}

/** Whether another mail can follow a refused one. */
export async function isReset({ connection, session }: Connection): Promise<boolean> {
  if (connection.destroyed) return false
  const [reply] = await session.ask(['RSET\r\n'], 1)
  return reply?.code === 250
}

const broken: SmtpFailure = { code: 'ECONNECTION' }

/** No server would take such a mail: by the size that it announced, or for an address that is none. */
function faultOf({ from, to, size }: Envelope, { maxSize }: Offers): SmtpFailure | null {
  if (maxSize > 0 && size > maxSize) return { code: 'EMESSAGE', command: 'MAIL FROM' }
  return to === '' || /[\r\n<>]/.test(`${from}${to}`) ? { code: 'EENVELOPE', command: 'API' } : null
}

const commands = ['MAIL FROM', 'RCPT TO', 'DATA'] as const

/** Null once the server waits for the text. */
async function sayEnvelope(
  { connection, session, offers }: Pick<Connection, 'connection' | 'session' | 'offers'>,
  envelope: Envelope,
): Promise<SmtpFailure | null> {
  const lines = envelopeOf(envelope, offers)
  if (!offers.pipelining) {
    for (const [at, line] of lines.entries()) {
      const [reply] = await session.ask([line], 1)
      const failure = envelopeFailure(reply, at)
      if (failure !== null) return failure
    }
    return null
  }
  const replies = await session.ask(lines, lines.length)
  const [ofSender, ofRecipient, ofData] = lines.map((_, at) => envelopeFailure(replies[at], at))
  // A server that waits for a text from nobody is not asked for more; one to nobody gets an empty text. RFC 2920 section 3.1
  if (ofData === null && ofSender !== null) connection.close()
  else if (ofData === null && ofRecipient !== null) await session.ask(['.\r\n'], 1)
  return ofSender ?? ofRecipient ?? ofData ?? null
}

/** The reply to DATA is 354; a few servers say 250. */
const envelopeFailure = (reply: Reply | undefined, at: number): SmtpFailure | null => {
  const command = commands[at] ?? 'DATA'
  if (at === 2 && reply !== undefined && reply.code >= 200 && reply.code < 400) return null
  return failureOf(reply, at === 2 ? 3 : 2, { command, code: 'EENVELOPE' })
}

function failureOf(
  reply: Reply | undefined,
  wanted: 2 | 3,
  about: { readonly command: string; readonly code: string },
): SmtpFailure | null {
  if (reply === undefined) return broken
  return Math.floor(reply.code / 100) === wanted
    ? null
    : { ...about, responseCode: reply.code, response: reply.text }
}

function envelopeOf({ from, to, size, dsn }: Envelope, offers: Offers): readonly string[] {
  const isBeyondAscii = /[^\x20-\x7e]/.test(`${from}${to}`)
  const mail = [
    `MAIL FROM:<${from}>`,
    ...(isBeyondAscii && offers.smtpUtf8 ? ['SMTPUTF8'] : []),
    ...(offers.size ? [`SIZE=${size}`] : []),
    ...(offers.dsn ? [`RET=${dsn.ret}`, `ENVID=${xtext(dsn.envid)}`] : []),
  ]
  const recipient = [`RCPT TO:<${to}>`, ...(offers.dsn ? [`NOTIFY=${dsn.notify}`] : [])]
  return [`${mail.join(' ')}\r\n`, `${recipient.join(' ')}\r\n`, 'DATA\r\n']
}

/** @see https://www.rfc-editor.org/rfc/rfc3461#section-4 */
const xtext = (text: string): string =>
  text.replace(/[^\x21-\x2a\x2c-\x3c\x3e-\x7e]/gu, (character) =>
    Array.from(
      Buffer.from(character),
      (octet) => `+${octet.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join(''),
  )
