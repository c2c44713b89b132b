// npm run bench [name]: the ratios of the design, measured here.
import { build, ensureInstalled, fail, runNode } from './bootstrap.mjs'

try {
  await ensureInstalled({ dev: true })
  runNode([await build('test/bench/main.ts', 'dist/bench.mjs'), ...process.argv.slice(2)])
} catch (error) {
  fail(error)
}
