// npm run dev:worker: runs the application as a worker, in wrangler dev on the embedded PostgreSQL, offline.
import { build, ensureInstalled, fail, runNode } from './bootstrap.mjs'

try {
  await ensureInstalled({ dev: true })
  runNode([await build('src/dev/worker.ts', 'dist/dev-worker.mjs'), ...process.argv.slice(2)])
} catch (error) {
  fail(error)
}
