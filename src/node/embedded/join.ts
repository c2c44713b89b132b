// adapter · a running Assent's server, or one started for the duration: for commands and the development worker
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { StartRefused } from '../start-refused.ts'
import { credentialsOf, type DataFolder, openDataFolder, tryLock } from './data-folder.ts'
import { databaseName, type Urls, urlsOf } from './roles.ts'
import { startLocked } from './server.ts'

export interface JoinedServer extends Urls {
  /** Leaves a joined server running. */
  stop(): Promise<void>
}

const serverFile = z.object({ port: z.number().int().positive(), pid: z.number().int().positive() })

/** A process that holds the folder without a server is starting, stopping, or a short command. */
const joinPatienceMs = 30_000
const joinBeatMs = 50

/**
 * `joinable`: whether others may join a server started here. Throws StartRefused if the folder is unusable or stays held by a
 * process that cannot be joined.
 */
export async function joinOrStart(
  dataDir: string,
  { joinable }: { readonly joinable: boolean } = { joinable: false },
): Promise<JoinedServer> {
  const folder = openDataFolder(dataDir)
  const until = performance.now() + joinPatienceMs
  while (performance.now() < until) {
    const lock = tryLock(folder)
    if (lock !== null) return startLocked(folder, lock, { durable: true, joinable })
    const port = await runningPort(folder)
    if (port !== null) {
      const urls = urlsOf(port, await credentialsOf(folder), databaseName)
      return { ...urls, stop: () => Promise.resolve() }
    }
    await sleep(joinBeatMs)
  }
  throw new StartRefused(
    `DATA_DIR ${folder.path} is in use by another Assent whose database does not answer.`,
  )
}

/** Null if none runs. Starts nothing. */
export async function runningServer(dataDir: string): Promise<Urls | null> {
  if (!existsSync(join(dataDir, 'server.json'))) return null
  const folder = openDataFolder(dataDir)
  const port = await runningPort(folder)
  return port === null ? null : urlsOf(port, await credentialsOf(folder), databaseName)
}

async function runningPort(folder: DataFolder): Promise<number | null> {
  try {
    const { port } = serverFile.parse(JSON.parse(await readFile(folder.serverFile, 'utf8')))
    return (await answers(port)) ? port : null
  } catch {
    return null
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const settle = (answered: boolean) => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('connect', () => settle(true)).once('error', () => settle(false))
  })
}
