// pure · the arithmetic of unanswered attempts: who certainly has a mail, who certainly has none, who may have it. I4
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accepted, type BatchAccount, conflicted, lost, type Skip } from '../../src/delivery/attempt.ts'

const left = (...who: readonly number[]): readonly Skip[] => who.map((one) => [one, 'withdrawn'])

describe('a batch that the provider accepted', () => {
  it.each([
    ['nobody left, nobody refused', [], [], []],
    ['those who left stay out', left(3, 1), [], [3, 1]],
    ['those refused one by one stay out too', left(3), [[5, 'bad address']], [3, 5]],
  ] satisfies [string, readonly Skip[], readonly Skip[], readonly number[]][])(
    '%s',
    (_, skips, rejects, notSent) => {
      expect(accepted(skips, rejects)).toEqual({ skips, rejects, unknowns: [], notSent })
    },
  )
})

describe('a batch whose key the provider knows with another body', () => {
  it.each([
    ['nobody left: all have it', [], [0], { skips: [], unknowns: [] }],
    ['who left before the first attempt is skipped', left(1), [1], { skips: left(1), unknowns: [] }],
    ['who left after the only attempt has it', left(1), [0], { skips: [], unknowns: [] }],
    ['who left between two attempts is unknown', left(1), [0, 1], { skips: [], unknowns: [1] }],
    [
      'before, between and after, each by their own time',
      left(1, 2, 3),
      [1, 2],
      { skips: left(1), unknowns: [2] },
    ],
    ['several between several attempts', left(1, 2, 3, 4), [0, 1, 1, 3], { skips: [], unknowns: [1, 2, 3] }],
  ] satisfies [string, readonly Skip[], readonly number[], Partial<BatchAccount>][])(
    '%s',
    (_, skips, earlier, account) => {
      expect(conflicted(skips, earlier)).toMatchObject({ ...account, rejects: [] })
    },
  )

  it('keeps people whose mail could not be rendered apart', () => {
    expect(conflicted(left(1), [1], [[7, 'address_unreadable']])).toEqual({
      skips: left(1),
      rejects: [[7, 'address_unreadable']],
      unknowns: [],
      notSent: [1, 7],
    })
  })
})

describe('a batch that is never answered any more', () => {
  it.each([
    ['everyone who stayed is unknown', [1, 2], [], [0], { skips: [], unknowns: [1, 2] }],
    ['so is who left after the first attempt', [1, 2, 3], left(2), [0], { skips: [], unknowns: [2, 1, 3] }],
    ['who left before it is skipped', [1, 2, 3], left(2), [1], { skips: left(2), unknowns: [1, 3] }],
    ['with nobody left, those who were asked for', [], left(1, 2), [1], { skips: left(1), unknowns: [2] }],
    ['posted to nobody, nobody is unknown', [], left(1, 2), [], { skips: left(1, 2), unknowns: [] }],
  ] satisfies [string, readonly number[], readonly Skip[], readonly number[], Partial<BatchAccount>][])(
    '%s',
    (_, staying, skips, earlier, account) => {
      expect(lost(staying, skips, earlier)).toMatchObject({ ...account, rejects: [] })
    },
  )
})

/** A batch of people, the order in which some left, and how many had left at each attempt. */
const story = fc
  .record({
    size: fc.integer({ min: 1, max: 6 }),
    leavers: fc.shuffledSubarray([0, 1, 2, 3, 4, 5]),
    attempts: fc.array(fc.nat(6), { minLength: 1, maxLength: 4 }),
  })
  .map(({ size, leavers, attempts }) => {
    const gone = leavers.filter((one) => one < size)
    const members = Array.from({ length: size }, (_, at) => at)
    return {
      members,
      skips: left(...gone),
      earlier: attempts.map((count) => Math.min(count, gone.length)).toSorted((a, b) => a - b),
    }
  })

/** The members of an attempt's request. */
const asked = (members: readonly number[], skips: readonly Skip[], gone: number): readonly number[] =>
  members.filter((one) => !skips.slice(0, gone).some(([who]) => who === one))

const sorted = (numbers: Iterable<number>): readonly number[] => Array.from(numbers).toSorted((a, b) => a - b)

describe('whatever the order of leaving and trying', () => {
  it('counts people in every attempt as sent, in some as unknown, in none as skipped', () => {
    fc.assert(
      fc.property(story, ({ members, skips, earlier }) => {
        const requests = earlier.map((gone) => asked(members, skips, gone))
        const account = conflicted(skips, earlier)
        const sent = members.filter((one) => !account.notSent.includes(one))
        expect(sent).toEqual(members.filter((one) => requests.every((request) => request.includes(one))))
        expect(sorted(account.skips.map(([who]) => who))).toEqual(
          members.filter((one) => !requests.some((request) => request.includes(one))),
        )
      }),
    )
  })

  it('never says "sent" or "skipped" of anyone who may or may not have it', () => {
    fc.assert(
      fc.property(story, ({ members, skips, earlier }) => {
        const account = lost(members, skips, earlier)
        const inSome = new Set(earlier.flatMap((gone) => asked(members, skips, gone)))
        expect(sorted(account.unknowns)).toEqual(sorted(inSome))
        expect(sorted(account.notSent)).toEqual(members)
      }),
    )
  })

  it('counts everyone exactly once', () => {
    fc.assert(
      fc.property(story, ({ members, skips, earlier }) => {
        const rejected = members.filter((one) => !skips.some(([who]) => who === one)).slice(0, 1)
        const rejects: readonly Skip[] = rejected.map((one) => [one, 'bad address'])
        for (const account of [
          accepted(skips, rejects),
          conflicted(skips, earlier, rejects),
          lost(members, skips, earlier, rejects),
        ]) {
          expect(new Set(account.notSent).size).toBe(account.notSent.length)
          expect(account.notSent).toHaveLength(
            account.skips.length + account.rejects.length + account.unknowns.length,
          )
        }
      }),
    )
  })
})
