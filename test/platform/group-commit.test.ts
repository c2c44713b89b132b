// shell · group commit: concurrent writes share a transaction, and a failing write affects no other
import { describe, expect, it } from 'vitest'
import { batchWrites } from '../../src/platform/database/group-commit.ts'

/** Groups passed to the writer; each waits until the test ends it. */
function slowWriter() {
  const groups: { readonly members: readonly string[]; readonly end: (error?: unknown) => void }[] = []
  const write = (members: readonly string[]): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      groups.push({ members, end: (error) => (error === undefined ? resolve(members) : reject(error)) })
    })
  return { groups, write, members: () => groups.map(({ members }) => members.join(' ')) }
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))
const ways = { maxGroups: 1, maxMembers: 3, patienceMs: 60_000 }
const fault = (code: string): Error => Object.assign(new Error('no'), { code })

describe('a write while no group is under way', () => {
  it('starts in the same tick, with the other writes of that tick', async () => {
    const { write, members } = slowWriter()
    const add = batchWrites(write, ways)
    for (const one of ['anna', 'bartek']) void add(one)
    await new Promise((resolve) => setImmediate(resolve))
    expect(members()).toEqual(['anna bartek'])
  })
})

describe('writes while a group is under way', () => {
  it('wait, and form groups of limited size', async () => {
    const { groups, write, members } = slowWriter()
    const add = batchWrites(write, ways)
    void add('anna')
    await turn()
    for (const one of ['bartek', 'celina', 'darek', 'ewa']) void add(one)
    await turn()
    expect(members()).toEqual(['anna'])
    groups[0]?.end()
    await turn()
    groups[1]?.end()
    await turn()
    expect(members()).toEqual(['anna', 'bartek celina darek', 'ewa'])
  })

  it('wait for as many groups as may be under way', async () => {
    const { write, members } = slowWriter()
    const add = batchWrites(write, { ...ways, maxGroups: 2 })
    for (const one of ['anna', 'bartek', 'celina']) {
      void add(one)
      await turn()
    }
    expect(members()).toEqual(['anna', 'bartek'])
  })

  it('wait no longer than the time limit', async () => {
    const { write, members } = slowWriter()
    const add = batchWrites(write, { ...ways, patienceMs: 40 })
    void add('anna')
    await turn()
    void add('bartek')
    await turn()
    expect(members()).toEqual(['anna'])
    await new Promise((resolve) => setTimeout(resolve, 80))
    expect(members()).toEqual(['anna', 'bartek'])
  })

  it('are done when their own group is, and not before', async () => {
    const { groups, write } = slowWriter()
    const add = batchWrites(write, ways)
    const done: string[] = []
    for (const one of ['anna', 'bartek', 'celina', 'darek']) void add(one).then(() => done.push(one))
    await turn()
    expect(done).toEqual([])
    groups[0]?.end()
    await turn()
    expect(done).toEqual(['anna', 'bartek', 'celina'])
    groups[1]?.end()
    await turn()
    expect(done).toEqual(['anna', 'bartek', 'celina', 'darek'])
  })
})

describe('a group that is written', () => {
  it('gives each write its own result', async () => {
    const add = batchWrites(async (group: readonly string[]) => group.map((one) => one.toUpperCase()), ways)
    expect(await Promise.all(['anna', 'bartek', 'celina', 'darek'].map(add))).toEqual([
      'ANNA',
      'BARTEK',
      'CELINA',
      'DAREK',
    ])
  })
})

describe('a group that is not written', () => {
  it('is written one by one after a data error: only the bad write fails', async () => {
    const written: string[] = []
    const add = batchWrites(async (group: readonly string[]) => {
      if (group.includes('bad')) throw fault('23514')
      written.push(group.join(' '))
      return group
    }, ways)
    const ends = await Promise.allSettled(['anna', 'bad', 'bartek', 'celina'].map(add))
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(written).toEqual(['anna', 'bartek', 'celina'])
  })

  it('fails as a whole after a lost connection: it may have been written, so it is not tried again', async () => {
    let tries = 0
    const add = batchWrites(async (group: readonly string[]) => {
      tries += 1
      if (tries === 1) throw fault('CONNECTION_CLOSED')
      return group
    }, ways)
    const ends = await Promise.allSettled(['anna', 'bartek', 'celina', 'darek'].map(add))
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled'])
    expect(tries).toBe(2)
  })
})
