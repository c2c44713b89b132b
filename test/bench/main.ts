// entry · npm run bench [name…] [--all] [--limits] [--json]: ratios of two ways to do the same work, measured by turns in one run
import { availableParallelism, cpus, loadavg } from 'node:os'
import { benchConfirmations } from './confirmations.ts'
import { type Crowd, openCrowd } from './crowd.ts'
import { benchFreeze } from './freeze.ts'
import { type Ratio, table } from './measure.ts'
import { benchMemory } from './memory.ts'
import { benchPages } from './pages.ts'
import { benchRate } from './rate.ts'
import { benchSegments } from './segments.ts'
import { benchSend } from './send.ts'
import { benchSignup, benchSignupLimits } from './signup.ts'
import { benchSmtp } from './smtp.ts'

interface Bench {
  /** Names on the command line; the first is the bench's own. */
  readonly names: readonly string[]
  /** `whole`: the bench was named, and may take minutes. */
  run(crowd: () => Promise<Crowd>, whole: boolean): Promise<readonly Ratio[]>
  /** The part left out of a run that names no bench. */
  readonly long?: string
}

const million = 1_000_000

/** Of the sign-up bench only the part with limits. */
const isLimits = process.argv.includes('--limits')

/** In running order: one crowd serves all benches, and only grows. */
const benches: readonly Bench[] = [
  {
    names: ['signup'],
    run: async () => [...(isLimits ? [] : await benchSignup()), ...(await benchSignupLimits())],
  },
  { names: ['confirmations'], run: () => benchConfirmations() },
  { names: ['send'], run: () => benchSend() },
  { names: ['smtp'], run: () => benchSmtp() },
  { names: ['rate'], run: benchRate },
  { names: ['freeze'], run: async (crowd) => benchFreeze(await crowd()) },
  { names: ['pages'], run: async (crowd) => benchPages(await crowd()) },
  {
    names: ['memory', 'send'],
    run: async (crowd, whole) => (whole ? benchMemory(await crowd()) : []),
    long: 'memory while a million are sent to',
  },
  {
    names: ['segments'],
    run: async (crowd, whole) =>
      benchSegments(await crowd(), { sizes: whole ? [million, 5 * million] : [million] }),
    long: 'counts among five million',
  },
]

const asked = process.argv.slice(2)
const [isAll, isJson] = [asked.includes('--all'), asked.includes('--json')]
const names = asked.filter((argument) => !['--all', '--json', '--limits'].includes(argument))
const unknown = names.find((name) => !benches.some((bench) => bench.names[0] === name))
if (unknown !== undefined) {
  const known = benches.map((bench) => bench.names[0]).join(', ')
  process.stderr.write(`There is no bench "${unknown}"; there are ${known}.\n`)
  process.exit(1)
}
// The load of the machine is printed, since other processes change the figures.
const machine = {
  cpus: availableParallelism(),
  model: cpus()[0]?.model.trim() ?? 'unknown',
  node: process.version,
  load: Number((loadavg()[0] ?? 0).toFixed(2)),
}
let open: Promise<Crowd> | undefined
const crowd = (): Promise<Crowd> => (open ??= openCrowd())
const rows: Ratio[] = []
try {
  for (const bench of benches)
    if (names.length === 0 || bench.names.some((name) => names.includes(name)))
      rows.push(...(await bench.run(crowd, isAll || names.length > 0)))
} finally {
  await (await open)?.close()
}
const notRun =
  isAll || names.length > 0
    ? []
    : benches.flatMap(({ names: [name], long }) =>
        long === undefined ? [] : [`not run: ${long} (npm run bench ${name}, or -- --all)`],
      )
process.stdout.write(
  isJson
    ? `${JSON.stringify({ machine, benches: rows, notRun })}\n`
    : `${[table(rows), '', ...notRun].join('\n')}\n${machine.cpus} × ${machine.model}, Node ${machine.node.slice(1)}, load ${machine.load} at the start\n`,
)
process.exit(0)
