// entry · the worker on this machine: wrangler dev on the embedded PostgreSQL, offline, with its cron triggered from here
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { firstOwnerLink } from '../auth/sign-in/links.ts'
import { openDeployment } from '../node/deployment.ts'
import { onOrphaned } from '../node/embedded/parent.ts'
import { type Environment, listenRefused, openEnvironment, printAndExit } from '../node/environment.ts'
import { StartRefused } from '../node/start-refused.ts'
import { type Config, whyNode } from '../platform/config.ts'
import { createLog } from '../platform/log.ts'
import { limitConnections } from './connection-limit.ts'

/** Production's minute is too slow for trying things out. */
const cronMilliseconds = 1000
const readySeconds = 60
const graceMilliseconds = 6000

/** Read by the worker; other settings concern this process or wrangler. */
const settings = [
  'SECRET_PREVIOUS',
  'RESEND_API_KEY',
  'RESEND_BASE_URL',
  'RESEND_WEBHOOK_SECRET',
  'SMTP_URL',
  'SEND_RATE',
  'LEASE_SECONDS',
  'POST_TIMEOUT_SECONDS',
  'BOOTSTRAP_API_KEY',
  'LIMIT_PER_NETWORK',
  'TRUST_PROXY',
  'REQUIRE_PASSKEY',
  'LOG_LEVEL',
]

async function main(): Promise<void> {
  const environment = await openEnvironment(process.env, 'share')
  const { config } = environment
  const ownerLink = await getReady(environment)
  const limit = await limitConnections(environment.urls.app)
  const folder = await makeFolder(config)
  const wrangler = await startWrangler(environment, { folder, databaseUrl: limit.url })

  let stopping = false
  const stop = async (code: number): Promise<void> => {
    if (stopping) return
    stopping = true
    await wrangler.stop()
    limit.close()
    await environment.stop()
    await rm(folder, { recursive: true, force: true })
    process.exit(code)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop(0))
  onOrphaned(() => void stop(0))
  environment.onDatabaseLost(() => {
    process.stderr.write('The embedded PostgreSQL stopped; see postgres.log in DATA_DIR.\n')
    void stop(1)
  })
  void wrangler.ended.then(() => {
    if (!stopping) process.stderr.write(`wrangler dev ended:\n${wrangler.said()}\n`)
    return stop(1)
  })
  if (!(await isReady(config))) {
    process.stderr.write(`wrangler dev is not ready after ${readySeconds} s:\n${wrangler.said()}\n`)
    return stop(1)
  }
  process.stdout.write(`assent ready on ${config.publicUrl}\n`)
  if (ownerLink !== null)
    process.stdout.write(`Nobody is here yet. Become the owner (once, within 24 hours): ${ownerLink}\n`)
  while (!stopping) {
    await sleep(cronMilliseconds)
    await fetch(`${baseUrl(config)}/cdn-cgi/handler/scheduled`).catch(() => {})
  }
}

/** Stops the environment if a later check refuses the start. */
async function getReady(environment: Environment): Promise<string | null> {
  try {
    const refused = whyNode(environment.config)
    if (refused !== null) throw new StartRefused(refused)
    await refuseTakenPort(environment.config)
    return await prepare(environment)
  } catch (error) {
    await environment.stop()
    throw error
  }
}

/** Migrates and checks SECRET, which the worker cannot do. Returns the first owner's link until an owner exists. */
async function prepare({ config, urls, secret, holder, folder }: Environment): Promise<string | null> {
  const log = createLog('silent', () => {})
  const deployment = await openDeployment({ config, urls, secret, holder, folder, log, connections: 1 })
  const ownerLink = await firstOwnerLink(deployment.deps)
  await deployment.close()
  return ownerLink
}

