// adapter · a mailbox read by IMAP: unseen mails in pages, each marked once handled. Node only. RFC 9051
import { ImapFlow } from 'imapflow'
import * as z from 'zod'
import type { ImapServer } from '../../platform/mail-urls.ts'
import { maxRead } from './parse-mail.ts'

/** Truncated to the first quarter of a million octets. */
export interface MailboxedMail {
  readonly raw: Uint8Array
  /** When the mailbox received the mail. */
  readonly at: Date
}

/** `report` may be deleted after its time; `other` is somebody's mail and stays; `trouble` is flagged for a person to see. */
export type Mark = 'report' | 'other' | 'trouble'

export interface Visit {
  /**
   * Hands over at most `most` unseen mails, oldest first; returns how many are left. Mails that the server does not hand out stay
   * unseen.
   */
  each(most: number, take: (mail: MailboxedMail) => Promise<Mark>): Promise<number>
  /** Deletes reports received before that day; returns how many. */
  forget(before: Date): Promise<number>
}

/** Our own keyword, so that mail read or flagged by others is never deleted. */
const reportKeyword = '$AssentReport'
const firstOctets = { start: 0, maxLength: maxRead }
const connectMs = 10_000
const silenceMs = 30_000

/** A code for the log and a sentence for the operator, never the server's own text. */
export class MailboxUnread extends Error {
  readonly code: string

  constructor(code: string, sentence: string, cause: unknown) {
    super(sentence, { cause })
    this.name = 'MailboxUnread'
    this.code = code
  }
}

/**
 * Errors of `take` pass through; any server error becomes a MailboxUnread. `stop` closes the connection: unmarked mails are unseen
 * on the next visit.
 */
export async function visitMailbox<T>(
  server: ImapServer,
  act: (visit: Visit) => Promise<T>,
  stop?: AbortSignal,
): Promise<T> {
  const client = clientOf(server)
  // Attached for the client's lifetime: an unhandled error event ends the process.
  client.on('error', () => {})
  const breakOff = (): void => client.close()
  stop?.addEventListener('abort', breakOff)
  try {
    await asked(client.connect())
    await asked(client.mailboxOpen(server.mailbox))
    const done = await act(visitOf(client))
    await client.logout().catch(() => {})
    return done
  } finally {
    stop?.removeEventListener('abort', breakOff)
    client.close()
  }
}

const clientOf = ({ host, port, tls, credentials }: ImapServer): ImapFlow =>
  new ImapFlow({
    host,
    port,
    secure: tls === 'from_start',
    ...(tls === 'upgrade' ? { doSTARTTLS: true } : tls === 'never' ? { doSTARTTLS: false } : {}),
    auth: { user: credentials?.user ?? '', pass: credentials?.password ?? '' },
    tls: { minVersion: 'TLSv1.2' },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silenceMs,
  })

function visitOf(client: ImapFlow): Visit {
  const uid = { uid: true } as const
  const found = async (query: Parameters<ImapFlow['search']>[0]): Promise<readonly number[]> =>
    (await asked(client.search(query, uid))) || []
  return {
    each: async (most, take) => {
      const waiting = (await found({ seen: false, deleted: false })).toSorted((a, b) => a - b)
      let left = waiting.length
      let taken = 0
      for (const one of waiting) {
        if (taken === most) break
        left -= 1
        const mail = await asked(
          client.fetchOne(String(one), { internalDate: true, source: firstOctets }, uid).catch(passOver),
        )
        // Another client deleted the mail meanwhile.
        if (mail === false || mail.source === undefined) continue
        const mark = await take({ raw: mail.source, at: dateOf(mail.internalDate) })
        await asked(client.messageFlagsAdd([one], flagsOf(client, mark), { ...uid, silent: true }))
        taken += 1
      }
      return left
    },
    forget: async (before) => {
      const old = await found({ seen: true, keyword: reportKeyword, before })
      if (old.length > 0) await asked(client.messageDelete([...old], uid))
      return old.length
    },
  }
}

function flagsOf({ mailbox }: ImapFlow, mark: Mark): string[] {
  const keeps = mailbox !== false && mailbox.permanentFlags?.has('\\*') === true
  return [
    '\\Seen',
    ...(mark === 'report' && keeps ? [reportKeyword] : []),
    ...(mark === 'trouble' ? ['\\Flagged'] : []),
  ]
}

/** Falls back to the current time if the server gives none. */
const dateOf = (given: Date | string | undefined): Date => {
  const date = new Date(given ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? new Date() : date
}

const failure = z.object({
  code: z.string().optional().catch(undefined),
  authenticationFailed: z.boolean().optional().catch(undefined),
  responseStatus: z.string().optional().catch(undefined),
})

/** For a mail that the server refuses to hand out; rethrows connection errors. */
function passOver(error: unknown): false {
  if (failure.safeParse(error).data?.responseStatus !== undefined) return false
  throw error
}

async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    const {
      code = '',
      authenticationFailed = false,
      responseStatus = '',
    } = failure.safeParse(error).data ?? {}
    if (authenticationFailed)
      throw new MailboxUnread('sign_in', 'the server refused the sign-in of INBOUND_URL', error)
    if (responseStatus !== '')
      throw new MailboxUnread(
        'refused',
        'the server has no such mailbox, or lets nobody read or mark it',
        error,
      )
    if (/CERT|SIGNATURE|TLS|SSL|^EPROTO$/i.test(code))
      throw new MailboxUnread(
        code,
        'the server offers no encryption, or a certificate that is not trusted',
        error,
      )
    throw new MailboxUnread(code || 'broken', 'the server does not answer, or broke off', error)
  }
}
