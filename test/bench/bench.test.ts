// shell · every bench that needs a crowd, run with a small one: it finishes, and its figures are plausible
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { benchConfirmations } from './confirmations.ts'
import { type Crowd, openCrowd } from './crowd.ts'
import { benchFreeze } from './freeze.ts'
import type { Ratio } from './measure.ts'
import { benchMemory } from './memory.ts'
import { benchPages } from './pages.ts'
import { benchSegments } from './segments.ts'
import { benchSend } from './send.ts'
import { benchSmtp } from './smtp.ts'

const people = 1500

let crowd: Crowd

beforeAll(async () => {
  crowd = await openCrowd()
})
afterAll(() => crowd.close())

const figuresOf = (ratios: readonly Ratio[]) =>
  ratios.map(({ name, ours, theirs, ratio }) => ({
    name,
    areFigures: [ours, theirs, ratio].every((figure) => Number.isFinite(figure) && figure > 0),
  }))

const sound = (count: number) =>
  Array.from({ length: count }, () => expect.objectContaining({ areFigures: true }))

describe('a bench at a small size', { timeout: 120_000 }, () => {
  it('freezes with the gate, without it and into a bare table, the same people each time', async () => {
    expect(figuresOf(await benchFreeze(crowd, { people, rounds: 1 }))).toEqual(sound(2))
  })

  it('opens a second page where the four hundredth would be', async () => {
    expect(figuresOf(await benchPages(crowd, { people, rounds: 1, page: 2 }))).toEqual(sound(3))
  })

  it('counts segments that name a few in a hundred, now and when there are more people', async () => {
    expect(figuresOf(await benchSegments(crowd, { sizes: [people, 2 * people], rounds: 1 }))).toEqual(
      sound(20),
    )
  })

  it('sends beside bare loops, and reads the write-ahead log', async () => {
    const figures = figuresOf(await benchSend({ people: 400, rounds: 1 }))
    // PostgreSQL may take less than a tick for so few.
    expect(figures.filter(({ name }) => !name.includes('processor'))).toEqual(sound(4))
  })

  it('sends by SMTP beside a bare loop', async () => {
    expect(figuresOf(await benchSmtp({ people: 400, rounds: 1 }))).toEqual(sound(1))
  })

  it('asks for confirmations beside a bare loop', async () => {
    expect(figuresOf(await benchConfirmations({ people: 200, rounds: 1 }))).toEqual(sound(3))
  })

  it('sends with a process of its own, and reads its memory', async () => {
    expect(figuresOf(await benchMemory(crowd, { people: 3000 }))).toEqual([
      expect.objectContaining({ areFigures: true }),
      expect.objectContaining({ name: expect.stringContaining('last quarter') }),
    ])
  })
})
