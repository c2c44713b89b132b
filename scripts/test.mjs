// npm test: types, style, tests. The last line is `N passed, N failed`, where types and style count as one each, followed by
// `, N skipped` if something that a test needs is not on this machine.
//   --all     also the long tests      --vectors   only the ledger's vectors      --crash   only the long crash test
//   other arguments go to vitest
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { ensureInstalled, fail, node24, root } from './bootstrap.mjs'

const args = process.argv.slice(2)
const all = args.includes('--all')
const vectors = args.includes('--vectors')
const crash = args.includes('--crash')
const forVitest = args.filter((arg) => !['--all', '--vectors', '--crash'].includes(arg))

try {
  await ensureInstalled({ dev: true })
  const only = vectors ? ['test/consent/ledger-vectors.test.ts'] : crash ? ['test/long/crash.test.ts'] : []
  const counts = only.length > 0 ? [await vitest(only)] : [...(await checks()), await vitest()]
  const passed = counts.reduce((sum, count) => sum + count.passed, 0)
  const failed = counts.reduce((sum, count) => sum + count.failed, 0)
  const skipped = counts.flatMap((count) => count.skipped ?? [])
  if (skipped.length > 0) process.stdout.write(`skipped: ${[...new Set(skipped)].join('; ')}\n`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
  process.stdout.write(
    `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}\n`,
  )
} catch (error) {
  fail(error)
}

async function checks() {
  const results = await Promise.all([
    run('types (tsc --noEmit)', [tool('typescript/bin/tsc'), '--noEmit'], 'pipe'),
    run('style (biome check)', [tool('@biomejs/biome/bin/biome'), 'check', '.'], 'pipe'),
  ])
  return results.map(({ name, code, said }) => {
    process.stdout.write(code === 0 ? `✓ ${name}\n` : `${said.trimEnd()}\n✗ ${name}\n`)
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 }
  })
}

async function vitest(files = []) {
  const folder = await mkdtemp(join(tmpdir(), 'assent-test-'))
  const report = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  try {
    const { code } = await run(
      'vitest',
      [tool('vitest/vitest.mjs'), 'run', ...reporters, ...files, ...forVitest],
      'inherit',
    )
    return countsOf(await readFile(report, 'utf8').catch(() => '{}'), code)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * A file that broke before its first test counts as one failed test, as does a run that broke outside of tests. Headings of skipped
 * tests say why.
 */
function countsOf(report, code) {
  const { numPassedTests: passed = 0, numFailedTests = 0, testResults = [] } = JSON.parse(report)
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  const failed = numFailedTests + broken.length
  const skipped = testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ status, ancestorTitles, title }) =>
      status === 'skipped' ? [ancestorTitles.join(' ') || title] : [],
    ),
  )
  return { passed, skipped, failed: failed === 0 && code !== 0 ? 1 : failed }
}

function tool(path) {
  return join(root, 'node_modules', path)
}

function run(name, command, output) {
  const { PATH = '' } = process.env
  const env = {
    ...process.env,
    PATH: [join(root, 'node_modules', '.bin'), PATH].join(delimiter),
    ...(all || crash ? { ASSENT_TEST_ALL: '1' } : {}),
    ...(vectors ? { ASSENT_TEST_WITHOUT_DATABASE: '1' } : {}),
  }
  const child = spawn(node24(), command, { cwd: root, env, stdio: ['inherit', output, output] })
  const forward = (signal) => child.kill(signal)
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, forward)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => (said += text))
  return new Promise((done, broke) => {
    child.once('error', broke)
    child.once('close', (code) => {
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.off(signal, forward)
      done({ name, code, said })
    })
  })
}
