// npm run bench [name]: measures the ratios of docs/benchmarks.md.
import { build, ensureInstalled, fail, runNode, thrifty } from './bootstrap.mjs'

try {
  await ensureInstalled({ dev: true })
  runNode([...thrifty, await build('test/bench/main.ts', 'dist/bench.mjs'), ...process.argv.slice(2)])
} catch (error) {
  fail(error)
}
