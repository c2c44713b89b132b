// adapter · the postgres process: starts and stops it, and ends the orphan of a killed parent
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { closeSync, openSync, readFileSync, readlinkSync, realpathSync, rmSync, statSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartRefused } from '../start-refused.ts'
import type { Binaries } from './binaries.ts'
import type { DataFolder } from './data-folder.ts'
import { commandOf, environment, type RunAs } from './run-as.ts'

export interface Postmaster {
  readonly pid: number
  readonly port: number
  /** Null after a signal. */
  readonly exited: Promise<number | null>
  stop(): Promise<void>
}

export interface Start {
  readonly folder: DataFolder
  readonly binaries: Binaries
  readonly runAs: RunAs
  readonly durable: boolean
}

const readyBeatMs = 5
const readyPatienceMs = 120_000
const attempts = 5
/** Below the ephemeral ports; a port taken nevertheless costs one attempt. */
const firstPort = 15_000
const lastPort = 31_999
const logKeptBytes = 10 * 1024 * 1024

/**
 * Error texts and details quote values, so they are not logged; sessions receive them. Terse keeps the statement out of the line
 * about a crashed backend.
 */
const settings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=60',
  'jit=off',
  // For SSDs: with the default of 4, for rotating disks, whole tables were read for a few rows.
  'random_page_cost=1.1',
  'timezone=UTC',
  'log_timezone=UTC',
  'log_min_messages=log',
  'log_min_error_statement=panic',
  'log_error_verbosity=terse',
  'log_parameter_max_length=0',
  'log_parameter_max_length_on_error=0',
  'log_checkpoints=off',
] as const

/**
 * An eighth of the memory, from 128 MB (PostgreSQL's default) to 4 GB; its manual suggests a quarter on a dedicated machine.
 * Allocated on demand. With 128 MB, each count over a segment of a million people copied pages from the system's cache and checked
 * them: 1.3 to 1.9 times as long.
 */
function sharedBuffers(): string {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
  return `shared_buffers=${Math.floor(Math.min(Math.max(memory / 8 / 2 ** 20, 128), 4096))}MB`
}

const carelessSettings = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=100',
] as const

/** Waits for connections to be accepted. Throws StartRefused after the last attempt. */
export async function startPostmaster(start: Start): Promise<Postmaster> {
  for (let attempt = 1; ; attempt += 1) {
    const begun = await attemptStart(start)
    if ('pid' in begun) return begun
    if (attempt === attempts) {
      throw new StartRefused(
        `PostgreSQL could not start in DATA_DIR ${start.folder.path}: ${begun.lastLogLine}`,
      )
    }
    // The port is taken, or backends of a killed postmaster are still exiting.
    await sleep(attempt * 250)
  }
}

async function attemptStart({
  folder,
  binaries,
  runAs,
  durable,
}: Start): Promise<Postmaster | { lastLogLine: string }> {
  const port = randomInt(firstPort, lastPort + 1)
  const logFile = join(folder.path, 'postgres.log')
  const log = openLog(logFile)
  const options = [
    ...settings,
    sharedBuffers(),
    ...(durable ? [] : carelessSettings),
    `port=${port}`,
  ].flatMap((one) => ['-c', one])
  const { file, args, identity } = commandOf(runAs, binaries.postgres, ['-D', folder.cluster, ...options])
  // Own process group: Ctrl-C reaches only this process, which finishes its work before stopping PostgreSQL.
  const child = spawn(file, args, {
    ...identity,
    cwd: '/',
    env: environment,
    detached: true,
    stdio: ['ignore', log.descriptor, log.descriptor],
  })
  closeSync(log.descriptor)
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', resolve).once('error', () => resolve(null))
  })
  const pid = await untilReady(child, folder)
  return pid === null
    ? { lastLogLine: lastLine(logFile, log.from) }
    : { pid, port, exited, stop: stopper(child, exited) }
}

/** Null if the server ended before it was ready. */
async function untilReady(child: ChildProcess, folder: DataFolder): Promise<number | null> {
  const until = performance.now() + readyPatienceMs
  while (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const file = readPidFile(folder)
    if (file?.pid === child.pid && file.status === 'ready') return child.pid
    if (performance.now() > until) child.kill('SIGQUIT')
    await sleep(readyBeatMs)
  }
  return null
}

function stopper(child: ChildProcess, exited: Promise<number | null>): () => Promise<void> {
  const onExit = () => child.kill('SIGINT')
  process.once('exit', onExit)
  return async () => {
    await endProcess((signal) => child.kill(signal), exited)
    process.off('exit', onExit)
  }
}

/** Fast shutdown, immediate shutdown, kill; recovery repairs what the last two leave. */
async function endProcess(kill: (signal: NodeJS.Signals) => void, exited: Promise<unknown>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    kill(signal)
    const patience = new AbortController()
    const late = sleep(3000, 'late' as const, { signal: patience.signal }).catch(() => 'late' as const)
    const first = await Promise.race([exited.then(() => 'exited' as const), late])
    patience.abort()
    if (first === 'exited') return
  }
}

/**
 * Ends a server whose parent was killed; the folder's lock must be held. If a stale file's pid belongs to another program (usual in
 * containers), removes the file, since PostgreSQL would refuse to start.
 */
export async function endOrphan(folder: DataFolder): Promise<void> {
  const file = readPidFile(folder)
  if (file === null || !isAlive(file.pid)) return
  if (!isServerOf(file, folder)) return rmSync(join(folder.cluster, 'postmaster.pid'), { force: true })
  const gone = async () => {
    while (isServerOf(file, folder)) await sleep(readyBeatMs)
  }
  await endProcess((signal) => isAlive(file.pid) && process.kill(file.pid, signal), gone())
}

interface PidFile {
  readonly pid: number
  readonly cluster: string
  readonly status: string
}

/** Lines 1, 2 and 8 of postmaster.pid; null if missing. @see PostgreSQL's src/include/utils/pidfile.h */
function readPidFile(folder: DataFolder): PidFile | null {
  let lines: string[]
  try {
    lines = readFileSync(join(folder.cluster, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return null
  }
  const pid = Math.abs(Number(lines[0]))
  return Number.isSafeInteger(pid) && pid > 0
    ? { pid, cluster: lines[1] ?? '', status: lines[7]?.trim() ?? '' }
    : null
}

/**
 * A postmaster's working directory is its data folder, even after a move; a zombie (measured: up to 2 s in containers) has none.
 * Outside Linux, the pid file's path is compared.
 */
function isServerOf(file: PidFile, folder: DataFolder): boolean {
  try {
    if (process.platform === 'linux')
      return readlinkSync(`/proc/${file.pid}/cwd`) === realpathSync(folder.cluster)
    const command = execFileSync('ps', ['-o', 'comm=', '-p', String(file.pid)], { encoding: 'utf8' })
    return /postgres/.test(command) && realpathSync(file.cluster) === realpathSync(folder.cluster)
  } catch {
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function openLog(file: string): { descriptor: number; from: number } {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  const from = size > logKeptBytes ? 0 : size
  return { descriptor: openSync(file, from === 0 ? 'w' : 'a', 0o600), from }
}

/** Why a start failed: the last fatal line, else the last line. */
function lastLine(logFile: string, from: number): string {
  const lines = readFileSync(logFile).subarray(from).toString('utf8').trim().split('\n')
  const line = lines.findLast((one) => /FATAL:|PANIC:/.test(one)) ?? lines.at(-1) ?? ''
  return line.replace(/^\S+ \S+ \S+ \[\d+\] /, '')
}
