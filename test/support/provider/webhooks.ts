// adapter · posts what happened to mail, signed, until it is taken or given up: twice, late, early or in the wrong order on demand
import { drawOf } from './courses.ts'
import { bodyOf, type Happening, happeningsOf } from './events.ts'
import type { AcceptedMail } from './record.ts'
import { signedHeaders } from './sign.ts'
import { type WebhookOptions, webhookShape } from './webhook-options.ts'

export interface WebhookStats {
  /** Messages that were to be posted, those drawn twice once. */
  messages: number
  attempts: number
  /** Attempts that were answered with 2xx. */
  taken: number
  /** Attempts that failed: another status, a redirect too, no answer in time, no connection. */
  failed: number
  duplicates: number
  /** Messages after their last attempt. */
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
  /** Resolves at once, or, when this request was drawn to tell early, after the first attempt at each of its events. */
  announce(mails: readonly AcceptedMail[]): Promise<void>
  /** One message more, as it may come days later. */
  tell(happening: Happening): void
  /** Resolves once nothing waits, not even for another attempt. */
  settled(): Promise<void>
  /** What waits is forgotten, what is under way is broken off. */
  close(): Promise<void>
}

/** Messages posted one after the other, in this order. */
interface Round {
  readonly messages: readonly Happening[]
  readonly attempt: number
  readonly done: () => void
}

/**
 * `now` is the clock of the provider; `isOver` and `onOver` are what outlives it: messages that were taken or given up are not
 * told again.
 */
export function openWebhooks(
  options: WebhookOptions,
  outside: {
    readonly now: () => number
    readonly stats: WebhookStats
    readonly isOver: (id: string) => boolean
    readonly onOver: (id: string) => void
  },
): Webhooks {
  const wanted = webhookShape.parse(options)
  const { stats } = outside
  const closing = new AbortController()
  const timers = new Set<NodeJS.Timeout>()
  const rounds = queueOf<Round>()
  const underWay = new Set<Promise<void>>()
  let waiting = 0
  let watchers: (() => void)[] = []

  function finish(messages: number): void {
    waiting -= messages
    if (waiting > 0) return
    for (const watcher of watchers) watcher()
    watchers = []
  }

  function enqueue(round: Round, afterMs: number): void {
    if (closing.signal.aborted) return
    const begin = (): void => {
      rounds.add(round)
      pump()
    }
    if (afterMs === 0) {
      begin()
      return
    }
    const timer = setTimeout(() => {
      timers.delete(timer)
      begin()
    }, afterMs)
    timers.add(timer)
  }

  function pump(): void {
    while (underWay.size < wanted.mostAtOnce && !closing.signal.aborted) {
      const round = rounds.next()
      if (round === undefined) return
      const running = run(round).finally(() => {
        underWay.delete(running)
        pump()
      })
      underWay.add(running)
    }
  }

  async function run({ messages, attempt, done }: Round): Promise<void> {
    for (const message of messages) {
      if (closing.signal.aborted) break
      const isTaken = await post(message)
      if (closing.signal.aborted && !isTaken) break
      settle(message, attempt, isTaken)
    }
    done()
  }

  function settle(message: Happening, attempt: number, isTaken: boolean): void {
    stats[isTaken ? 'taken' : 'failed'] += 1
    const restMs = isTaken ? undefined : wanted.retryMs[attempt]
    if (restMs !== undefined) {
      enqueue({ messages: [message], attempt: attempt + 1, done: () => {} }, restMs)
      return
    }
    if (!isTaken) stats.givenUp += 1
    outside.onOver(message.id)
    finish(1)
  }

  async function post(message: Happening): Promise<boolean> {
    const body = bodyOf(message)
    stats.attempts += 1
    try {
      const response = await fetch(wanted.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Svix-Webhooks/1.0 (local provider)',
          ...signedHeaders(wanted.secret, { id: message.id, at: outside.now(), body }),
        },
        body,
        // A redirect is a failure, not followed.
        redirect: 'manual',
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(wanted.timeoutMs)]),
      })
      await response.body?.cancel()
      return response.ok
    } catch {
      return false
    }
  }

  /** In the order in which they are posted, accidents included; those that wait already are too many for more. */
  function planOf(happenings: readonly Happening[]): readonly Happening[] {
    const chance = ({ recipient }: Happening, ...about: readonly string[]): number =>
      drawOf(wanted.seed, ...about, recipient)
    const [first] = happenings
    if (first === undefined) return []
    const ordered = chance(first, 'reorder') < wanted.reorder ? happenings.toReversed() : happenings
    const kept = ordered.filter((one) => chance(one, 'lost', one.type) >= wanted.lost)
    const twice = kept.filter((one) => chance(one, 'duplicate', one.type) < wanted.duplicate)
    stats.lost += ordered.length - kept.length
    stats.messages += kept.length
    stats.duplicates += twice.length
    return admit([...kept, ...twice])
  }

  function admit(messages: readonly Happening[]): readonly Happening[] {
    const admitted = messages.slice(0, Math.max(0, wanted.mostWaiting - waiting))
    stats.dropped += messages.length - admitted.length
    waiting += admitted.length
    return admitted
  }

  return {
    async announce(mails) {
      const plans = mails
        .flatMap(happeningsOf)
        .map((happenings) => planOf(happenings.filter(({ id }) => !outside.isOver(id))))
        .filter((messages) => messages.length > 0)
      const isEarly = drawOf(wanted.seed, 'early', mails[0]?.to[0] ?? '') < wanted.early
      const ends = plans.map(
        (messages) =>
          new Promise<void>((done) => {
            const spread = drawOf(wanted.seed, 'spread', messages[0]?.recipient ?? '') * wanted.spreadMs
            enqueue({ messages, attempt: 0, done }, isEarly ? 0 : spread)
          }),
      )
      if (isEarly) await Promise.all(ends)
    },
    tell(happening) {
      stats.messages += 1
      const messages = admit([happening])
      if (messages.length > 0) enqueue({ messages, attempt: 0, done: () => {} }, 0)
    },
    settled: () =>
      new Promise((resolve) => {
        if (waiting === 0) resolve()
        else watchers.push(resolve)
      }),
    async close() {
      closing.abort()
      for (const timer of timers) clearTimeout(timer)
      for (const { done } of rounds.all()) done()
      await Promise.all(underWay)
      finish(waiting)
    },
  }
}

/** First in, first out; taking the first of a long array moves all others. */
function queueOf<T>() {
  let items: T[] = []
  let first = 0
  return {
    add: (item: T) => void items.push(item),
    next(): T | undefined {
      const item = items[first]
      if (item !== undefined) first += 1
      if (first > 1000 && first * 2 > items.length) {
        items = items.slice(first)
        first = 0
      }
      return item
    },
    all(): readonly T[] {
      const rest = items.slice(first)
      items = []
      first = 0
      return rest
    },
  }
}
