// adapter · signed webhooks, posted until accepted or given up; on demand twice, late, early or out of order
import { setMaxListeners } from 'node:events'
import type * as z from 'zod'
import { isEarly, planOf } from './accidents.ts'
import { bodyOf, type Happening, happeningsOf } from './events.ts'
import type { AcceptedMail } from './record.ts'
import { openRounds } from './rounds.ts'
import { signedHeaders } from './sign.ts'
import { type WebhookOptions, webhookShape } from './webhook-options.ts'

export interface WebhookStats {
  /** Duplicates not counted. */
  messages: number
  attempts: number
  /** Answered with 2xx. */
  taken: number
  /** Another status, a redirect, a timeout, no connection. */
  failed: number
  duplicates: number
  /** Messages whose last attempt failed. */
  givenUp: number
  lost: number
  dropped: number
}

export const noWebhookStats = (): WebhookStats => ({
  messages: 0,
  attempts: 0,
  taken: 0,
  failed: 0,
  duplicates: 0,
  givenUp: 0,
  lost: 0,
  dropped: 0,
})

export interface Webhooks {
  /** Resolves at once, or, if drawn as early, after the first attempt at each event. */
  announce(mails: readonly AcceptedMail[]): Promise<void>
  /** One extra message, such as an event days later. */
  tell(happening: Happening): void
  /** Once no message waits, not even for another attempt. */
  settled(): Promise<void>
  /** Drops waiting messages and aborts attempts under way. */
  close(): Promise<void>
}

/** State that outlives these webhooks. */
interface Outside {
  readonly now: () => number
  readonly stats: WebhookStats
  /** Accepted or given up messages are not posted again. */
  readonly isOver: (id: string) => boolean
  readonly onOver: (id: string) => void
}

/** Throws if the options are invalid. */
export function openWebhooks(options: WebhookOptions, outside: Outside): Webhooks {
  const wanted = webhookShape.parse(options)
  const { stats } = outside
  const closing = new AbortController()
  setMaxListeners(wanted.mostAtOnce, closing.signal)
  const rounds = openRounds(wanted.mostAtOnce)
  const waiting = countOf()

  /** One after another, whatever the outcome of each. */
  const round = (messages: readonly Happening[], attempt: number, afterMs: number): Promise<void> =>
    rounds.begin(async () => {
      for (const message of messages) await attemptAt(message, attempt)
    }, afterMs)

  async function attemptAt(message: Happening, attempt: number): Promise<void> {
    if (closing.signal.aborted) return
    stats.attempts += 1
    const isTaken = await post(wanted, message, outside.now(), closing.signal)
    if (closing.signal.aborted && !isTaken) return
    stats[isTaken ? 'taken' : 'failed'] += 1
    const restMs = isTaken ? undefined : wanted.retryMs[attempt]
    if (restMs !== undefined) {
      void round([message], attempt + 1, restMs)
      return
    }
    if (!isTaken) stats.givenUp += 1
    outside.onOver(message.id)
    waiting.add(-1)
  }

  /** As many as may wait; drops the rest. */
  function admit(messages: readonly Happening[]): readonly Happening[] {
    const admitted = messages.slice(0, Math.max(0, wanted.mostWaiting - waiting.now()))
    stats.dropped += messages.length - admitted.length
    waiting.add(admitted.length)
    return admitted
  }

  return {
    async announce(mails) {
      const early = isEarly(wanted, mails)
      const ends = mails.flatMap(happeningsOf).map((happenings) => {
        const untold = happenings.filter(({ id }) => !outside.isOver(id))
        const { messages, lost, duplicates, afterMs } = planOf(wanted, untold)
        stats.messages += messages.length - duplicates
        stats.duplicates += duplicates
        stats.lost += lost
        return messages.length > 0 && round(admit(messages), 0, early ? 0 : afterMs)
      })
      if (early) await Promise.all(ends)
    },
    tell(happening) {
      stats.messages += 1
      void round(admit([happening]), 0, 0)
    },
    settled: waiting.none,
    async close() {
      closing.abort()
      await rounds.close()
      waiting.add(-waiting.now())
    },
  }
}

/** Whether the receiver answered with 2xx in time. Redirects are failures. */
async function post(
  { url, secret, timeoutMs }: Pick<z.output<typeof webhookShape>, 'url' | 'secret' | 'timeoutMs'>,
  message: Happening,
  at: number,
  signal: AbortSignal,
): Promise<boolean> {
  const body = bodyOf(message)
  // Not AbortSignal.any: each of a million attempts would stay referenced by the long-lived signal.
  const attempt = new AbortController()
  const abort = (): void => attempt.abort()
  const timer = setTimeout(abort, timeoutMs)
  signal.addEventListener('abort', abort)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Svix-Webhooks/1.0 (local provider)',
        ...signedHeaders(secret, { id: message.id, at, body }),
      },
      body,
      redirect: 'manual',
      signal: attempt.signal,
    })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

/** A counter; `none` resolves when the count is zero. */
function countOf() {
  let count = 0
  let watchers: (() => void)[] = []
  return {
    now: () => count,
    add(more: number) {
      count += more
      if (count > 0) return
      for (const watcher of watchers) watcher()
      watchers = []
    },
    none: () =>
      new Promise<void>((resolve) => {
        if (count === 0) resolve()
        else watchers.push(resolve)
      }),
  }
}
