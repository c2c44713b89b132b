// Client islands: `import text from './passkeys.island'` is `passkeys.ts`, bundled and minified, as text. One way
// for the server's bundle, the worker's and the tests, so that each serves the same bytes.
import { dirname, join } from 'node:path'

const suffix = /\.island$/

const clientOf = (specifier, importer) => join(dirname(importer), specifier.replace(suffix, '.ts'))

/** The island as a browser gets it: a module without imports. */
export async function islandText(path) {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [path],
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
  })
  return outputFiles[0].text
}

/** For esbuild. */
export const islandsOfEsbuild = {
  name: 'islands',
  setup(build) {
    build.onResolve({ filter: suffix }, ({ path, importer }) => ({
      path: clientOf(path, importer),
      namespace: 'island',
    }))
    build.onLoad({ filter: /./, namespace: 'island' }, async ({ path }) => ({
      contents: await islandText(path),
      loader: 'text',
    }))
  },
}

/** For Vite. */
export const islandsOfVite = {
  name: 'islands',
  enforce: 'pre',
  resolveId: (source, importer) =>
    importer !== undefined && suffix.test(source) ? `\0island:${clientOf(source, importer)}!` : undefined,
  async load(id) {
    if (!id.startsWith('\0island:')) return undefined
    return {
      code: `export default ${JSON.stringify(await islandText(id.slice('\0island:'.length, -1)))}`,
      map: null,
    }
  },
}
