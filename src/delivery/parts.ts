// pure · a batch whose mails are too heavy for one request goes in parts: who is in each, and one answer from theirs
import { maxMail } from '../campaigns/render/measure.ts'
import type { SendOutcome } from '../platform/deps.ts'
import type { Skip } from './attempt.ts'

/** Octets of the mails of one request to the provider, and of one batch in memory, at most. */
export const maxRequest = 6_000_000

/** Places of a part: as many of the largest mails as one request holds. */
export const partSize = Math.floor(maxRequest / maxMail)

/** What a batch should weigh when it is frozen; the values of its people may add half. */
const maxPlanned = 4_000_000

/** How many mails of so many octets a batch holds at most. */
export const batchSizeFor = (octets: number, most: number): number =>
  Math.max(1, Math.min(most, Math.floor(maxPlanned / Math.max(1, octets))))

interface Person {
  readonly subscriber: number
}

/**
 * The members of each part, by their places among all who were in the batch when it was frozen: who leaves makes a part smaller
 * and moves nobody, so each part keeps its key, and its octets while nobody in it leaves.
 */
export function partsOf<P extends Person>(batch: Batch<P>, size: number): readonly (readonly P[])[] {
  const partOf = placing(batch, size)
  const count = Math.ceil((batch.members.length + batch.skips.length) / size)
  return Array.from({ length: count }, (_, part) =>
    batch.members.filter(({ subscriber }) => partOf(subscriber) === part),
  )
}

interface Batch<P extends Person> {
  readonly members: readonly P[]
  readonly skips: readonly Skip[]
}

function placing<P extends Person>(
  { members, skips }: Batch<P>,
  size: number,
): (who: number) => number | undefined {
  const everybody = [...members.map(({ subscriber }) => subscriber), ...skips.map(([who]) => who)].toSorted(
    (a, b) => a - b,
  )
  const places = new Map(everybody.map((who, at) => [who, Math.floor(at / size)]))
  return (who) => places.get(who)
}

/** Of those who left since the first attempt: who has the mail all the same, and who may have it. */
export interface Leavers {
  readonly taken: readonly number[]
  readonly unknown: readonly number[]
}

/**
 * A part that conflicts was accepted by an earlier attempt, with whoever left since the last one; those who left before that are
 * unknown, as are all of a part in which nobody is left to ask with. From every other part who left is skipped.
 */
export function leaversOf<P extends Person>(
  batch: Batch<P> & { readonly earlier: readonly number[] },
  size: number,
  parts: { readonly conflicting: ReadonlySet<number>; readonly empty: ReadonlySet<number> },
): Leavers {
  const { earlier, skips } = batch
  if (earlier.length === 0) return { taken: [], unknown: [] }
  const partOf = placing(batch, size)
  const isIn = (some: ReadonlySet<number>, who: number): boolean => some.has(partOf(who) ?? -1)
  const between = skips.slice(Math.min(...earlier), Math.max(...earlier)).map(([who]) => who)
  const since = skips.slice(Math.max(...earlier)).map(([who]) => who)
  return {
    taken: since.filter((who) => isIn(parts.conflicting, who)),
    unknown: [
      ...between.filter((who) => isIn(parts.conflicting, who)),
      ...[...between, ...since].filter((who) => isIn(parts.empty, who)),
    ],
  }
}

/** What the parts answered so far, as if they were one request. */
export interface PartsAnswer {
  readonly count: number
  readonly ids: readonly (string | null)[]
  readonly rejected: readonly { readonly index: number; readonly reason: string }[]
  readonly unknown: readonly number[]
  readonly later: readonly { readonly index: number; readonly retryAfterSeconds: number }[]
  /** The answer after which no other part is tried. */
  readonly ended: SendOutcome | null
}

export const noAnswer: PartsAnswer = {
  count: 0,
  ids: [],
  rejected: [],
  unknown: [],
  later: [],
  ended: null,
}

/** With the answer of the next part, of so many mails. */
export function andThen(before: PartsAnswer, outcome: SendOutcome, mails: number): PartsAnswer {
  const from = before.count
  const count = from + mails
  const shifted = (index: number): number => from + index
  switch (outcome.kind) {
    case 'accepted':
      return {
        ...before,
        count,
        ids: [...before.ids, ...outcome.ids],
        rejected: [
          ...before.rejected,
          ...outcome.rejected.map(({ index, reason }) => ({ index: shifted(index), reason })),
        ],
        unknown: [...before.unknown, ...(outcome.unknown ?? []).map(shifted)],
        later: [
          ...before.later,
          ...(outcome.later?.indexes ?? []).map((index) => ({
            index: shifted(index),
            retryAfterSeconds: outcome.later?.retryAfterSeconds ?? 0,
          })),
        ],
      }
    case 'conflict':
      return { ...before, count, ids: [...before.ids, ...Array(mails).fill(null)] }
    case 'busy':
    case 'refused':
      return { ...before, ended: from === 0 ? outcome : { ...outcome, begun: true } }
    case 'under_way':
    case 'unknown':
      return { ...before, ended: outcome }
  }
}

/** The answer for all. Whoever is in a part that conflicts has it, by an earlier attempt; leaversOf tells of those who are not. */
export function answerOf({ ids, rejected, unknown, later, ended }: PartsAnswer): SendOutcome {
  if (ended !== null) return ended
  return {
    kind: 'accepted',
    ids,
    rejected,
    ...(unknown.length === 0 ? {} : { unknown }),
    ...(later.length === 0
      ? {}
      : {
          later: {
            indexes: later.map(({ index }) => index),
            retryAfterSeconds: Math.min(...later.map(({ retryAfterSeconds }) => retryAfterSeconds)),
          },
        }),
  }
}
