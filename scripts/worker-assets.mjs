// node scripts/worker-assets.mjs: what wrangler bundles and uploads beside src/worker/main.ts. dist/islands is imported by the
// application; dist/assets is what pages load, served without waking the worker. wrangler runs it before each build, on a bare
// clone too. WORKER_ASSETS: another folder than dist/assets, for a worker that runs here.
import { readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, ensureInstalled, fail, root } from './bootstrap.mjs'
import { replaceFile } from './replace-file.mjs'

const folder = resolve(root, process.env.WORKER_ASSETS ?? 'dist/assets')

/** Named by their content, as the application on Node says of them. */
const headers = `/assets/*
  Cache-Control: public, max-age=31536000, immutable
  X-Content-Type-Options: nosniff
`

try {
  await ensureInstalled({ dev: true })
  const { assets } = await import(pathToFileURL(await build('src/ui/assets.ts', 'dist/assets.mjs')).href)
  for (const [name, { body }] of Object.entries(assets)) await replaceFile(join(folder, 'assets', name), body)
  for (const name of await readdir(join(folder, 'assets')))
    if (!Object.hasOwn(assets, name)) await rm(join(folder, 'assets', name), { force: true })
  await replaceFile(join(folder, '_headers'), headers)
} catch (error) {
  fail(error)
}
