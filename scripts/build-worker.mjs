// node scripts/build-worker.mjs: what wrangler uploads. dist/worker/worker.js is the application, dist/assets what pages load.
// wrangler runs it before each deployment, on a bare clone too. WORKER_DIST: another folder than dist, for one that runs here.
import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, ensureInstalled, fail, replaceFile, root, runNode } from './bootstrap.mjs'
import { islandText } from './islands.mjs'
import { withoutTheUnused } from './substitutes.mjs'

const dist = resolve(root, process.env.WORKER_DIST ?? 'dist')
const folder = join(dist, 'assets')
const worker = join(dist, 'worker/worker.js')

/** Named by their content, as the application on Node says of them. */
const headers = `/assets/*
  Cache-Control: public, max-age=31536000, immutable
  X-Content-Type-Options: nosniff
`

/** What the API is does not change while a version runs, so it is written once, and the worker need not know how. */
const references = [
  ['/api/openapi.json', 'api/openapi.json'],
  ['/api/docs', 'api/docs.html'],
]

/**
 * What pages load is served beside the worker, which needs only the addresses. They name a text by its digest, so for
 * src/ui/assets.ts the digest of each text stands in for it.
 */
const digestsForTexts = {
  name: 'digests-for-texts',
  setup(build) {
    build.onResolve({ filter: /\.(?:css|svg|island)$/ }, ({ path, importer }) =>
      importer === join(root, 'src/ui/assets.ts')
        ? { path: join(dirname(importer), path), namespace: 'digest' }
        : undefined,
    )
    build.onLoad({ filter: /./, namespace: 'digest' }, async ({ path }) => {
      const island = /\.island$/
      const text = island.test(path)
        ? await islandText(path.replace(island, '.ts'))
        : await readFile(path, 'utf8')
      return { contents: createHash('sha256').update(text).digest('hex'), loader: 'text' }
    })
  },
}

async function writeAssets({ assets }) {
  for (const [name, { body }] of Object.entries(assets)) await replaceFile(join(folder, 'assets', name), body)
  for (const name of await readdir(join(folder, 'assets')))
    if (!Object.hasOwn(assets, name)) await rm(join(folder, 'assets', name), { force: true })
}

/** Asks the application itself, and hands its headers on too. */
async function writeReferences({ app }) {
  const said = { debug() {}, error: (event, ids) => fail(new Error(`${event} ${JSON.stringify(ids)}`)) }
  const env = { log: said, ids: () => '', config: { publicUrl: await publicUrl() } }
  const sections = await Promise.all(
    references.map(async ([path, file]) => {
      const answer = await app.request(path, {}, env)
      await replaceFile(join(folder, file), await answer.text())
      return [path, ...Array.from(answer.headers, ([name, value]) => `  ${name}: ${value}`)].join('\n')
    }),
  )
  await replaceFile(join(folder, '_headers'), `${headers}${sections.join('\n')}\n`)
}

/** For the examples on the page: where wrangler.toml says that the worker will answer, or who builds it for a try. */
async function publicUrl() {
  const { PUBLIC_URL } = process.env
  const toml = await readFile(join(root, 'wrangler.toml'), 'utf8')
  return PUBLIC_URL ?? /^PUBLIC_URL = "([^"]+)"/m.exec(toml)?.[1] ?? ''
}

const onNode = async (source, output) => import(pathToFileURL(await build(source, output)).href)

async function buildWorker() {
  await writeAssets(await onNode('src/ui/assets.ts', 'dist/assets.mjs'))
  await writeReferences(await onNode('src/app.ts', 'dist/app.mjs'))
  await build('src/worker.ts', worker, {
    packages: 'bundle',
    platform: 'browser',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*', 'cloudflare:*'],
    target: 'es2024',
    minify: true,
    legalComments: 'none',
    // Workers refuse to make code from text. zod asks whether it may, and does without.
    define: { Function: 'undefined' },
    plugins: [digestsForTexts, withoutTheUnused],
  })
  await squeeze(worker)
}

/** Once more by terser, which sees further within a function, and twice further still: ten KiB of three hundred. */
async function squeeze(file) {
  const { minify } = await import('terser')
  const content = await readFile(`${file}.map`, 'utf8')
  const { code, map } = await minify(await readFile(file, 'utf8'), {
    module: true,
    ecma: 2020,
    compress: { passes: 2 },
    sourceMap: { content, url: basename(`${file}.map`) },
  })
  await Promise.all([replaceFile(file, code), replaceFile(`${file}.map`, map)])
}

try {
  await ensureInstalled({ dev: true })
  // The application, which is asked for its reference, is written for a newer Node than wrangler's shell may have.
  if (typeof Map.groupBy === 'function') await buildWorker()
  else runNode([import.meta.filename])
} catch (error) {
  fail(error)
}
