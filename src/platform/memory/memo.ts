// pure · what this process remembers: bounded, for a time, and nothing that only a transaction sees
import { afterCommit, isInTransaction, poolOf } from '../database/after-commit.ts'
import type { Executor } from '../database/database.ts'
import { identityOf } from './identity.ts'
import { perObject } from './per-object.ts'
import { recent } from './recent.ts'

export interface MemoOptions<Value> {
  /** How many are kept; with `weightOf`, what they weigh together. The least recently used goes first. */
  readonly max: number
  readonly weightOf?: (value: Value) => number
  /** By the clock of the question. 0: not kept. */
  readonly lifetimeMs: number | ((value: Value) => number)
  /** A question that meets a load under way waits for that load: its answer may be older than the question. */
  readonly sharesLoads?: boolean
}

export interface MemoAt {
  /** What it is known of: the database; a transaction, of which nothing is kept; the world outside. */
  readonly of: object
  /** The time of the question. */
  readonly now: Date
}

export interface Memo<Key, Value> {
  /** The value as it is kept, else loaded. An error is not kept. */
  get(at: MemoAt, key: Key, load: () => Promise<Value>): Promise<Value>
  /** Of several keys, those that are not kept loaded together. A key that the load does not answer has no entry. */
  many(
    at: MemoAt,
    keys: readonly Key[],
    load: (missing: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
  ): Promise<ReadonlyMap<Key, Value>>
  /** As it is kept; undefined where it is not. */
  known(at: MemoAt, key: Key): Value | undefined
  keep(at: MemoAt, key: Key, value: Value): void
  /** After the commit: of one key, or of all. What was being loaded meanwhile is not kept either. */
  forget(db: Executor, key?: Key): void
}

interface Kept<Value> {
  readonly value: Value
  readonly at: number
  readonly lifetimeMs: number
}

interface Load<Key, Value> {
  readonly keys: readonly Key[]
  readonly answer: Promise<ReadonlyMap<Key, Value>>
  isStale: boolean
}

/**
 * A cache of one kind of thing, declared beside what loads it. Two deployments in one process share nothing; what a worker opens one
 * after the other shares what is kept, and no load: a request there may not wait for another's. A clock that was put back ends a
 * life as one that went on does.
 *
 * lru-cache was looked at: its clock is the machine's and its loads know no owner, and without those it is the map of recent.ts.
 */
export function memo<Key extends string | number, Value extends NonNullable<unknown> | null>(
  options: MemoOptions<Value>,
): Memo<Key, Value> {
  const { lifetimeMs, sharesLoads = false, weightOf = () => 1 } = options
  const keptOf = perObject((_: object) =>
    recent<Key, Kept<Value>>(options.max, ({ value }) => weightOf(value)),
  )
  const loadsOf = perObject((_: object) => new Set<Load<Key, Value>>())

  const known: Memo<Key, Value>['known'] = ({ of, now }, key) => {
    if (isInTransaction(of)) return undefined
    const kept = keptOf(identityOf(of)).get(key)
    return kept !== undefined && Math.abs(now.getTime() - kept.at) < kept.lifetimeMs ? kept.value : undefined
  }
  const keep: Memo<Key, Value>['keep'] = ({ of, now }, key, value) => {
    const life = typeof lifetimeMs === 'number' ? lifetimeMs : lifetimeMs(value)
    if (life > 0 && !isInTransaction(of))
      keptOf(identityOf(of)).set(key, { value, at: now.getTime(), lifetimeMs: life })
  }
  const begin = async (at: MemoAt, load: Load<Key, Value>): Promise<ReadonlyMap<Key, Value>> => {
    const loads = loadsOf(at.of).add(load)
    try {
      const values = await load.answer
      if (!load.isStale) for (const [key, value] of values) keep(at, key, value)
      return values
    } finally {
      loads.delete(load)
    }
  }
  const underWay = ({ of }: MemoAt, keys: readonly Key[]): Load<Key, Value> | undefined =>
    [...loadsOf(of)].find((load) => !load.isStale && keys.every((key) => load.keys.includes(key)))

  const many: Memo<Key, Value>['many'] = async (at, keys, load) => {
    const values = new Map<Key, Value>()
    for (const key of keys) {
      const value = known(at, key)
      if (value !== undefined) values.set(key, value)
    }
    const missing = keys.filter((key) => !values.has(key))
    if (missing.length === 0) return values
    const shared = sharesLoads && !isInTransaction(at.of) ? underWay(at, missing) : undefined
    const loaded = await (shared?.answer ??
      begin(at, { keys: missing, answer: load(missing), isStale: false }))
    return new Map(
      keys.flatMap((key) => {
        const value = values.has(key) ? values.get(key) : loaded.get(key)
        return value === undefined ? [] : [[key, value] as const]
      }),
    )
  }
  return {
    many,
    known,
    keep,
    async get(at, key, load) {
      const value = (await many(at, [key], async () => new Map([[key, await load()]]))).get(key)
      if (value === undefined) throw new Error('a load answered nothing')
      return value
    },
    forget: (db, key) =>
      afterCommit(db, () => {
        const kept = keptOf(identityOf(db))
        if (key === undefined) kept.clear()
        else kept.delete(key)
        for (const load of loadsOf(poolOf(db)))
          if (key === undefined || load.keys.includes(key)) load.isStale = true
      }),
  }
}