/** For wrangler's state and the secret, beside the deployment's secret; unique by port. */
async function makeFolder({ dataDir, port }: Config): Promise<string> {
  const folder = path.resolve(dataDir, `worker-${port}`)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** wrangler.toml with absolute paths, in its own folder: workers on other ports, deployments and tests build separately. */
async function writeSettings(folder: string): Promise<string> {
  const here = (name: string): string => JSON.stringify(path.resolve(name))
  const shared = await readFile('wrangler.toml', 'utf8')
  const file = path.join(folder, 'wrangler.toml')
  const own = shared
    .replace('"src/worker/main.ts"', here('src/worker/main.ts'))
    .replace('"dist/assets"', JSON.stringify(`${folder}/assets`))
    .replace('\n[build]\n', `\n[build]\ncwd = ${here('.')}\n`)
    .replace('["src", "templates"]', `[${here('src')}, ${here('templates')}]`)
  await writeFile(file, own)
  return file
}

interface Wrangler {
  readonly ended: Promise<void>
  /** Without the worker's log, which goes to our standard error. */
  said(): string
  stop(): Promise<void>
}

async function startWrangler(
  { config, secret }: Environment,
  at: { readonly folder: string; readonly databaseUrl: string },
): Promise<Wrangler> {
  const variables = path.join(at.folder, 'variables')
  await writeFile(variables, variablesOf(config, secret), { mode: 0o600 })
  const child = spawn(
    process.execPath,
    [
      ...['--import', endsWithUs],
      'node_modules/wrangler/bin/wrangler.js',
      'dev',
      ...['--config', await writeSettings(at.folder)],
      ...['--ip', config.host, '--port', String(config.port)],
      ...['--inspector-port', String(await freePort())],
      ...['--env-file', variables],
      ...['--persist-to', at.folder],
      '--test-scheduled',
      '--show-interactive-dev-session=false',
    ],
    {
      // Own process group, so that wrangler's children end with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        PUBLIC_URL: config.publicUrl,
        WORKER_ASSETS: `${at.folder}/assets`,
        CI: '1',
        NO_COLOR: '1',
        WRANGLER_SEND_METRICS: 'false',
        WRANGLER_SEND_ERROR_REPORTS: 'false',
        WRANGLER_LOG_PATH: at.folder,
        WRANGLER_REGISTRY_PATH: at.folder,
        XDG_CONFIG_HOME: at.folder,
        CLOUDFLARE_CF_FETCH_ENABLED: 'false',
        CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE: at.databaseUrl,
      },
    },
  )
  const hear = hearing()
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', hear.take)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  process.once('exit', () => signalGroup(child, 'SIGKILL'))
  return {
    ended,
    said: hear.said,
    stop: async () => {
      signalGroup(child, 'SIGTERM')
      await Promise.race([ended, sleep(graceMilliseconds)])
      signalGroup(child, 'SIGKILL')
    },
  }
}

/** If this process is killed, the child sees the closed channel and kills its group. */
const endsWithUs = `data:text/javascript,process.once('disconnect', () => process.kill(-process.pid, 'SIGKILL'))`

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch {
    // The group is gone already.
  }
}

/** In a private file: all users of the machine can see arguments. */
function variablesOf(config: Config, secret: Uint8Array): string {
  const given = settings.flatMap((name) => {
    const value = process.env[name]
    return value === undefined || value === '' ? [] : [[name, value] as const]
  })
  return [
    ['PUBLIC_URL', config.publicUrl],
    ['MAIL', config.mail],
    ['SECRET', Buffer.from(secret).toString('base64')],
    ...given,
  ]
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join('')
}

/** In quotes that the value does not contain; dollar signs escaped, or they would be references. */
function quoted(value: string): string {
  const quote = [`'`, '"', '`'].find((mark) => !value.includes(mark)) ?? `'`
  return `${quote}${value.replaceAll('$', '\\$')}${quote}`
}

/** Passes on the worker's log; keeps the last 50 other lines for an error report. */
function hearing(): { take(text: string): void; said(): string } {
  let rest = ''
  let other: readonly string[] = []
  return {
    take: (text) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines)
        if (line.startsWith('{"at":')) process.stderr.write(`${line}\n`)
        else other = [...other, line].slice(-50)
    },
    said: () => [...other, rest].join('\n').trim(),
  }
}

const baseUrl = ({ host, port }: Config): string =>
  `http://${host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`

async function isReady(config: Config): Promise<boolean> {
  const until = performance.now() + readySeconds * 1000
  while (performance.now() < until) {
    const answer = await fetch(`${baseUrl(config)}/readyz`).catch(() => null)
    if (answer?.ok === true) return true
    await sleep(100)
  }
  return false
}

/** Checked here: wrangler's report has twenty lines. */
const refuseTakenPort = (config: Config): Promise<void> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => reject(listenRefused(error)))
    probe.listen(config.port, config.host, () => probe.close(() => resolve()))
  })

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

main().catch(printAndExit)
