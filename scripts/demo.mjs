// npm run demo: fills a temporary data folder with sample lists, people, consents and campaigns, then runs like npm start.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, ensureInstalled, fail, runNode, runToEnd } from './bootstrap.mjs'

try {
  await ensureInstalled({ dev: true })
  const dataDir = await mkdtemp(join(tmpdir(), 'assent-demo-'))
  const env = { ...process.env, DATA_DIR: dataDir, MAIL: 'mailbox', LIMIT_PER_NETWORK: '0', SEND_RATE: '0' }
  const forget = () => rm(dataDir, { recursive: true, force: true })
  const code = await runToEnd([await build('src/dev/demo.ts', 'dist/demo.mjs')], { env })
  if (code === 0) runNode([await build('src/node/main.ts', 'dist/node.mjs')], { env, before: forget })
  else {
    await forget()
    process.exit(code)
  }
} catch (error) {
  fail(error)
}
