// node scripts/worker-assets.mjs: builds what wrangler needs besides src/worker/main.ts. The application imports dist/islands;
// pages load dist/assets, served without waking the worker. wrangler runs this script before each build, on a bare clone too.
// WORKER_ASSETS: a folder other than dist/assets, for a local worker.
import { readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, ensureInstalled, fail, root } from './bootstrap.mjs'
import { replaceFile } from './replace-file.mjs'

const folder = resolve(root, process.env.WORKER_ASSETS ?? 'dist/assets')

/** Asset names contain a hash, as on Node. */
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
