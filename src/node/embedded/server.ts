// adapter · the embedded PostgreSQL: one per data folder, started and stopped with this process
import { rm } from 'node:fs/promises'
import { locateBinaries } from './binaries.ts'
import { ensureCluster } from './cluster.ts'
import {
  credentialsOf,
  type DataFolder,
  type Lock,
  lockDataFolder,
  openDataFolder,
  replaceFile,
} from './data-folder.ts'
import { endOrphan, startPostmaster } from './postmaster.ts'
import { databaseName, ensureRoles, type Urls, urlsOf } from './roles.ts'
import { findRunAs } from './run-as.ts'

export interface EmbeddedServer extends Urls {
  /** Also frees the data folder; repeated calls have no effect. */
  stop(): Promise<void>
  /** Null after a signal. */
  readonly exited: Promise<number | null>
}

/** Creates and locks DATA_DIR. `durable: false` gives up crash safety for speed, for tests. Throws StartRefused. */
export async function startEmbedded(options: {
  dataDir: string
  durable?: boolean
}): Promise<EmbeddedServer> {
  const folder = openDataFolder(options.dataDir)
  const lock = await lockDataFolder(folder)
  return startLocked(folder, lock, { durable: options.durable ?? true, joinable: true })
}

interface Manner {
  readonly durable: boolean
  /** Not for a server that ends with a command itself. */
  readonly joinable: boolean
}

/** With the lock held already; frees the lock on failure. */
export async function startLocked(folder: DataFolder, lock: Lock, manner: Manner): Promise<EmbeddedServer> {
  try {
    return await start(folder, lock, manner)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function start(folder: DataFolder, lock: Lock, { durable, joinable }: Manner): Promise<EmbeddedServer> {
  await rm(folder.serverFile, { force: true })
  const binaries = locateBinaries()
  const runAs = findRunAs(binaries)
  const passwords = await credentialsOf(folder)
  await ensureCluster({ folder, binaries, runAs, password: passwords.postgres, durable })
  await endOrphan(folder)
  const postmaster = await startPostmaster({ folder, binaries, runAs, durable })
  try {
    await ensureRoles(postmaster.port, passwords)
    const { port, pid } = postmaster
    if (joinable) await replaceFile(folder.serverFile, JSON.stringify({ port, pid }))
  } catch (error) {
    await postmaster.stop()
    throw error
  }
  const stop = async () => {
    await rm(folder.serverFile, { force: true })
    await postmaster.stop()
    lock.release()
  }
  let stopped: Promise<void> | undefined
  return {
    ...urlsOf(postmaster.port, passwords, databaseName),
    exited: postmaster.exited,
    stop: () => (stopped ??= stop()),
  }
}
