// adapter · a real SMTP server on loopback with scripted answers, which keeps what it accepted: its record decides
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** `mail`, `rcpt`: at the command; `text`: once the whole mail has arrived. */
export type Stage = 'connect' | 'mail' | 'rcpt' | 'text'

/** A refusal; a cut connection; for `text`, accepted but cut before the answer; silence for some time. */
export type Verdict =
  | { readonly code: number; readonly text: string }
  | 'cut'
  | 'accept_and_cut'
  | { readonly waitMs: number }
  | null

/** Decides the answer at each stage; `address` is the sender's at `mail`, else the recipient's. */
export type Judge = (stage: Stage, address: string) => Verdict

export interface SmtpMail {
  readonly to: string
  readonly envelopeFrom: string
  /** Parameters of MAIL FROM and RCPT TO. */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly raw: string
}

export interface SmtpHost {
  readonly port: number
  readonly accepted: readonly SmtpMail[]
  /** How often each stage was reached. */
  readonly seen: Readonly<Record<Stage, number>>
  /** Users and passwords of sign-ins. */
  readonly signedIn: readonly (readonly [string, string])[]
  /** Names given in EHLO. */
  readonly greetedBy: ReadonlySet<string>
  judge(judge: Judge): void
  /** Allows so many connections at once, and answers 421 to a further one, as Postfix does (`smtpd_client_connection_count_limit`). */
  allow(connections: number): void
  /** Connections refused for being one too many. */
  readonly refused: () => number
  close(): Promise<void>
}

export async function startSmtp(options: SMTPServerOptions & { port?: number } = {}): Promise<SmtpHost> {
  const accepted: SmtpMail[] = []
  const seen = { connect: 0, mail: 0, rcpt: 0, text: 0 }
  const signedIn: (readonly [string, string])[] = []
  const greetedBy = new Set<string>()
  const way: { judge: Judge; most: number } = { judge: () => null, most: Number.POSITIVE_INFINITY }
  const standing = new Set<string>()
  const tooMany = { count: 0 }

  type Done = (error?: Error | null) => void
  const at = (
    stage: Stage,
    address: string,
    session: { id: string },
    done: Done,
    accept?: () => void,
  ): void => {
    seen[stage] += 1
    const verdict = way.judge(stage, address)
    if (verdict === 'accept_and_cut') accept?.()
    if (verdict === 'cut' || verdict === 'accept_and_cut') {
      cut((id) => id === session.id)
      return
    }
    if (verdict !== null && 'code' in verdict) {
      done(Object.assign(new Error(verdict.text), { responseCode: verdict.code }))
      return
    }
    accept?.()
    if (verdict === null) done()
    else setTimeout(done, verdict.waitMs)
  }

  const cut = (fits: (id: string) => boolean): void => {
    for (const { id, _socket: socket } of connectionsOf(server)) if (fits(id)) socket.destroy()
  }
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    hideDSN: false,
    logger: false,
    closeTimeout: 100,
    disabledCommands: ['STARTTLS'],
    ...options,
    onAuth: ({ username, password }, _session, done) => {
      const user = username ?? ''
      signedIn.push([user, password ?? ''])
      if (password === 'right') done(null, { user })
      else done(Object.assign(new Error(`no such user ${user}`), { responseCode: 535 }))
    },
    onConnect: (session, done) => {
      if (standing.size >= way.most) {
        tooMany.count += 1
        const text = '4.7.0 mail.example Error: too many connections from 127.0.0.1'
        return done(Object.assign(new Error(text), { responseCode: 421 }))
      }
      standing.add(session.id)
      at('connect', '', session, done)
    },
    onClose: ({ id }) => void standing.delete(id),
    onMailFrom: ({ address }, session, done) => at('mail', address, session, done),
    onRcptTo: ({ address }, session, done) => at('rcpt', address, session, done),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.once('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        greetedBy.add(session.hostNameAppearsAs ?? '')
        const to = rcptTo[0]?.address ?? ''
        const from = mailFrom === false ? '' : mailFrom.address
        at('text', to, session, done, () =>
          accepted.push({
            to,
            envelopeFrom: from,
            parameters: { ...(mailFrom === false ? {} : mailFrom.args), ...rcptTo[0]?.args },
            raw: Buffer.concat(chunks).toString(),
          }),
        )
      })
    },
  })
  server.on('error', () => {})
  const listening = server.listen(options.port ?? 0, '127.0.0.1')
  await once(listening, 'listening')
  const address = listening.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    accepted,
    seen,
    signedIn,
    greetedBy,
    judge: (judge) => {
      way.judge = judge
    },
    allow: (connections) => {
      way.most = connections
    },
    refused: () => tooMany.count,
    close: () =>
      new Promise((resolve) => {
        cut(() => true)
        server.close(() => resolve())
      }),
  }
}

const connectionsOf = (server: SMTPServer): ReadonlySet<{ readonly id: string; readonly _socket: Socket }> =>
  server.connections

export const parsed = (mail: SmtpMail | undefined): Promise<ParsedMail> => simpleParser(mail?.raw ?? '')

/** The addresses of a header. */
export const addressesOf = (header: AddressObject | AddressObject[] | undefined): readonly string[] =>
  [header ?? []].flat().flatMap(({ value }) => value.map(({ address = '' }) => address))
