// sql · counts of very many rows, kept for a moment: however often they are looked at, they are counted now and then

import { identityOf } from '../identity.ts'
import type { Executor } from './database.ts'

const keptMs = 15_000
const maxKept = 1000

interface Kept<Counts> {
  readonly until: number
  readonly counts: Counts
}

/**
 * A memory of this process. What is not `large` is counted each time: it is quick, and right to the last row. Counting a
 * million rows took 40 ms to 1.3 s each time a page was opened.
 */
export function cacheCounts<Key extends string | number, Counts>(isLarge: (counts: Counts) => boolean) {
  const memories = new WeakMap<object, Map<Key, Kept<Counts>>>()
  const memoryOf = (db: Executor): Map<Key, Kept<Counts>> => {
    const memory = memories.get(identityOf(db)) ?? new Map<Key, Kept<Counts>>()
    memories.set(identityOf(db), memory)
    if (memory.size > maxKept) memory.clear()
    return memory
  }
  return {
    /** Of these keys, those that are not kept counted together. A key of which nothing is there has no entry. */
    async of(
      { db, keys, now }: { db: Executor; keys: readonly Key[]; now: Date },
      count: (missing: readonly Key[]) => Promise<ReadonlyMap<Key, Counts>>,
    ): Promise<ReadonlyMap<Key, Counts>> {
      const memory = memoryOf(db)
      const missing = keys.filter((key) => (memory.get(key)?.until ?? 0) <= now.getTime())
      const fresh = missing.length === 0 ? new Map<Key, Counts>() : await count(missing)
      const until = now.getTime() + keptMs
      for (const [key, counts] of fresh) if (isLarge(counts)) memory.set(key, { until, counts })
      return new Map(
        keys.flatMap((key) => {
          const counts = missing.includes(key) ? fresh.get(key) : memory.get(key)?.counts
          return counts === undefined ? [] : [[key, counts] as const]
        }),
      )
    },
    /** Something was added in this process: the next reader here sees it. */
    forget: (db: Executor, key: Key): void => void memories.get(identityOf(db))?.delete(key),
  }
}
