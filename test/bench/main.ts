// npm run bench [name…] [--json]: ratios of two ways to do the same work, measured in turn in one run.
import { availableParallelism, cpus, loadavg } from 'node:os'
import { type Ratio, table } from './measure.ts'
import { benchRate } from './rate.ts'
import { benchSend } from './send.ts'
import { benchSignup } from './signup.ts'

const benches: Readonly<Record<string, () => Promise<readonly Ratio[]>>> = {
  signup: benchSignup,
  send: benchSend,
  rate: benchRate,
}

const names = process.argv.slice(2).filter((argument) => argument !== '--json')
const unknown = names.find((name) => !Object.hasOwn(benches, name))
if (unknown !== undefined) {
  process.stderr.write(`There is no bench "${unknown}"; there are ${Object.keys(benches).join(', ')}.\n`)
  process.exit(1)
}
// Figures of a busy machine are figures of the others on it: who reads them should know.
const machine = {
  cpus: availableParallelism(),
  model: cpus()[0]?.model.trim() ?? 'unknown',
  node: process.version,
  load: Number((loadavg()[0] ?? 0).toFixed(2)),
}
const rows: Ratio[] = []
for (const [name, bench] of Object.entries(benches))
  if (names.length === 0 || names.includes(name)) rows.push(...(await bench()))
process.stdout.write(
  process.argv.includes('--json')
    ? `${JSON.stringify({ machine, benches: rows })}\n`
    : `${table(rows)}\n\n${machine.cpus} × ${machine.model}, Node ${machine.node.slice(1)}, load ${machine.load} at the start\n`,
)
process.exit(0)
