// pure · how much a process does at once: in the order of arrival, within its room, and nobody waits for the dead
import { describe, expect, it } from 'vitest'
import { type Semaphore, type SemaphoreOptions, semaphore } from '../../src/platform/semaphore.ts'

const time = { at: 0 }
const clock = (): Date => new Date(time.at)

/** An act that says when it begins, and ends when the test says so. */
function act(enter: Semaphore, weight: number) {
  const { promise: end, resolve } = Promise.withResolvers<string>()
  const state = { hasBegun: false }
  const done = enter({ weight, clock }, () => {
    state.hasBegun = true
    return end
  })
  return { state, done, end: () => resolve('done') }
}

const opened = (options: Partial<SemaphoreOptions> = {}): Semaphore =>
  semaphore({ room: 10, forgottenMs: 30_000, ...options })

const begun = (acts: readonly ReturnType<typeof act>[]): readonly boolean[] =>
  acts.map(({ state }) => state.hasBegun)
const until = (acts: readonly ReturnType<typeof act>[], expected: readonly boolean[]): Promise<void> =>
  expect.poll(() => begun(acts), { interval: 1, timeout: 10_000 }).toEqual(expected)

describe('a semaphore', () => {
  it('lets in as many as have room together, and the next when one has left', async () => {
    const enter = opened()
    const acts = [act(enter, 4), act(enter, 6), act(enter, 1)]
    await until(acts, [true, true, false])
    acts[1]?.end()
    await until(acts, [true, true, true])
    for (const { end } of acts) end()
    expect(await Promise.all(acts.map(({ done }) => done))).toEqual(['done', 'done', 'done'])
  })

  it('keeps the order: a light one does not pass a heavy one that waits', async () => {
    const enter = opened()
    const acts = [act(enter, 8), act(enter, 9), act(enter, 1)]
    await until(acts, [true, false, false])
    acts[0]?.end()
    await until(acts, [true, true, true])
    for (const { end } of acts) end()
  })

  it('lets in one that is heavier than the room, alone', async () => {
    const enter = opened()
    const acts = [act(enter, 30), act(enter, 1)]
    await until(acts, [true, false])
    acts[0]?.end()
    await until(acts, [true, true])
    acts[1]?.end()
  })

  it('turns away whoever finds all places taken, in line as at work', async () => {
    const enter = opened({ room: 1, full: { places: 2, error: () => new Error('full') } })
    const acts = [act(enter, 1), act(enter, 1)]
    await expect(act(enter, 1).done).rejects.toThrow('full')
    for (const { end } of acts) end()
    await Promise.all(acts.map(({ done }) => done))
    const next = act(enter, 1)
    next.end()
    expect(await next.done).toBe('done')
  })

  it('gives back the place of an act that failed', async () => {
    const enter = opened({ room: 1 })
    const failing = enter({ weight: 1, clock }, () => Promise.reject(new Error('failed')))
    const next = act(enter, 1)
    await expect(failing).rejects.toThrow('failed')
    await until([next], [true])
    next.end()
  })

  it('forgets a place after a while: its request may have been dropped with all it waited for', async () => {
    const enter = opened({ room: 1 })
    const dropped = act(enter, 1)
    const next = act(enter, 1)
    await until([dropped, next], [true, false])
    time.at += 30_001
    await until([next], [true])
    for (const { end } of [dropped, next]) end()
  })
})
