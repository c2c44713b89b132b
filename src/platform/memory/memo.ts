// pure · a cache in this process: bounded, with a lifetime, and blind to open transactions
import { afterCommit, isInTransaction, poolOf } from '../database/after-commit.ts'
import type { Executor } from '../database/database.ts'
import { identityOf } from './identity.ts'
import { perObject } from './per-object.ts'
import { recent } from './recent.ts'

export interface MemoOptions<Value> {
  /** Maximum entries; with `weightOf`, maximum total weight. The least recently used entry is evicted first. */
  readonly max: number
  readonly weightOf?: (value: Value) => number
  /** By `now` of the call. 0: not cached. */
  readonly lifetimeMs: number | ((value: Value) => number)
  /** A call that meets a running load shares it: the value may be older than the call. */
  readonly sharesLoads?: boolean
}

export interface MemoAt {
  /** The owner of the entries: the database, a transaction (nothing is cached), or the outside. */
  readonly of: object
  /** The time of the call. */
  readonly now: Date
}

export interface Memo<Key, Value> {
  /** Returns the cached value, or loads it. Errors are not cached. */
  get(at: MemoAt, key: Key, load: () => Promise<Value>): Promise<Value>
  /** Loads all missing keys together. A key that the load does not return has no entry. */
  many(
    at: MemoAt,
    keys: readonly Key[],
    load: (missing: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
  ): Promise<ReadonlyMap<Key, Value>>
  /** The cached value, or undefined. */
  known(at: MemoAt, key: Key): Value | undefined
  keep(at: MemoAt, key: Key, value: Value): void
  /** Drops one key or all, after the commit. A load in progress is then not cached either. */
  forget(db: Executor, key?: Key): void
}

interface Entry<Value> {
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
 * A cache of one kind of value, declared beside its loader. Two deployments in one process share nothing. Database handles
 * that a worker opens one after the other share entries but no loads: a request there must not wait for another's. A clock
 * set back expires an entry like a clock that moved on.
 *
 * lru-cache was considered: its clock is the machine's and its loads have no owner; without those, lru-cache adds nothing to
 * recent.ts.
 */
export function memo<Key extends string | number, Value extends NonNullable<unknown> | null>(
  options: MemoOptions<Value>,
): Memo<Key, Value> {
  const { lifetimeMs, sharesLoads = false, weightOf = () => 1 } = options
  const entriesOf = perObject((_: object) =>
    recent<Key, Entry<Value>>(options.max, ({ value }) => weightOf(value)),
  )
  const loadsOf = perObject((_: object) => new Set<Load<Key, Value>>())

  const known: Memo<Key, Value>['known'] = ({ of, now }, key) => {
    if (isInTransaction(of)) return undefined
    const entry = entriesOf(identityOf(of)).get(key)
    return entry !== undefined && Math.abs(now.getTime() - entry.at) < entry.lifetimeMs
      ? entry.value
      : undefined
  }
  const keep: Memo<Key, Value>['keep'] = ({ of, now }, key, value) => {
    const life = typeof lifetimeMs === 'number' ? lifetimeMs : lifetimeMs(value)
    if (life > 0 && !isInTransaction(of))
      entriesOf(identityOf(of)).set(key, { value, at: now.getTime(), lifetimeMs: life })
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
        const entries = entriesOf(identityOf(db))
        if (key === undefined) entries.clear()
        else entries.delete(key)
        for (const load of loadsOf(poolOf(db)))
          if (key === undefined || load.keys.includes(key)) load.isStale = true
      }),
  }
}
