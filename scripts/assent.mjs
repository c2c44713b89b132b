// npm run assent -- <command>: the command line. Standard output belongs to the command alone.
import { build, ensureInstalled, fail, runToEnd } from './bootstrap.mjs'

// A mail server that pipes a mail here bounces the mail on any exit code but EX_TEMPFAIL; errors here are never the mail's fault.
const isPiped = process.argv[2] === 'inbound' && !process.argv.includes('--dry-run')
const failed = isPiped ? () => 75 : (code) => code

try {
  await ensureInstalled({ dev: false })
  const code = await runToEnd([await build('src/cli/main.ts', 'dist/cli.mjs'), ...process.argv.slice(2)])
  process.exit(code === 0 ? 0 : failed(code))
} catch (error) {
  fail(error, failed(1))
}
