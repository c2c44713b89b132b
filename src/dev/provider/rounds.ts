// adapter · a work queue with limited concurrency and delayed starts

export interface Rounds {
  /** Resolves when the work is done or will never start. */
  begin(work: () => Promise<void>, afterMs: number): Promise<void>
  /** Drops work that has not started; resolves when the rest is done. */
  close(): Promise<void>
}

interface Round {
  readonly work: () => Promise<void>
  readonly done: () => void
}

export function openRounds(mostAtOnce: number): Rounds {
  const queue = queueOf<Round>()
  const timers = new Map<NodeJS.Timeout, Round>()
  const underWay = new Set<Promise<void>>()
  let closed = false

  function pump(): void {
    while (underWay.size < mostAtOnce) {
      const round = queue.next()
      if (round === undefined) return
      const running = round.work().finally(() => {
        underWay.delete(running)
        round.done()
        pump()
      })
      underWay.add(running)
    }
  }

  function enqueue(round: Round): void {
    queue.add(round)
    pump()
  }

  function later(round: Round, afterMs: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      enqueue(round)
    }, afterMs)
    timers.set(timer, round)
  }

  return {
    begin: (work, afterMs) =>
      new Promise((done) => {
        if (closed) done()
        else if (afterMs > 0) later({ work, done }, afterMs)
        else enqueue({ work, done })
      }),
    async close() {
      closed = true
      for (const [timer, { done }] of timers) {
        clearTimeout(timer)
        done()
      }
      for (let round = queue.next(); round !== undefined; round = queue.next()) round.done()
      await Promise.all(underWay)
    },
  }
}

/** First in, first out, without shifting the array each time. */
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
  }
}
