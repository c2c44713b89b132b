// pure · one thing that is looked at before a campaign is sent: what was found, and how to mend it
export const verdicts = ['block', 'warn', 'unknown', 'ok'] as const

/** `block`: it surely fails, so nothing is sent. `unknown`: nobody could say; it stops nothing. */
export type Verdict = (typeof verdicts)[number]

export const checkGroups = ['content', 'audience', 'sender', 'links'] as const
export type CheckGroup = (typeof checkGroups)[number]

export interface Check {
  /** Such as `dmarc`; several links share one. */
  readonly key: string
  readonly group: CheckGroup
  readonly verdict: Verdict
  /** What is so, in whole sentences. */
  readonly words: string
  /** How to mend it; null where nothing must be done. */
  readonly mend: string | null
}

/** Makes the checks of one group: key, verdict, words, how to mend it. */
export const checking =
  (group: CheckGroup) =>
  (key: string, verdict: Verdict, words: string, mend: string | null = null): Check => ({
    key,
    group,
    verdict,
    words,
    mend,
  })

/** The worst first; what is equal stays in its order. */
export const worstFirst = (checks: readonly Check[]): readonly Check[] =>
  checks.toSorted((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict))
