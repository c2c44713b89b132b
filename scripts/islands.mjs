// Client islands: bundles and minifies each file of src/ui/islands into a text in dist/islands, which the application imports.
// Server, worker and tests thus serve the same bytes.
import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { replaceFile } from './replace-file.mjs'

const root = resolve(import.meta.dirname, '..')
const sources = join(root, 'src/ui/islands')

export async function writeIslands() {
  const names = (await readdir(sources)).filter((name) => name.endsWith('.ts'))
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => join(sources, name)),
    outdir: join(root, 'dist/islands'),
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
  })
  for (const { path, contents } of outputFiles)
    await replaceFile(join(root, 'dist/islands', `${basename(path, '.js')}.txt`), contents)
}
