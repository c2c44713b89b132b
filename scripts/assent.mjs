// npm run assent -- <command>: the command line. Its standard output is the command's alone.
import { build, ensureInstalled, fail, runNode } from './bootstrap.mjs'

try {
  await ensureInstalled({ dev: false })
  runNode([await build('src/cli/main.ts', 'dist/cli.mjs'), ...process.argv.slice(2)])
} catch (error) {
  fail(error)
}
