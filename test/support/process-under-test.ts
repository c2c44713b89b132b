// adapter · Assent as its user starts it, to be killed at any instant, with or without its database, and restarted
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, ownerKey } from './running.ts'

/** `app`: start script and server; `node`: the server alone; `database`: the postmaster; `backend`: one session of it. */
export const targets = ['app', 'node', 'database', 'backend', 'everything'] as const
export type Target = (typeof targets)[number]

export interface ProcessUnderTest {
  readonly url: string
  readonly key: string
  readonly dataDir: string
  /** The output of all starts. */
  output(): string
  /** Starts on the same folder and port. Resolves to `ended` where a kill came first. */
  start(): Promise<'ready' | 'ended'>
  /** Sends kill -9 and waits for the end, where the kill ends the process; false where there was nothing to kill. */
  kill(target: Target): Promise<boolean>
  /** Sends SIGTERM, waits, removes the folder. */
  remove(): Promise<void>
}

/** Returns a process that is not started yet. */
export async function createProcessUnderTest(
  env: Readonly<Record<string, string>>,
): Promise<ProcessUnderTest> {
  const port = await freePort()
  const dataDir = realpathSync(await mkdtemp(path.join(tmpdir(), 'assent-crash-')))
  const life = { output: '', current: null as Life | null }
  const cluster = path.join(dataDir, 'postgres')

  const start = (): Promise<'ready' | 'ended'> => {
    const begun = spawnServer(
      {
        ...process.env,
        PORT: String(port),
        DATA_DIR: dataDir,
        BOOTSTRAP_API_KEY: ownerKey,
        LIMIT_PER_NETWORK: '0',
        SEND_RATE: '0',
        ...env,
      },
      (text) => (life.output += text),
    )
    life.current = begun
    return begun.started
  }
  const kill = async (target: Target): Promise<boolean> => {
    const { current } = life
    if (current === null) return false
    const postmaster = target === 'app' || target === 'node' ? null : postmasterOf(cluster)
    const kills = {
      app: () => killHard(-current.pid),
      node: () => childrenOf(current.pid).map(killHard).some(Boolean),
      database: () => postmaster !== null && killHard(postmaster),
      backend: () =>
        childrenOf(postmaster ?? 0)
          .filter(isSession)
          .slice(-1)
          .map(killHard)
          .some(Boolean),
      everything: () =>
        [-current.pid, ...(postmaster === null ? [] : [postmaster])].map(killHard).some(Boolean),
    }
    const killed = kills[target]()
    if (killed && target !== 'backend') await current.ended
    return killed
  }
  return {
    url: `http://127.0.0.1:${port}`,
    key: ownerKey,
    dataDir,
    output: () => life.output,
    start,
    kill,
    remove: async () => {
      if (life.current !== null) {
        life.current.child.kill('SIGTERM')
        await Promise.race([life.current.ended, new Promise((resolve) => setTimeout(resolve, 12_000))])
        killHard(-life.current.pid)
      }
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}

interface Life {
  readonly child: ChildProcess
  readonly pid: number
  readonly started: Promise<'ready' | 'ended'>
  readonly ended: Promise<void>
}

/** Spawns a process group, so that one signal ends script and server; the group ends with this process in any case. */
function spawnServer(env: NodeJS.ProcessEnv, onOutput: (text: string) => void): Life {
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const pid = child.pid ?? 0
  if (pid === 0) throw new Error('the start script could not be started')
  const withUs = (): void => void killHard(-pid)
  process.once('exit', withUs)
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      process.off('exit', withUs)
      resolve()
    }),
  )
  let printed = ''
  const ready = new Promise<'ready'>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString()
        onOutput(chunk.toString())
        if (printed.includes('assent ready on')) resolve('ready')
      })
  })
  return { child, pid, ended, started: Promise.race([ready, ended.then(() => 'ended' as const)]) }
}

/** Returns whether there was a process, or group, to kill. */
function killHard(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

/** The pid of this cluster's postmaster; null where none runs, so that no foreign pid is killed. */
function postmasterOf(cluster: string): number | null {
  try {
    const pid = Number(readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0])
    return pid > 1 && readlinkSync(`/proc/${pid}/cwd`) === cluster ? pid : null
  } catch {
    return null
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number)
  } catch {
    return []
  }
}

/** Whether the process is a backend that serves a client, not a background worker. */
function isSession(pid: number): boolean {
  try {
    return / 127\.0\.0\.1\(\d+\)/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  } catch {
    return false
  }
}
