// adapter · a mailbox read by IMAP: what is unseen, in pages, each mail marked when it has been dealt with. Node only. RFC 9051
import { ImapFlow } from 'imapflow'
import * as z from 'zod'
import type { ImapServer } from '../../platform/mail-urls.ts'
import { maxRead } from './parse-mail.ts'

/** A mail as it lies there, its first quarter of a million octets. */
export interface MailboxedMail {
  readonly raw: Uint8Array
  /** When the mailbox got it. */
  readonly at: Date
}

/**
 * What is put on a mail that was dealt with: `report` may go after its time; `other` is somebody's mail, and stays; `trouble`
 * has a flag for a person to see.
 */
export type Mark = 'report' | 'other' | 'trouble'

export interface Visit {
  /**
   * Hands over at most `most` unseen mails, oldest first, one by one; answers how many were left over. One that the server does
   * not hand out is passed over, and stays unseen.
   */
  each(most: number, take: (mail: MailboxedMail) => Promise<Mark>): Promise<number>
  /** Deletes reports that came before that day; answers how many. */
  forget(before: Date): Promise<number>
}

/** A keyword of our own: nothing that somebody else has read or put there is ever deleted. */
const reportKeyword = '$AssentReport'
const firstOctets = { start: 0, maxLength: maxRead }
const connectMs = 10_000
const silenceMs = 30_000

/** Why the mailbox could not be read, as a code for the log and a sentence for the operator. Never what the server said. */
export class MailboxUnread extends Error {
  readonly code: string

  constructor(code: string, sentence: string, cause: unknown) {
    super(sentence, { cause })
    this.name = 'MailboxUnread'
    this.code = code
  }
}

/**
 * Signs in, opens the mailbox, does what is asked, and leaves. What `take` throws comes out untouched; any trouble with the
 * server is a MailboxUnread. `stop` breaks the connection off: what was not marked is unseen next time.
 */
export async function visitMailbox<T>(
  server: ImapServer,
  act: (visit: Visit) => Promise<T>,
  stop?: AbortSignal,
): Promise<T> {
  const client = clientOf(server)
  // For as long as it lives: an error that nobody hears ends the process.
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
        // Somebody else deleted it meanwhile.
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

/** A server that gives no time gets one that changes nothing. */
const dateOf = (given: Date | string | undefined): Date => {
  const date = new Date(given ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? new Date() : date
}

const failure = z.object({
  code: z.string().optional().catch(undefined),
  authenticationFailed: z.boolean().optional().catch(undefined),
  responseStatus: z.string().optional().catch(undefined),
})

/** The server said no to this one, and lives. */
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
