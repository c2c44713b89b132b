// pure · preflight checks in words and in order; when the audience count has changed too much
import { type Check, type CheckGroup, checkGroups, type Verdict, verdicts } from '../../../preflight/check.ts'

/** Returns whether the count changed by more than 1 % or more than 50 people. */
export const hasMoved = (shown: number, now: number): boolean =>
  !(Math.abs(now - shown) <= shown / 100) || Math.abs(now - shown) > 50

export const groupTitles: Readonly<Record<CheckGroup, string>> = {
  content: 'Email',
  audience: 'Audience',
  sender: 'Sender',
  links: 'Links',
}

/** The groups that have checks, worst verdict first; ties in page order. */
export const groupsOf = (checks: readonly Check[]): readonly CheckGroup[] => {
  const worst = (group: CheckGroup): number =>
    Math.min(...checks.filter((one) => one.group === group).map(({ verdict }) => verdicts.indexOf(verdict)))
  return checkGroups.filter((group) => worst(group) < Infinity).toSorted((a, b) => worst(a) - worst(b))
}

export const verdictWords: Readonly<Record<Verdict, string>> = {
  block: 'Blocks sending',
  warn: 'Warning',
  unknown: 'Unknown',
  ok: 'Passed',
}

/** "2 warnings, 3 unknown, 9 passed"; the worst first. */
export function summaryOf(checks: readonly Check[]): string {
  const those = (verdict: Verdict): number => checks.filter((one) => one.verdict === verdict).length
  const [block, warn, unknown, ok] = [those('block'), those('warn'), those('unknown'), those('ok')]
  return [
    block === 0 ? [] : `${block} ${block === 1 ? 'blocks' : 'block'} sending`,
    warn === 0 ? [] : `${warn} ${warn === 1 ? 'warning' : 'warnings'}`,
    unknown === 0 ? [] : `${unknown} unknown`,
    ok === 0 ? [] : `${ok} passed`,
  ]
    .flat()
    .join(', ')
}
