// npm start: installs if needed, builds, serves.
import { build, ensureInstalled, fail, runNode, thrifty } from './bootstrap.mjs'

try {
  await ensureInstalled({ dev: false })
  runNode([...thrifty, await build('src/node/main.ts', 'dist/node.mjs'), ...process.argv.slice(2)])
} catch (error) {
  fail(error)
}
