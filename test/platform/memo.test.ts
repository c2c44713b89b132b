// adapter · what a process remembers of its database: bounded, for a time, loaded once, and never what failed
import { afterEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/platform/database/database.ts'
import { cacheCounts } from '../../src/platform/memory/cached-counts.ts'
import { identify } from '../../src/platform/memory/identity.ts'
import { type MemoOptions, memo } from '../../src/platform/memory/memo.ts'
import { recent } from '../../src/platform/memory/recent.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

/** No server is needed to be remembered by. */
function aDatabase(): Database {
  const { db, close } = openDatabase('postgres://nobody@127.0.0.1:1/none', { connections: 1 })
  opened.push(close)
  return db
}

const at = (seconds: number): Date => new Date(Date.UTC(2026, 5, 1, 9, 0, seconds))

/** A memo over a place where everything is found, with what was looked up there. */
function remembering(options: Partial<MemoOptions<string>> = {}) {
  const kept = memo<string, string>({ max: 10, lifetimeMs: 15_000, ...options })
  const asked: string[] = []
  return {
    kept,
    asked,
    look: (db: Database, key: string, now = at(0)) =>
      kept.get({ of: db, now }, key, async () => {
        asked.push(key)
        return `${key} at ${now.getUTCSeconds()}`
      }),
  }
}

/** A load that ends when the test says so. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  return { load: () => promise, resolve, reject }
}

describe('what was loaded', () => {
  it('is kept for its life, by the clock of who asks, whichever way that clock is moved', async () => {
    const { look } = remembering()
    const db = aDatabase()
    expect(await look(db, 'a', at(20))).toBe('a at 20')
    expect(await look(db, 'a', at(34))).toBe('a at 20')
    expect(await look(db, 'a', at(35))).toBe('a at 35')
    expect(await look(db, 'a', at(20))).toBe('a at 20')
  })

  it('may have a life of its own, and none at all', async () => {
    const { look, asked } = remembering({ lifetimeMs: (value) => (value.startsWith('long') ? 60_000 : 0) })
    const db = aDatabase()
    for (const key of ['long', 'short', 'long', 'short']) await look(db, key)
    expect(asked).toEqual(['long', 'short', 'short'])
  })

  it("is one deployment's own, and of all that were opened for it", async () => {
    const { look, asked } = remembering()
    const [first, next, other] = [aDatabase(), aDatabase(), aDatabase()]
    const deployment = {}
    for (const db of [first, next]) identify(db, deployment)
    for (const db of [first, next, other]) await look(db, 'a')
    expect(asked).toEqual(['a', 'a'])
  })

  it('may be that there is nothing', async () => {
    const kept = memo<string, null>({ max: 1, lifetimeMs: 1000 })
    const db = aDatabase()
    let loads = 0
    const load = async (): Promise<null> => {
      loads += 1
      return null
    }
    expect([
      await kept.get({ of: db, now: at(0) }, 'a', load),
      await kept.get({ of: db, now: at(0) }, 'a', load),
    ]).toEqual([null, null])
    expect(loads).toBe(1)
  })

  it('is not kept where it failed: the next question is asked', async () => {
    const { kept } = remembering({ sharesLoads: true })
    const about = { of: aDatabase(), now: at(0) }
    const broken = held()
    const answers = [kept.get(about, 'a', broken.load), kept.get(about, 'a', broken.load)]
    broken.reject(new Error('no answer'))
    for (const { status } of await Promise.allSettled(answers)) expect(status).toBe('rejected')
    expect(await kept.get(about, 'a', async () => 'there')).toBe('there')
    expect(await kept.get(about, 'a', broken.load)).toBe('there')
  })

  it('goes by number where there is no more room, the least recently used first', async () => {
    const { look, asked } = remembering({ max: 2 })
    const db = aDatabase()
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await look(db, key)
    expect(asked).toEqual(['a', 'b', 'c', 'b'])
  })
})

describe('a bounded map', () => {
  it('goes by weight, and keeps the newest whatever it weighs', () => {
    const map = recent<string, number>(10, (weight) => weight)
    map.set('a', 4)
    map.set('b', 5)
    map.set('b', 6)
    expect([map.get('a'), map.get('b')]).toEqual([4, 6])
    map.set('c', 3)
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([undefined, 6, 3])
    map.set('d', 30)
    expect([map.get('b'), map.get('c'), map.get('d')]).toEqual([undefined, undefined, 30])
    map.delete('d')
    map.set('e', 10)
    map.clear()
    map.set('f', 10)
    expect([map.get('e'), map.get('f')]).toEqual([undefined, 10])
  })
})

describe('questions that come while a value is loaded', () => {
  it('wait for that load, where the memo shares it', async () => {
    const { kept, look, asked } = remembering({ sharesLoads: true })
    const db = aDatabase()
    const first = held()
    const answers = [kept.get({ of: db, now: at(0) }, 'a', first.load), look(db, 'a'), look(db, 'b')]
    first.resolve('loaded once')
    expect(await Promise.all(answers)).toEqual(['loaded once', 'loaded once', 'b at 0'])
    expect(asked).toEqual(['b'])
  })

  it('are each asked, where it does not: a count is right to the last row', async () => {
    const { look, asked } = remembering()
    const db = aDatabase()
    await Promise.all([look(db, 'a'), look(db, 'a')])
    expect(asked).toEqual(['a', 'a'])
  })

  it('never wait for another event of a worker: its connection ends with it', async () => {
    const { kept, look } = remembering({ sharesLoads: true })
    const [event, next] = [aDatabase(), aDatabase()]
    const deployment = {}
    for (const db of [event, next]) identify(db, deployment)
    const cut = held()
    const never = kept.get({ of: event, now: at(0) }, 'a', cut.load)
    const answer = look(next, 'a')
    cut.resolve('late')
    expect(await Promise.all([answer, never])).toEqual(['a at 0', 'late'])
  })
})

describe('what is forgotten', () => {
  it('is loaded anew, by the next question', async () => {
    const { kept, look, asked } = remembering()
    const db = aDatabase()
    await look(db, 'a')
    await look(db, 'b')
    kept.forget(db, 'a')
    await look(db, 'a')
    await look(db, 'b')
    kept.forget(db)
    await look(db, 'b')
    expect(asked).toEqual(['a', 'b', 'a', 'b'])
  })

  it('is not kept by a load that was begun before, nor shared with who asks afterwards', async () => {
    const { kept, look } = remembering({ sharesLoads: true })
    const db = aDatabase()
    const old = held()
    const before = kept.get({ of: db, now: at(0) }, 'a', old.load)
    kept.forget(db, 'a')
    const after = look(db, 'a')
    old.resolve('old')
    expect(await Promise.all([before, after])).toEqual(['old', 'a at 0'])
    const older = held()
    const meanwhile = kept.get({ of: db, now: at(20) }, 'a', older.load)
    kept.forget(db, 'a')
    older.resolve('older')
    await meanwhile
    expect(await look(db, 'a', at(20))).toBe('a at 20')
  })
})

it('counts together what is not kept, keeps what is large for 15 seconds, and forgets what was added to', async () => {
  const db = aDatabase()
  const kept = cacheCounts<string, { people: number }>(({ people }) => people > 10)
  const asked: string[] = []
  const there: Record<string, number> = { few: 3, many: 30, more: 300 }
  const look = async (now: Date): Promise<readonly (readonly [string, number])[]> => {
    const counts = await kept.many({ of: db, now }, ['few', 'many', 'more', 'none'], async (missing) => {
      asked.push(missing.join())
      return new Map(
        missing.flatMap((key) => (there[key] === undefined ? [] : [[key, { people: there[key] }] as const])),
      )
    })
    return Array.from(counts, ([key, { people }]) => [key, people])
  }
  const counted = (few: number, many: number, more: number) => Object.entries({ few, many, more })
  expect(await look(at(0))).toEqual(counted(3, 30, 300))
  Object.assign(there, { few: 4, many: 40, more: 400 })
  expect(await look(at(14))).toEqual(counted(4, 30, 300))
  kept.forget(db, 'many')
  expect(await look(at(14))).toEqual(counted(4, 40, 300))
  expect(await look(at(15))).toEqual(counted(4, 40, 400))
  expect(asked).toEqual(['few,many,more,none', 'few,none', 'few,many,none', 'few,more,none'])
})
