// pure · results per member of a batch across its attempts, including attempts without an answer

import type { Handover } from '../platform/deps.ts'

/** [subscriber, reason], in the order of skipping; an attempt is the members less the first n of these. */
export type Skip = readonly [subscriber: number, reason: string]

export interface BatchAccount {
  readonly skips: readonly Skip[]
  readonly rejects: readonly Skip[]
  readonly unknowns: readonly number[]
  /** All members who were not sent the mail, or may not have been. */
  readonly notSent: readonly number[]
}

const account = (parts: Omit<BatchAccount, 'notSent'>): BatchAccount => ({
  ...parts,
  notSent: [
    ...parts.skips.map(([subscriber]) => subscriber),
    ...parts.rejects.map(([subscriber]) => subscriber),
    ...parts.unknowns,
  ],
})

/** The provider accepted this attempt. All members are sent except rejects and unknowns. */
export const accepted = (
  skips: readonly Skip[],
  rejects: readonly Skip[],
  unknowns: readonly number[] = [],
): BatchAccount => account({ skips, rejects, unknowns })

/**
 * The same for a mailer with its own record: a skipped member found in the record is sent, unknown or rejected; a skipped
 * member not in the record stays skipped.
 */
export function withRecord(
  { skips, rejects, unknowns }: Omit<BatchAccount, 'notSent'>,
  record: ReadonlyMap<number, Handover>,
): BatchAccount {
  const results = skips.flatMap(([subscriber]) => {
    const result = record.get(subscriber)
    return result === undefined ? [] : [{ subscriber, result }]
  })
  return account({
    skips: skips.filter(([subscriber]) => !record.has(subscriber)),
    rejects: [
      ...rejects,
      ...results.flatMap(({ subscriber, result }): readonly Skip[] =>
        result.kind === 'refused' ? [[subscriber, result.reason]] : [],
      ),
    ],
    unknowns: [
      ...unknowns,
      ...results.flatMap(({ subscriber, result }) => (result.kind === 'unknown' ? [subscriber] : [])),
    ],
  })
}

/**
 * The provider reports that the key was used with another body: one of the earlier attempts was accepted, unknown which.
 * `earlier` holds the number of skips before each attempt. Members in all of them are sent; members in some are unknown;
 * members skipped before the first are skipped. Members skipped since the last attempt are sent: it was posted before they
 * were skipped.
 */
export function conflicted(
  skips: readonly Skip[],
  earlier: readonly number[],
  rejects: readonly Skip[] = [],
): BatchAccount {
  const fewest = Math.min(...earlier)
  const most = Math.max(...earlier)
  return account({
    skips: skips.slice(0, fewest),
    rejects,
    unknowns: skips.slice(fewest, most).map(([subscriber]) => subscriber),
  })
}

/**
 * No answer came while the provider remembered the key, or no member is left to ask with: the members in `staying`, and those
 * skipped since the first attempt, are unknown.
 */
export function lost(
  staying: readonly number[],
  skips: readonly Skip[],
  earlier: readonly number[],
  rejects: readonly Skip[] = [],
): BatchAccount {
  const fewest = earlier.length === 0 ? skips.length : Math.min(...earlier)
  const settled = new Set([...skips, ...rejects].map(([subscriber]) => subscriber))
  return account({
    skips: skips.slice(0, fewest),
    rejects,
    unknowns: [
      ...skips.slice(fewest).map(([subscriber]) => subscriber),
      ...staying.filter((subscriber) => !settled.has(subscriber)),
    ],
  })
}
