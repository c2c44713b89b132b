// adapter · the product as its user starts it: an own process in an own folder
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

export const ownerKey = 'a-bootstrap-key-for-tests-only-0123456789'

export interface RunningAssent {
  readonly url: string
  readonly key: string
  readonly dataDir: string
  readonly process: ChildProcess
  output(): string
  /** The sign-in link printed for the first owner. */
  ownerLink(): string
  /** Sends SIGTERM and waits; then removes the data folder unless it was given. */
  stop(): Promise<number | null>
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** Runs `npm start`, or `npm run dev:worker`, as a child process; resolves once it reports ready. */
export async function startAssent(
  options: {
    env?: Readonly<Record<string, string>>
    dataDir?: string
    port?: number
    script?: 'start' | 'dev-worker'
  } = {},
): Promise<RunningAssent> {
  const port = options.port ?? (await freePort())
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'assent-run-')))
  const child = spawn(process.execPath, [`scripts/${options.script ?? 'start'}.mjs`], {
    env: {
      ...process.env,
      PORT: String(port),
      DATA_DIR: dataDir,
      BOOTSTRAP_API_KEY: ownerKey,
      LIMIT_PER_NETWORK: '0',
      SEND_RATE: '0',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  await ready(child, () => output).catch((error: unknown) => {
    child.kill('SIGTERM')
    throw error
  })
  return {
    url: `http://127.0.0.1:${port}`,
    key: ownerKey,
    dataDir,
    process: child,
    output: () => output,
    ownerLink: () => /https?:\S+\/console\/sign-in\/[\w-]{44}/.exec(output)?.[0] ?? '',
    stop: async () => {
      child.kill('SIGTERM')
      const code = await exited
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
      return code
    },
  }
}

const ready = (child: ChildProcess, output: () => string): Promise<void> =>
  new Promise((resolve, reject) => {
    const beat = setInterval(() => {
      if (/assent ready on/.test(output())) finish(resolve)
    }, 20)
    const deadline = setTimeout(
      () => finish(() => reject(new Error(`not ready in 120 s: ${output()}`))),
      120_000,
    )
    const finish = (then: () => void): void => {
      clearInterval(beat)
      clearTimeout(deadline)
      then()
    }
    child.once('exit', (code) => finish(() => reject(new Error(`ended with ${code}: ${output()}`))))
  })
