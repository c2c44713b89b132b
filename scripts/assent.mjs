// npm run assent -- <command>: the command line. Its standard output is the command's alone.
import { build, ensureInstalled, fail, runToEnd } from './bootstrap.mjs'

// A mail server that pipes a mail here returns it to its sender at any other end than EX_TEMPFAIL; whatever is wrong here, it
// is not the mail.
const isPiped = process.argv[2] === 'inbound' && !process.argv.includes('--dry-run')
const failed = isPiped ? () => 75 : (code) => code

try {
  await ensureInstalled({ dev: false })
  const code = await runToEnd([await build('src/cli/main.ts', 'dist/cli.mjs'), ...process.argv.slice(2)])
  process.exit(code === 0 ? 0 : failed(code))
} catch (error) {
  fail(error, failed(1))
}
