// adapter · a small pool of connections to one SMTP server: reused, signed in, encrypted unless local
import { setTimeout as sleep } from 'node:timers/promises'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import * as z from 'zod'
import type { SmtpServer } from '../../platform/mail-urls.ts'
import type { SmtpFailure } from './reply.ts'
import { openSession, type Session } from './session.ts'

export interface PoolOptions {
  readonly server: SmtpServer
  /** Our name in EHLO. */
  readonly hello: string
  readonly timeoutMs: number
  /** Told when the server refuses a further connection beside so many. */
  readonly narrowed: (lines: number, failure: SmtpFailure) => void
}

/** What the server said to EHLO. */
export interface Offers {
  readonly smtpUtf8: boolean
  readonly pipelining: boolean
  readonly dsn: boolean
  readonly size: boolean
  /** Octets of the largest mail; 0: unknown. RFC 1870 */
  readonly maxSize: number
}

/** An open, signed-in connection. */
export interface Connection {
  readonly connection: SMTPConnection
  readonly session: Session
  readonly offers: Offers
  /** Mails sent over this connection. */
  used: number
}

export type Taken =
  | { readonly ok: true; readonly line: Connection; readonly isFresh: boolean }
  | { readonly ok: false; readonly failure: SmtpFailure }

export interface Pool {
  /** Waits for an open connection where the server refuses a further one; fails only where none is open. */
  take(): Promise<Taken>
  giveBack(line: Connection): void
  /** Closes a connection that cannot be reused. */
  drop(line: Connection): void
  /** Closes a connection that the server gave up (421); false where no other is open. */
  turnedAway(line: Connection, failure: SmtpFailure): boolean
  /** Quits idle connections; the others follow when given back. */
  close(): void
}

const maxLines = 5
/** Servers that close a connection after fewer mails say 421, and the next mail takes another. */
const mailsPerLine = 1000
const idleMs = 20_000
const connectMostMs = 10_000
/** After this time one more connection is tried than the server last allowed. */
export const narrowSeconds = 30
/** A server may count a connection for a moment after its end. */
const graceMs = 1000
const retryMs = 200

/**
 * Not nodemailer's own pool, which sends a mail again when a connection closes. Servers allow one client few connections at once
 * (Postfix `smtpd_client_connection_count_limit`, large hosts two to five) and answer 421 to a further one: the pool then works with
 * the open ones, and tries one more from time to time.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5321#section-3.8
 */
export function openPool(options: PoolOptions): Pool {
  const idle: { line: Connection; goodbye: NodeJS.Timeout }[] = []
  const waiting: ((failure: SmtpFailure | null) => void)[] = []
  /** `standing`: connections that carry mail or could; `opening`: not signed in yet; `leaving`: not closed yet. */
  const state = {
    standing: 0,
    opening: 0,
    leaving: 0,
    most: maxLines,
    widenAt: 0,
    lastEndAt: -graceMs,
    closing: false,
  }
  const freed = (): void => waiting.shift()?.(null)
  const ended = (): void => {
    state.lastEndAt = performance.now()
    freed()
  }
  const left = (): void => {
    state.standing -= 1
    ended()
  }
  const mayOpen = (): boolean => {
    if (state.most < maxLines && performance.now() >= state.widenAt) {
      state.most += 1
      state.widenAt = performance.now() + narrowSeconds * 1000
    }
    return state.standing + state.opening + state.leaving < state.most
  }
  const narrow = (failure: SmtpFailure): void => {
    state.most = Math.max(1, state.standing + state.opening)
    state.widenAt = performance.now() + narrowSeconds * 1000
    options.narrowed(state.most, failure)
  }
  /** Undefined when a connection is free or has ended: the caller looks again. */
  const lineFreed = async (): Promise<Taken | undefined> => {
    const failure = await new Promise<SmtpFailure | null>((resolve) => waiting.push(resolve))
    return failure === null ? undefined : { ok: false, failure }
  }
  /** A server counts a connection until its end: a further one before that would be one too many. */
  const leave = ({ connection }: Connection): void => {
    connection.removeAllListeners('end')
    state.standing -= 1
    if (connection.destroyed) {
      ended()
      return
    }
    state.leaving += 1
    connection.once('end', () => {
      state.leaving -= 1
      ended()
    })
    connection.quit()
  }
  const pickUp = (): Connection | undefined => {
    for (let last = idle.pop(); last !== undefined; last = idle.pop()) {
      clearTimeout(last.goodbye)
      last.line.connection.removeAllListeners('end')
      if (!last.line.connection.destroyed) return last.line
      left()
    }
    return undefined
  }
  const rest = (line: Connection): void => {
    const forget = (): void => {
      const at = idle.findIndex((one) => one.line === line)
      if (at < 0) return
      clearTimeout(idle[at]?.goodbye)
      idle.splice(at, 1)
      left()
    }
    const goodbye = setTimeout(() => {
      idle.splice(
        idle.findIndex((one) => one.line === line),
        1,
      )
      leave(line)
    }, idleMs)
    goodbye.unref()
    idle.push({ line, goodbye })
    line.connection.once('end', forget)
    freed()
  }
  /** Undefined where the server refuses a further connection while others are open or just ended. */
  const open = async (): Promise<Taken | undefined> => {
    state.opening += 1
    const opened = await connect(options)
    state.opening -= 1
    if (!('failure' in opened)) {
      state.standing += 1
      return { ok: true, line: opened, isFresh: true }
    }
    if (state.standing + state.opening + state.leaving > 0) {
      narrow(opened.failure)
      return lineFreed()
    }
    if (performance.now() - state.lastEndAt < graceMs) {
      await sleep(retryMs)
      return undefined
    }
    // Whoever waits would meet the same, one after the other.
    for (const tell of waiting.splice(0)) tell(opened.failure)
    return { ok: false, failure: opened.failure }
  }
  return {
    take: async () => {
      for (;;) {
        const line = pickUp()
        if (line !== undefined) return { ok: true, line, isFresh: false }
        const taken = await (mayOpen() ? open() : lineFreed())
        if (taken !== undefined) return taken
      }
    },
    giveBack: (line) => {
      line.used += 1
      if (state.closing || line.used >= mailsPerLine || line.connection.destroyed) leave(line)
      else rest(line)
    },
    drop: (line) => {
      line.connection.close()
      left()
    },
    turnedAway: (line, failure) => {
      line.connection.close()
      left()
      const areOthersOpen = state.standing + state.opening > 0
      if (line.used === 0 && areOthersOpen) narrow(failure)
      return areOthersOpen
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
}: Omit<PoolOptions, 'narrowed'>): Promise<Connection | { failure: SmtpFailure }> {
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
  const offers = offersOf(connection.lastServerResponse || '')
  const { credentials } = server
  if (credentials !== null) {
    const auth = { user: credentials.user, pass: credentials.password }
    const refused = await asked(connection, (done) => connection.login(auth, done))
    if (refused !== null) return hangUp(connection, refused)
  }
  return { connection, session: openSession(connection), offers, used: 0 }
}

function offersOf(ehlo: string): Offers {
  const offers = (name: string): boolean => new RegExp(`^250[ -]${name}\\b`, 'im').test(ehlo)
  return {
    smtpUtf8: offers('SMTPUTF8'),
    pipelining: offers('PIPELINING'),
    dsn: offers('DSN'),
    size: offers('SIZE'),
    maxSize: Number(/^250[ -]SIZE[ \t]+(\d+)/im.exec(ehlo)?.[1] ?? 0),
  }
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

const failureOf = (error: unknown): SmtpFailure => failure.safeParse(error).data ?? {}
