// adapter · a real PgBouncer before the database of a test, in the mode it is told; only where one is installed
import { execFileSync, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import { eventually } from './client.ts'
import { freePort } from './running.ts'

export interface PgBouncer {
  /** The same role, password and database, by way of the pooler. */
  through(url: string): string
  stop(): Promise<void>
}

/** The programs there are, with their versions: what `pgbouncer` and the variable PGBOUNCER name. */
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

/** Prepared statements are tracked from 1.21 on. */
export const tracks = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 1 || minor >= 21
}

/** Stops by itself with us: it is a child, and reads its configuration from a folder that is removed. */
export async function startPgBouncer(options: {
  program: string
  mode: 'transaction' | 'session' | 'statement'
  /** Any URL into the server behind it. */
  server: string
  /** Whose sign-ins it passes on. */
  urls: readonly string[]
  /** 0: statements are not tracked; null: this version knows no such setting. */
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
  // As root it refuses to run, and is told to become somebody else.
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
