// pure · medians and ratios of benches whose arms run by turns, and their output

export interface Ratio {
  readonly name: string
  /** Units of work per second in each arm, or bytes where `unit` says so. */
  readonly ours: number
  readonly theirs: number
  readonly unit: string
  readonly ratio: number
  readonly goal: string
  readonly met: boolean
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/**
 * Runs the arms by turns, `rounds` times, and returns each arm's median rate in units per second. `before` clears the table for
 * each arm, untimed.
 */
export async function interleaved<Name extends string>(
  arms: Readonly<Record<Name, (round: number) => Promise<number>>>,
  rounds: number,
  before: (arm: Name) => Promise<void> = async () => {},
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(arms).filter((name): name is Name => name in arms)
  const rates = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1)
    // Each round begins with another arm, so that no arm always follows the same one.
    for (const name of [...names.slice(round % names.length), ...names.slice(0, round % names.length)]) {
      await before(name)
      const began = performance.now()
      const units = await arms[name](round)
      rates.get(name)?.push(units / ((performance.now() - began) / 1000))
    }
  const medians = names.map((name) => [name, median(rates.get(name) ?? [])] as const)
  return Object.fromEntries(medians) as Record<Name, number>
}

export const atLeast = (about: {
  name: string
  ours: number
  theirs: number
  unit: string
  goal: number
}): Ratio => {
  const ratio = about.ours / about.theirs
  return { ...about, ratio, goal: `>= ${Math.round(about.goal * 100)} %`, met: ratio >= about.goal }
}

/** For a unit of which less is better: milliseconds, MiB. */
export const atMost = (about: {
  name: string
  ours: number
  theirs: number
  unit: string
  goal: number
}): Ratio => {
  const ratio = about.ours / about.theirs
  return { ...about, ratio, goal: `<= ${about.goal} x`, met: ratio <= about.goal }
}

/** Time per unit, from a rate. */
export const millisecondsOf = (perSecond: number): number => 1000 / perSecond

const ratioOf = ({ goal, ratio }: Ratio): string =>
  goal.endsWith(' x') ? `${ratio.toFixed(2)} x` : `${Math.round(ratio * 100)} %`

const figure = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1)

export function table(rows: readonly Ratio[]): string {
  const cells = rows.map((row) => [
    row.name,
    `${figure(row.ours)} ${row.unit}`,
    `${figure(row.theirs)} ${row.unit}`,
    ratioOf(row),
    row.goal,
    row.met ? 'met' : 'MISSED',
  ])
  const all = [['bench', 'Assent', 'against', 'ratio', 'goal', ''], ...cells]
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  return all
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
