// pure · a batch whose mails are too heavy for one request goes in parts: who is in each, and one answer from theirs
import { mailMost } from '../campaigns/render/measure.ts'
import type { SendOutcome } from '../platform/deps.ts'
import type { Skip } from './attempt.ts'

/** Octets of the mails of one request to the provider, and of one batch in memory, at most. */
export const requestMost = 6_000_000

/** Places of a part: as many of the largest mails as one request holds. */
export const partSize = Math.floor(requestMost / mailMost)

/** What a batch should weigh when it is frozen; the values of its people may add half. */
const plannedMost = 4_000_000

/** How many mails of so many octets a batch holds at most. */
export const batchSizeFor = (octets: number, most: number): number =>
  Math.max(1, Math.min(most, Math.floor(plannedMost / Math.max(1, octets))))

interface Person {
  readonly subscriber: number
}

/**
 * The members of each part, by their places among all who were in the batch when it was frozen: who leaves makes a part smaller
 * and moves nobody, so each part keeps its key, and its octets while nobody in it leaves.
 */
export function partsOf<P extends Person>(
  { members, skips }: { readonly members: readonly P[]; readonly skips: readonly Skip[] },
  size: number,
): readonly (readonly P[])[] {
  const everybody = [...members.map(({ subscriber }) => subscriber), ...skips.map(([who]) => who)].toSorted(
    (a, b) => a - b,
  )
  const places = new Map(everybody.map((who, at) => [who, Math.floor(at / size)]))
  return Array.from({ length: Math.ceil(everybody.length / size) }, (_, part) =>
    members.filter(({ subscriber }) => places.get(subscriber) === part),
  )
}

/** What the parts answered so far, as if they were one request. */
export interface PartsAnswer {
  readonly count: number
  readonly ids: readonly (string | null)[]
  readonly rejected: readonly { readonly index: number; readonly reason: string }[]
  readonly unknown: readonly number[]
  readonly later: readonly { readonly index: number; readonly retryAfterSeconds: number }[]
  /** An earlier attempt at one of them was accepted, with people who left since. */
  readonly conflicts: boolean
  /** The answer after which no other part is tried. */
  readonly ended: SendOutcome | null
}

export const noAnswer: PartsAnswer = {
  count: 0,
  ids: [],
  rejected: [],
  unknown: [],
  later: [],
  conflicts: false,
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
      return { ...before, count, ids: [...before.ids, ...Array(mails).fill(null)], conflicts: true }
    case 'busy':
    case 'refused':
      return { ...before, ended: from === 0 ? outcome : { ...outcome, begun: true } }
    case 'under_way':
    case 'unknown':
      return { ...before, ended: outcome }
  }
}

/**
 * The answer for all. Where one part conflicts, whoever is still in the batch has it, of the parts that were accepted now as of
 * the others; who left between attempts is unknown.
 */
export function answerOf({ ids, rejected, unknown, later, conflicts, ended }: PartsAnswer): SendOutcome {
  if (ended !== null) return ended
  if (conflicts && later.length === 0) return { kind: 'conflict' }
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
