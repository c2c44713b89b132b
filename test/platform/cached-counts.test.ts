// sql · counts of very many rows are kept for a moment; of few they are right to the last row
import { expect, it } from 'vitest'
import { cacheCounts } from '../../src/platform/database/cached-counts.ts'
import { openDatabase } from '../../src/platform/database/database.ts'

const at = (seconds: number): Date => new Date(Date.UTC(2026, 5, 1, 9, 0, seconds))

it('counts together what is not kept, keeps what is large for 15 seconds, and forgets what was added to', async () => {
  const { db, close } = openDatabase('postgres://nobody@127.0.0.1:1/none', { connections: 1 })
  const kept = cacheCounts<string, number>((count) => count > 10)
  const asked: string[] = []
  const there: Record<string, number> = { few: 3, many: 30, more: 300 }
  const look = (keys: readonly string[], now: Date) =>
    kept.of({ db, keys, now }, async (missing) => {
      asked.push(missing.join())
      return new Map(missing.flatMap((key) => (there[key] === undefined ? [] : [[key, there[key]] as const])))
    })
  const all = ['few', 'many', 'more', 'none']
  expect([...(await look(all, at(0)))]).toEqual([
    ['few', 3],
    ['many', 30],
    ['more', 300],
  ])
  Object.assign(there, { few: 4, many: 40, more: 400 })
  expect([...(await look(all, at(14))).values()]).toEqual([4, 30, 300])
  kept.forget(db, 'many')
  expect([...(await look(all, at(14))).values()]).toEqual([4, 40, 300])
  expect([...(await look(all, at(15))).values()]).toEqual([4, 40, 400])
  expect(asked).toEqual(['few,many,more,none', 'few,none', 'few,many,none', 'few,more,none'])
  await close()
})
