// entry · the test run: one PostgreSQL per run, a database of its own for each file that asks, long tests on demand
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, resolve } from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { writeIslands } from './scripts/islands.mjs'

const root = import.meta.dirname
const { ASSENT_TEST_ALL } = process.env

/**
 * Imports templates, styles, SQL and drawings as text, as the bundles do. The trailing `!` hides the extension, or Vite would treat
 * a style sheet as its own.
 */
const assetsAsText = {
  name: 'assets-as-text',
  enforce: 'pre' as const,
  resolveId(source: string, importer: string | undefined) {
    const isAsset = importer !== undefined && /^\..*\.(liquid|css|sql|svg|txt)$/.test(source)
    return isAsset ? `\0text:${resolve(dirname(importer), source)}!` : undefined
  },
  async load(id: string) {
    if (!id.startsWith('\0text:')) return undefined
    const text = await readFile(id.slice('\0text:'.length, -1), 'utf8')
    return { code: `export default ${JSON.stringify(text)}`, map: null }
  },
}

/** Files that start servers run for a minute or more, however short their text: at the end of the run, each would run alone. */
const long = /^\/test\/(?:worker|node|browser|journeys)\/|restored-copy|stuck|pooler|heartbeat/

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => long.test(moduleId.slice(root.length))
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((one) => !isLong(one))]
  }
}

await writeIslands()

export default defineConfig({
  plugins: [assetsAsText],
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  test: {
    environment: 'node',
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: [...configDefaults.exclude, ...(ASSENT_TEST_ALL === '1' ? [] : ['test/long/**'])],
    globalSetup: 'test/support/global-setup.ts',
    pool: 'forks',
    // One process runs file after file with its modules loaded: a fifth less CPU. Module state is kept per database.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Tests wait for the database and for children about as long as they compute.
    maxWorkers: Math.min(6, availableParallelism() + 2),
    // Only to end hangs: ten seconds of work take minutes where twenty processes share the same two processors.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  },
})
