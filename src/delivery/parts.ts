// pure · parts of a batch that is too heavy for one request: the members of each, and one outcome from all answers
import { maxMail } from '../campaigns/render/measure.ts'
import type { SendOutcome } from '../platform/deps.ts'
import type { Skip } from './attempt.ts'

/** Maximum octets of the mails of one request to the provider, and of one batch in memory. */
export const maxRequest = 6_000_000

/** Places of a part: as many of the largest mails as fit into one request. */
export const partSize = Math.floor(maxRequest / maxMail)

/** The planned weight of a batch at the freeze; merge fields may add half. */
const maxPlanned = 4_000_000

/** The batch size for mails of this many octets. */
export const batchSizeFor = (octets: number, most: number): number =>
  Math.max(1, Math.min(most, Math.floor(maxPlanned / Math.max(1, octets))))

interface Person {
  readonly subscriber: number
}

/**
 * The members of each part, by their places among all members at the freeze: a skip makes a part smaller and moves no other
 * member, so that each part keeps its key, and its octets while its members stay.
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
): (subscriber: number) => number | undefined {
  const all = [
    ...members.map(({ subscriber }) => subscriber),
    ...skips.map(([subscriber]) => subscriber),
  ].toSorted((a, b) => a - b)
  const places = new Map(all.map((subscriber, at) => [subscriber, Math.floor(at / size)]))
  return (subscriber) => places.get(subscriber)
}

/** Members skipped since the first attempt who were sent the mail (`taken`), or may have been (`unknown`). */
export interface SkippedResults {
  readonly taken: readonly number[]
  readonly unknown: readonly number[]
}

/**
 * A part that conflicts was accepted by an earlier attempt, including members skipped since the last one; members skipped
 * before that are unknown, as are all of a part without a member left to ask with. In every other part, skipped members stay
 * skipped.
 */
export function skippedResultsOf<P extends Person>(
  batch: Batch<P> & { readonly earlier: readonly number[] },
  size: number,
  parts: { readonly conflicting: ReadonlySet<number>; readonly empty: ReadonlySet<number> },
): SkippedResults {
  const { earlier, skips } = batch
  if (earlier.length === 0) return { taken: [], unknown: [] }
  const partOf = placing(batch, size)
  const isIn = (some: ReadonlySet<number>, subscriber: number): boolean => some.has(partOf(subscriber) ?? -1)
  const between = skips.slice(Math.min(...earlier), Math.max(...earlier)).map(([subscriber]) => subscriber)
  const since = skips.slice(Math.max(...earlier)).map(([subscriber]) => subscriber)
  return {
    taken: since.filter((subscriber) => isIn(parts.conflicting, subscriber)),
    unknown: [
      ...between.filter((subscriber) => isIn(parts.conflicting, subscriber)),
      ...[...between, ...since].filter((subscriber) => isIn(parts.empty, subscriber)),
    ],
  }
}

/** The answers of the parts so far, as if from one request. */
export interface PartsAnswer {
  readonly count: number
  readonly ids: readonly (string | null)[]
  readonly rejected: readonly { readonly index: number; readonly reason: string }[]
  readonly unknown: readonly number[]
  readonly later: readonly { readonly index: number; readonly retryAfterSeconds: number }[]
  /** The answer after which no further part is tried. */
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

/** Adds the answer of the next part, which has this many mails. */
export function withAnswer(before: PartsAnswer, outcome: SendOutcome, mails: number): PartsAnswer {
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

/**
 * The outcome for the batch. Members of a conflicting part were sent the mail by an earlier attempt; leaversOf covers those
 * skipped.
 */
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
