// adapter · the cluster's files, created by initdb in a draft folder: complete or not at all
import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { StartRefused } from '../start-refused.ts'
import type { Binaries } from './binaries.ts'
import type { DataFolder } from './data-folder.ts'
import { commandOf, environment, type RunAs } from './run-as.ts'

const majorVersion = '18'

export interface Recipe {
  readonly folder: DataFolder
  readonly binaries: Binaries
  readonly runAs: RunAs
  readonly password: string
  readonly durable: boolean
}

/** A killed initdb and its children, which live on for a moment, write only to their own draft, which the next start deletes. */
export async function ensureCluster(recipe: Recipe): Promise<void> {
  const { folder, runAs } = recipe
  await removeDrafts(folder)
  if (!existsSync(folder.cluster)) await makeCluster(recipe)
  refuseOtherVersion(folder)
  giveTo(runAs, folder, folder.cluster)
}

const draftPrefix = 'draft.'

async function removeDrafts(folder: DataFolder): Promise<void> {
  for (const name of readdirSync(folder.path)) {
    if (!name.startsWith(draftPrefix)) continue
    // A draft still written to is deleted at the next start; the password file goes first.
    await rm(passwordFileIn(join(folder.path, name)), { force: true })
    await rm(join(folder.path, name), { recursive: true, force: true }).catch(() => {})
  }
}

async function makeCluster(recipe: Recipe): Promise<void> {
  const { folder, runAs, password } = recipe
  const draft = mkdtempSync(join(folder.path, draftPrefix))
  try {
    writeFileSync(passwordFileIn(draft), password, { mode: 0o600, flag: 'wx' })
    giveTo(runAs, folder, draft)
    await initialise(recipe, draft)
    await rename(join(draft, 'cluster'), folder.cluster)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

const passwordFileIn = (draft: string): string => join(draft, 'password')

async function initialise({ folder, binaries, runAs, durable }: Recipe, draft: string): Promise<void> {
  const { file, args, identity } = commandOf(runAs, binaries.initdb, [
    `--pgdata=${join(draft, 'cluster')}`,
    '--username=postgres',
    `--pwfile=${passwordFileIn(draft)}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync', '--no-data-checksums']),
  ])
  const child = spawn(file, args, {
    ...identity,
    cwd: '/',
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exit = new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  )
  const [said, code] = await Promise.all([text(child.stderr), exit])
  if (code !== 0) throw refused(folder, said)
}

function refused(folder: DataFolder, said: string): StartRefused {
  const lines = said.trim().split('\n')
  const reason = lines.find((line) => /error:|FATAL:/.test(line)) ?? lines.at(-1) ?? ''
  return new StartRefused(`PostgreSQL could not make its files in DATA_DIR ${folder.path}: ${reason}`)
}

function refuseOtherVersion(folder: DataFolder): void {
  const version = readFileSync(join(folder.cluster, 'PG_VERSION'), 'utf8').trim()
  if (version === majorVersion) return
  throw new StartRefused(
    `The database in DATA_DIR ${folder.path} was made by PostgreSQL ${version}; this Assent runs ${majorVersion}.`,
  )
}

/** Only root changes ownership, which follows the way PostgreSQL is run. */
function giveTo(runAs: RunAs, folder: DataFolder, cluster: string): void {
  if (process.getuid?.() !== 0) return
  const uid = runAs.uid ?? 0
  if (uid !== 0) chmodSync(folder.path, statSync(folder.path).mode | 0o111)
  if (statSync(cluster).uid === uid) return
  chownSync(cluster, uid, uid)
  for (const name of readdirSync(cluster, { recursive: true, encoding: 'utf8' })) {
    const path = join(cluster, name)
    if (!lstatSync(path).isSymbolicLink()) chownSync(path, uid, uid)
  }
}
