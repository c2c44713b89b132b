// adapter · a small pool of connections to one SMTP server: reused, signed in, encrypted unless local
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import * as z from 'zod'
import type { SmtpServer } from '../../platform/mail-urls.ts'
import type { SmtpFailure } from './reply.ts'

export interface PoolOptions {
  readonly server: SmtpServer
  /** Our name in EHLO. */
  readonly hello: string
  readonly timeoutMs: number
}

/** An open, signed-in connection. */
export interface Connection {
  readonly connection: SMTPConnection
  readonly offersSmtpUtf8: boolean
  /** Mails sent over this connection. */
  used: number
}

export type Taken =
  | { readonly ok: true; readonly line: Connection; readonly isFresh: boolean }
  | { readonly ok: false; readonly failure: SmtpFailure }

export interface Pool {
  take(): Promise<Taken>
  giveBack(line: Connection): void
  /** Closes a connection that cannot be reused. */
  drop(line: Connection): void
  /** Quits idle connections; the others follow when given back. */
  close(): void
}

const maxLines = 5
/** Servers tend to close a connection after so many mails. */
const mailsPerLine = 100
const idleMs = 20_000
const connectMostMs = 10_000

/** Not nodemailer's own pool, which sends a mail again when a connection closes. */
export function openPool(options: PoolOptions): Pool {
  const idle: { line: Connection; goodbye: NodeJS.Timeout }[] = []
  const waiting: (() => void)[] = []
  const state = { open: 0, closing: false }
  const freed = (): void => waiting.shift()?.()
  const gone = (): void => {
    state.open -= 1
    freed()
  }
  const leave = (line: Connection): void => {
    line.connection.removeAllListeners('end')
    line.connection.quit()
    gone()
  }
  const pickUp = (): Connection | undefined => {
    for (let last = idle.pop(); last !== undefined; last = idle.pop()) {
      clearTimeout(last.goodbye)
      last.line.connection.removeAllListeners('end')
      if (!last.line.connection.destroyed) return last.line
      gone()
    }
    return undefined
  }
  const rest = (line: Connection): void => {
    const forget = (): void => {
      const at = idle.findIndex((one) => one.line === line)
      if (at < 0) return
      clearTimeout(idle[at]?.goodbye)
      idle.splice(at, 1)
      gone()
    }
    const goodbye = setTimeout(() => {
      forget()
      line.connection.quit()
    }, idleMs)
    goodbye.unref()
    idle.push({ line, goodbye })
    line.connection.once('end', forget)
    freed()
  }
  return {
    take: async () => {
      for (;;) {
        const line = pickUp()
        if (line !== undefined) return { ok: true, line, isFresh: false }
        if (state.open < maxLines) break
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
      state.open += 1
      const opened = await connect(options)
      if ('failure' in opened) {
        gone()
        return { ok: false, failure: opened.failure }
      }
      return { ok: true, line: opened, isFresh: true }
    },
    giveBack: (line) => {
      line.used += 1
      if (state.closing || line.used >= mailsPerLine || line.connection.destroyed) leave(line)
      else rest(line)
    },
    drop: (line) => {
      line.connection.close()
      gone()
    },
    close: () => {
      state.closing = true
      for (let line = pickUp(); line !== undefined; line = pickUp()) leave(line)
    },
  }
}

async function connect({
  server,
  hello,
  timeoutMs,
}: PoolOptions): Promise<Connection | { failure: SmtpFailure }> {
  const connectMs = Math.min(connectMostMs, timeoutMs)
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: server.tls === 'from_start',
    requireTLS: server.tls === 'upgrade',
    ignoreTLS: server.tls === 'never',
    name: hello,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    dnsTimeout: connectMs,
    socketTimeout: timeoutMs,
    socketCloseTimeout: 1000,
    logger: false,
    tls: { minVersion: 'TLSv1.2' },
  })
  // Attached for the connection's lifetime: an unhandled error event ends the process.
  connection.on('error', () => {})
  const failed = await asked(connection, (done) => connection.connect(done))
  if (failed !== null) return hangUp(connection, failed)
  // The response to the last EHLO, which is the one after STARTTLS.
  const offersSmtpUtf8 = /^250[ -]SMTPUTF8\b/im.test(connection.lastServerResponse || '')
  const { credentials } = server
  if (credentials !== null) {
    const auth = { user: credentials.user, pass: credentials.password }
    const refused = await asked(connection, (done) => connection.login(auth, done))
    if (refused !== null) return hangUp(connection, refused)
  }
  return { connection, offersSmtpUtf8, used: 0 }
}

function hangUp(connection: SMTPConnection, failure: SmtpFailure): { failure: SmtpFailure } {
  connection.close()
  return { failure }
}

/** Null on success. Errors arrive by callback or by event. */
const asked = (
  connection: SMTPConnection,
  ask: (done: (error?: unknown) => void) => void,
): Promise<SmtpFailure | null> =>
  new Promise((resolve) => {
    const fail = (error: unknown): void => resolve(failureOf(error))
    const end = (): void => resolve({ code: 'ECONNECTION' })
    connection.once('error', fail)
    connection.once('end', end)
    ask((error) => {
      connection.off('error', fail)
      connection.off('end', end)
      resolve(error == null ? null : failureOf(error))
    })
  })

const failure = z.object({
  command: z.string().optional().catch(undefined),
  responseCode: z.int().optional().catch(undefined),
  response: z.string().optional().catch(undefined),
  code: z.string().optional().catch(undefined),
  originalCode: z.string().optional().catch(undefined),
})

export const failureOf = (error: unknown): SmtpFailure => failure.safeParse(error).data ?? {}
