// pure · the type of a preflight check: verdict, finding, fix
export const verdicts = ['block', 'warn', 'unknown', 'ok'] as const

/** `block`: sending would certainly fail, so it is refused. `unknown`: could not be determined; blocks nothing. */
export type Verdict = (typeof verdicts)[number]

export const checkGroups = ['content', 'audience', 'sender', 'links'] as const
export type CheckGroup = (typeof checkGroups)[number]

export interface Check {
  /** For example `dmarc`; all links share one key. */
  readonly key: string
  readonly group: CheckGroup
  readonly verdict: Verdict
  /** The finding in whole sentences. */
  readonly words: string
  /** How to fix it; null if nothing needs to be done. */
  readonly mend: string | null
}

/** Returns a constructor for the checks of one group. */
export const checking =
  (group: CheckGroup) =>
  (key: string, verdict: Verdict, words: string, mend: string | null = null): Check => ({
    key,
    group,
    verdict,
    words,
    mend,
  })

/** Worst first; a stable sort. */
export const worstFirst = (checks: readonly Check[]): readonly Check[] =>
  checks.toSorted((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict))
