// pure · checks before sending, in words and in order; and when figures have moved too far
import { type Check, type CheckGroup, checkGroups, type Verdict, verdicts } from '../../../preflight/check.ts'

/** More than one in a hundred, or more than fifty people. */
export const hasMoved = (shown: number, now: number): boolean =>
  !(Math.abs(now - shown) <= shown / 100) || Math.abs(now - shown) > 50

export const groupTitles: Readonly<Record<CheckGroup, string>> = {
  content: 'The mail',
  audience: 'The readers',
  sender: 'The sender',
  links: 'The links',
}

/** Those that there are, the one with the worst first; what is equal in the order of the page. */
export const groupsOf = (checks: readonly Check[]): readonly CheckGroup[] => {
  const worst = (group: CheckGroup): number =>
    Math.min(...checks.filter((one) => one.group === group).map(({ verdict }) => verdicts.indexOf(verdict)))
  return checkGroups.filter((group) => worst(group) < Infinity).toSorted((a, b) => worst(a) - worst(b))
}

export const verdictWords: Readonly<Record<Verdict, string>> = {
  block: 'Stops it',
  warn: 'Look at this',
  unknown: 'Not known',
  ok: 'Fine',
}

/** "2 things to look at, 3 not known, 9 fine"; the worst first. */
export function summaryOf(checks: readonly Check[]): string {
  const those = (verdict: Verdict): number => checks.filter((one) => one.verdict === verdict).length
  const [block, warn, unknown, ok] = [those('block'), those('warn'), those('unknown'), those('ok')]
  return [
    block === 0 ? [] : `${block} ${block === 1 ? 'thing stops' : 'things stop'} it`,
    warn === 0 ? [] : `${warn} to look at`,
    unknown === 0 ? [] : `${unknown} not known`,
    ok === 0 ? [] : `${ok} fine`,
  ]
    .flat()
    .join(', ')
}
