// adapter · a real PgBouncer in front of a test database, in a given mode, where one is installed
import { execFileSync, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import { eventually } from './client.ts'
import { freePort } from './running.ts'

export interface PgBouncer {
  /** The same role, password and database, through the pooler. */
  through(url: string): string
  stop(): Promise<void>
}

/** Installed programs with their versions: `pgbouncer`, and the program that PGBOUNCER names. */
export const installed: readonly { readonly program: string; readonly version: string }[] = [
  ...new Set(['pgbouncer', ...(process.env['PGBOUNCER'] === undefined ? [] : [process.env['PGBOUNCER']])]),
].flatMap((program) => {
  try {
    const output = execFileSync(program, ['--version'], { encoding: 'utf8' })
    return [{ program, version: /PgBouncer ([\d.]+)/.exec(output)?.[1] ?? '0' }]
  } catch {
    return []
  }
})

/** PgBouncer tracks prepared statements from 1.21 on. */
export const tracksPrepared = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 1 || minor >= 21
}

/** Starts a PgBouncer that ends with this process: a child that reads its configuration from a temporary folder. */
export async function startPgBouncer(options: {
  program: string
  mode: 'transaction' | 'session' | 'statement'
  /** Any URL of the server behind the pooler. */
  server: string
  /** URLs whose credentials the pooler accepts. */
  urls: readonly string[]
  /** 0: statements are not tracked; null: this version has no such setting. */
  maxPrepared: number | null
}): Promise<PgBouncer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'assent-pgbouncer-'))
  const port = await freePort()
  const behind = new URL(options.server)
  const users = options.urls.map((each) => {
    const { username, password } = new URL(each)
    return `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"`
  })
  await writeFile(path.join(folder, 'users.txt'), `${[...new Set(users)].join('\n')}\n`)
  await writeFile(
    path.join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=${behind.hostname} port=${behind.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${folder}/users.txt
pool_mode = ${options.mode}
default_pool_size = 10
max_client_conn = 200
${options.maxPrepared === null ? '' : `max_prepared_statements = ${options.maxPrepared}\n`}`,
  )
  await chmod(folder, 0o755)
  // PgBouncer refuses to run as root, so it switches to another user.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn(options.program, [...user, path.join(folder, 'pgbouncer.ini')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const withUs = (): void => void child.kill('SIGKILL')
  process.once('exit', withUs)
  const through = (url: string): string => {
    const other = new URL(url)
    other.hostname = '127.0.0.1'
    other.port = String(port)
    return other.href
  }
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended: ${output}`)
    const client = postgres(through(options.urls[0] ?? ''), { max: 1, prepare: false, fetch_types: false })
    const answered = await client.unsafe('select 1').catch(() => null)
    await client.end({ timeout: 1 })
    return answered === null ? null : true
  })
  return {
    through,
    stop: async () => {
      child.kill('SIGKILL')
      await ended
      process.off('exit', withUs)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
