// Style sheets and client islands: minifies each file of src/ui/styles, bundles and minifies each of src/ui/islands, into texts in
// dist/islands, which the application imports. Server, worker and tests thus serve the same bytes. Also compresses them, once.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { replaceFile } from './replace-file.mjs'

const root = resolve(import.meta.dirname, '..')
const islands = join(root, 'src/ui/islands')
const styles = join(root, 'src/ui/styles')
const output = join(root, 'dist/islands')

/** The oldest browsers that are served: nothing newer may come of minifying. docs/browsers.md */
const target = ['es2022', 'chrome109', 'firefox115', 'safari15.6']

/** Style sheets as pages load them, one a page: those of the console and of the documentation begin with the public one. */
const sheets = {
  'public.css': ['public'],
  'console.css': ['public', 'console'],
  'reference.css': ['public', 'reference'],
}

export async function writeIslands() {
  const { build } = await import('esbuild')
  const scripts = (await readdir(islands)).filter((name) => name.endsWith('.ts'))
  const parts = (await readdir(styles)).filter((name) => name.endsWith('.css'))
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [...scripts.map((name) => join(islands, name)), ...parts.map((name) => join(styles, name))],
    entryNames: '[name]',
    outdir: output,
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target,
    charset: 'utf8',
    legalComments: 'none',
  })
  const made = new Map(outputFiles.map(({ path, text }) => [basename(path), text]))
  const assets = new Map([
    ...[...made].filter(([name]) => name.endsWith('.js')),
    ...Object.entries(sheets).map(([name, of]) => [name, of.map((part) => made.get(`${part}.css`)).join('')]),
  ])
  for (const [name, text] of assets)
    await replaceFile(join(output, `${name.replace(/\.js$/, '').replace('.', '-')}.txt`), text)
  await replaceFile(join(output, 'compressed.txt'), JSON.stringify(await compressedOf(assets), null, 1))
}

const packers = {
  br: (text) =>
    promisify(brotliCompress)(text, {
      params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
    }),
  gzip: (text) => promisify(gzip)(text, { level: 9 }),
}

/**
 * Each asset under its version, which is that of src/ui/assets.ts, in base64. What has not changed since the last time is taken from
 * there: the best compression takes a fifth of a second.
 */
async function compressedOf(assets) {
  const before = await readFile(join(output, 'compressed.txt'), 'utf8').then(JSON.parse, () => ({}))
  const entries = await Promise.all(
    [...assets].map(async ([name, text]) => {
      const version = createHash('sha256').update(text).digest('hex').slice(0, 12)
      if (before[name]?.version === version) return [name, before[name]]
      const packed = await Promise.all(
        Object.entries(packers).map(async ([encoding, pack]) => [
          encoding,
          (await pack(text)).toString('base64'),
        ]),
      )
      return [name, { version, ...Object.fromEntries(packed) }]
    }),
  )
  return Object.fromEntries(entries)
}
