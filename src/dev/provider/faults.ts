// pure · the fault of the nth request, drawn from a seed, so that a run can be repeated
import * as z from 'zod'

const probability = z.number().min(0).max(1)

/** Mutually exclusive. New faults go at the end: the order decides what a seed means. */
const exclusive = [
  'busy429',
  'error500',
  'resetBefore',
  'resetAfter',
  'timeoutAfter',
  'unavailable503',
  'page502',
  'timeoutBefore',
  'refused',
  'cutAfter',
  'pageAfter',
  'page504After',
] as const

export type Fault = (typeof exclusive)[number]

/** Account troubles that a `refused` request can report. */
export const troubles = [
  'missingApiKey',
  'invalidApiKey',
  'unknownApiKey',
  'restrictedApiKey',
  'inactiveApiKey',
  'suspendedApiKey',
  'domainNotVerified',
  'dailyQuota',
  'monthlyQuota',
  'wholeBatch',
  'security',
] as const

export type Trouble = (typeof troubles)[number]

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
    /** 503; nothing accepted. */
    unavailable503: probability.default(0),
    /** A proxy's page with status 502; nothing accepted. */
    page502: probability.default(0),
    /** Nothing accepted; no answer ever comes. */
    timeoutBefore: probability.default(0),
    /** Refused with the trouble `refusedAs`; nothing accepted. */
    refused: probability.default(0),
    refusedAs: z.enum(troubles).default('domainNotVerified'),
    /** Accepted and recorded; the connection is reset in the middle of the answer. */
    cutAfter: probability.default(0),
    /** Accepted and recorded; the answer is a page with status 200. */
    pageAfter: probability.default(0),
    /** Accepted and recorded; a proxy times out with a page and status 504. */
    page504After: probability.default(0),
    /** Refuses one mail of a permissive batch. Independent of the others. */
    rejectOne: probability.default(0),
  })
  .refine(
    (wanted) => exclusive.reduce((sum, name) => sum + wanted[name], 0) <= 1 + 1e-9,
    'at most one of these happens to a request: their probabilities must not add up to more than 1',
  )

export type Faults = z.input<typeof faultsShape>

export interface Fate {
  readonly fault: Fault | null
  readonly trouble: Trouble
  /** Relative place in the batch, in [0, 1). */
  readonly rejectAt: number | null
}

/** Three draws per request, so that the nth request always gets the same fate. */
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
    return { fault: fault ?? null, trouble: wanted.refusedAs, rejectAt: rejects ? place : null }
  }
}

export const noFaults = (): Record<Fault | 'rejectOne', number> => ({
  busy429: 0,
  error500: 0,
  resetBefore: 0,
  resetAfter: 0,
  timeoutAfter: 0,
  unavailable503: 0,
  page502: 0,
  timeoutBefore: 0,
  refused: 0,
  cutAfter: 0,
  pageAfter: 0,
  page504After: 0,
  rejectOne: 0,
})

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
