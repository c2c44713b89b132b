// entry · incoming mail on Node, by mailbox or pipe: read, processed, and only then marked as done
import { setTimeout as sleep } from 'node:timers/promises'
import { type Arrival, type BounceMailResult, handleBounceMail } from '../feedback/handle-bounce-mail.ts'
import { MailboxUnread, type Mark, visitMailbox } from '../mail/inbound/imap.ts'
import { readReceived } from '../mail/inbound/parse-mail.ts'
import type { Deps } from '../platform/deps.ts'
import { describeError, isTransient } from '../platform/failures.ts'
import type { ImapServer } from '../platform/mail-urls.ts'
import { whyHeld } from '../throttle/restored-copy.ts'

/** `unreadable`: the mail cannot be parsed. */
export type InboundHearing = BounceMailResult | 'unreadable'

/** Committed when the promise resolves. */
export async function takeMail(deps: Deps, raw: Uint8Array, arrival: Arrival): Promise<InboundHearing> {
  const mail = await readReceived(raw)
  const hearing = mail === null ? 'unreadable' : await handleBounceMail(deps, mail, arrival)
  deps.log.debug('inbound.heard', { hearing, bytes: raw.length })
  return hearing
}

/** Certainly about mails of ours, so they may be deleted. Any other mail may be somebody's. */
const reports: ReadonlySet<InboundHearing> = new Set(['taken', 'repeated', 'nothing'])

const maxPage = 50
/** Raw reports contain addresses, so they are not kept longer. */
const keptDays = 30
const everyMs = 60_000
const longestRestMs = 15 * 60_000

/**
 * Returns whether there is more. A mail processed but not yet marked when the process is killed is processed again, which counts
 * once. A restored copy leaves the mailbox alone, or the original would miss what the copy marked.
 */
export async function readMailboxPage(deps: Deps, server: ImapServer, stop?: AbortSignal): Promise<boolean> {
  if ((await whyHeld(deps.db)) === 'copied') return false
  const counts: Partial<Record<InboundHearing | 'failed', number>> = {}
  const take = async (raw: Uint8Array, at: Date): Promise<Mark> => {
    const hearing = await hearOrTell(deps, raw, at)
    counts[hearing] = (counts[hearing] ?? 0) + 1
    if (hearing === 'failed') return 'trouble'
    return reports.has(hearing) ? 'report' : 'other'
  }
  const before = new Date(deps.clock().getTime() - keptDays * 86_400_000)
  const left = await visitMailbox(
    server,
    async (visit) => {
      const unseen = await visit.each(maxPage, ({ raw, at }) => take(raw, at))
      const forgotten = await visit.forget(before)
      if (forgotten > 0 || Object.keys(counts).length > 0)
        deps.log.info('inbound.read', { ...counts, forgotten })
      return unseen
    },
    stop,
  )
  return left > 0
}

/** An unprocessable mail does not block those behind it; a transient error does, and is retried. */
async function hearOrTell(deps: Deps, raw: Uint8Array, at: Date): Promise<InboundHearing | 'failed'> {
  try {
    return await takeMail(deps, raw, { recipients: [], at })
  } catch (error) {
    if (isTransient(error)) throw error
    deps.log.error('inbound.failed', describeError(error))
    return 'failed'
  }
}

export interface InboundLoop {
  /** Waits for the mail that is being processed. */
  stop(): Promise<void>
}

/** Every minute. After an error the pause doubles each time, up to a quarter of an hour. */
export function startInbound(deps: Deps, server: ImapServer): InboundLoop {
  const stopping = new AbortController()
  const run = async (): Promise<void> => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      let restMs = everyMs
      try {
        if (await readMailboxPage(deps, server, stopping.signal)) restMs = 0
        if (failures > 0) deps.log.info('inbound.back', { failures })
        failures = 0
      } catch (error) {
        if (stopping.signal.aborted) return
        restMs = Math.min(everyMs * 2 ** failures, longestRestMs)
        failures += 1
        tell(deps, error, restMs)
      }
      await sleep(restMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

function tell({ log }: Deps, error: unknown, restMs: number): void {
  const seconds = restMs / 1000
  if (error instanceof MailboxUnread)
    log.error('inbound.unread', { code: error.code, problem: error.message, retry_after_seconds: seconds })
  else log.error('inbound.failed', { ...describeError(error), retry_after_seconds: seconds })
}
