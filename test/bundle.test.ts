// entry · what wrangler would upload: small enough, and free of what a worker refuses
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bareEnvironment } from './support/script.ts'

const kibibytesMost = 300

describe('what wrangler deploy uploads', () => {
  let folder = ''
  let said = ''
  let worker = ''
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'assent-bundle-'))
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['node_modules/wrangler/bin/wrangler.js', 'deploy', '--dry-run', '--outdir', folder],
      {
        env: bareEnvironment({
          CI: '1',
          NO_COLOR: '1',
          WRANGLER_SEND_METRICS: 'false',
          WRANGLER_LOG_PATH: folder,
          XDG_CONFIG_HOME: folder,
        }),
      },
    )
    said = stdout
    worker = await readFile(path.join(folder, 'worker.js'), 'utf8')
  }, 120_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it(`is at most ${kibibytesMost} KiB, compressed`, () => {
    const kibibytes = Number(/gzip: ([\d.]+) KiB/.exec(said)?.[1])
    process.stdout.write(`worker: ${kibibytes} KiB compressed\n`)
    expect(kibibytes).toBeLessThanOrEqual(kibibytesMost)
    expect(gzipSync(worker).length / 1024).toBeCloseTo(kibibytes, 0)
  })

  it('begins: nothing is left out that its modules ask for', async () => {
    const asking = `import(process.argv[1]).then((worker) => console.log(Object.keys(worker.default).sort().join()))`
    const { stdout } = await promisify(execFile)(process.execPath, [
      '-e',
      asking,
      path.join(folder, 'worker.js'),
    ])
    expect(stdout.trim()).toBe('fetch,queue,scheduled')
  })

  it('makes no code from text', () => {
    expect(worker).not.toMatch(/(?<![\w$.])(?:eval|Function)(?![\w$])/)
  })

  it('leaves what pages load to the files beside it', async () => {
    const written = await readFile('dist/assets/assets/public.css', 'utf8')
    expect(written).toBe(await readFile('src/ui/public.css', 'utf8'))
    expect(worker).not.toContain(written.slice(0, 200))
    expect(await readFile('dist/assets/_headers', 'utf8')).toContain('immutable')
  })

  it('has every binding that the worker reads', () => {
    for (const binding of ['BATCHES', 'HYPERDRIVE', 'PUBLIC_URL', 'MAIL'])
      expect(said).toContain(`env.${binding} `)
  })
})
