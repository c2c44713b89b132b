// pure · what became of the members of a batch, attempt by attempt: the arithmetic of unknown answers

import type { Handover } from '../platform/deps.ts'

/** [subscriber, reason], in the order they left; an attempt is the members less the first n of these. */
export type Skip = readonly [subscriber: number, reason: string]

export interface BatchAccount {
  readonly skips: readonly Skip[]
  readonly rejects: readonly Skip[]
  readonly unknowns: readonly number[]
  /** Everyone who did not get it, or may not have. */
  readonly leftOut: readonly number[]
}

const account = (parts: Omit<BatchAccount, 'leftOut'>): BatchAccount => ({
  ...parts,
  leftOut: [...parts.skips.map(([who]) => who), ...parts.rejects.map(([who]) => who), ...parts.unknowns],
})

/** The provider accepted this attempt: its members have it, but for those it refused one by one and those it lost. */
export const accepted = (
  skips: readonly Skip[],
  rejects: readonly Skip[],
  unknowns: readonly number[] = [],
): BatchAccount => account({ skips, rejects, unknowns })

/**
 * The same where the mailer has a record of its own: who left after being handed over has it, or may have it, or was refused.
 * Who is not in the record was skipped in time.
 */
export function recalled(
  { skips, rejects, unknowns }: Omit<BatchAccount, 'leftOut'>,
  record: ReadonlyMap<number, Handover>,
): BatchAccount {
  const fates = skips.flatMap(([who]) => {
    const fate = record.get(who)
    return fate === undefined ? [] : [{ who, fate }]
  })
  return account({
    skips: skips.filter(([who]) => !record.has(who)),
    rejects: [
      ...rejects,
      ...fates.flatMap(({ who, fate }): readonly Skip[] =>
        fate.kind === 'refused' ? [[who, fate.reason]] : [],
      ),
    ],
    unknowns: [...unknowns, ...fates.flatMap(({ who, fate }) => (fate.kind === 'unknown' ? [who] : []))],
  })
}

/**
 * The provider says the key was used with another body: one of the earlier attempts was accepted, nobody knows which.
 * `earlier` holds how many had left before each. Those in every one of them have it; those in some are unknown; who left
 * before the first is skipped. Those who left since the last one have it too: it was posted before they went.
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
    unknowns: skips.slice(fewest, most).map(([who]) => who),
  })
}

/**
 * No answer came while the provider remembered the key, or nobody is left to ask for: `staying` and whoever left since the
 * first attempt may or may not have it.
 */
export function lost(
  staying: readonly number[],
  skips: readonly Skip[],
  earlier: readonly number[],
  rejects: readonly Skip[] = [],
): BatchAccount {
  const fewest = earlier.length === 0 ? skips.length : Math.min(...earlier)
  const out = new Set([...skips, ...rejects].map(([who]) => who))
  return account({
    skips: skips.slice(0, fewest),
    rejects,
    unknowns: [...skips.slice(fewest).map(([who]) => who), ...staying.filter((who) => !out.has(who))],
  })
}
