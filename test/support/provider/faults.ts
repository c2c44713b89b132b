// pure · what goes wrong with the nth request: drawn from a seed, so that a run can be repeated
import * as z from 'zod'

const probability = z.number().min(0).max(1)

export const faultsShape = z
  .strictObject({
    seed: z.int().default(1),
    /** 429; nothing accepted. */
    busy429: probability.default(0),
    /** 500; nothing accepted. */
    error500: probability.default(0),
    /** The connection is reset before anything is accepted. */
    resetBefore: probability.default(0),
    /** Accepted and recorded; the connection is reset instead of an answer. */
    resetAfter: probability.default(0),
    /** Accepted and recorded; no answer ever comes. */
    timeoutAfter: probability.default(0),
    /** In a permissive batch one mail is refused. Independent of the others. */
    rejectOne: probability.default(0),
  })
  .refine(({ busy429, error500, resetBefore, resetAfter, timeoutAfter }) => {
    return busy429 + error500 + resetBefore + resetAfter + timeoutAfter <= 1
  }, 'at most one of these happens to a request: their probabilities must not add up to more than 1')

export type Faults = z.input<typeof faultsShape>

const exclusive = ['busy429', 'error500', 'resetBefore', 'resetAfter', 'timeoutAfter'] as const

export type Fault = (typeof exclusive)[number]

export interface Fate {
  readonly fault: Fault | null
  /** Where in the batch the refused mail stands, from 0 up to but not including 1. */
  readonly rejectAt: number | null
}

/** Draws three numbers for every request, whatever they decide, so that the nth request always meets the same. */
export function fates(faults: Faults): () => Fate {
  const wanted = faultsShape.parse(faults)
  const draw = mulberry32(wanted.seed)
  return () => {
    let left = draw()
    const rejects = draw() < wanted.rejectOne
    const place = draw()
    const fault = exclusive.find((name) => {
      left -= wanted[name]
      return left < 0
    })
    return { fault: fault ?? null, rejectAt: rejects ? place : null }
  }
}

/** @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function mulberry32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
