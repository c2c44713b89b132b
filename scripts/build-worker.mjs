// node scripts/build-worker.mjs: what wrangler uploads. dist/worker/worker.js is the application, dist/assets what pages load.
// wrangler runs it before each deployment, on a bare clone too.
import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, ensureInstalled, fail, replaceFile, root } from './bootstrap.mjs'
import { islandText } from './islands.mjs'

const folder = join(root, 'dist/assets')

/** Named by their content, as the application on Node says of them. */
const headers = `/assets/*
  Cache-Control: public, max-age=31536000, immutable
  X-Content-Type-Options: nosniff
`

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

/**
 * What libraries bring and we never call. markdown-it: a finder of bare addresses with its tables of Unicode, 6 KiB of the
 * bundle; we never let it search (`linkify: false`), whoever wants a link writes one. postgres: logical replication, 2 KiB,
 * which no pooled connection carries.
 */
const absent = [
  { filter: /^linkify-it$/, of: 'markdown-it', contents: 'export class LinkifyIt {}' },
  { filter: /^\.\/subscribe\.js$/, of: 'postgres', contents: 'export default () => ({})' },
]

const withoutTheUnused = {
  name: 'without-the-unused',
  setup(build) {
    for (const { filter, of, contents } of absent)
      build.onResolve({ filter }, ({ path, importer }) =>
        importer.includes(join('node_modules', of))
          ? { path, namespace: 'absent', pluginData: contents }
          : undefined,
      )
    build.onLoad({ filter: /./, namespace: 'absent' }, ({ pluginData }) => ({ contents: pluginData }))
  },
}

async function writeAssets({ assets }) {
  for (const [name, { body }] of Object.entries(assets)) await replaceFile(join(folder, 'assets', name), body)
  await replaceFile(join(folder, '_headers'), headers)
  for (const name of await readdir(join(folder, 'assets')))
    if (!Object.hasOwn(assets, name)) await rm(join(folder, 'assets', name), { force: true })
}

try {
  await ensureInstalled({ dev: true })
  await writeAssets(await import(pathToFileURL(await build('src/ui/assets.ts', 'dist/assets.mjs')).href))
  await build('src/worker.ts', 'dist/worker/worker.js', {
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
} catch (error) {
  fail(error)
}
