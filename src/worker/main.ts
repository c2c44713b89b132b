// entry · the application as a worker: one database client per event over Hyperdrive, batches by queue, heartbeat by cron
import { app } from '../app.ts'
import { assemble, type Deployment } from '../assemble.ts'
import { StartRefused } from '../node/start-refused.ts'
import { type Config, readConfig, whyNode } from '../platform/config.ts'
import type { Deps, Log } from '../platform/deps.ts'
import { describeError, eachInTurn } from '../platform/failures.ts'
import { createLog } from '../platform/log.ts'
import { workerOutside } from '../platform/outside/worker.ts'
import type { Vault } from '../platform/vault/keys.ts'
import { VaultLocked } from '../platform/vault/load.ts'
import { tickCampaigns, tickServiceMails, tickSignups, tickUpkeep } from '../tick.ts'
import { consumeMessages, feedQueue, type Message, type Queue } from './queue.ts'

/** wrangler.toml, the deployment's secrets, and the settings of the README. */
interface Bindings {
  readonly HYPERDRIVE: { readonly connectionString: string }
  readonly BATCHES: Queue
  readonly [name: string]: unknown
}

interface Context {
  waitUntil(work: Promise<unknown>): void
}

/** Queries run one after another: a single connection keeps many requests within Hyperdrive's pool. */
const connectionsOfRequest = 1
/** Under load, requests wait for the pool instead of failing. */
const connectSeconds = 30
/** Of six per event; the others are for the provider. */
const connectionsOfWork = 3
/** Requested work begins later, whatever the request: response times reveal nothing. I5 */
const beatDelayMs = 500
/** An event's work is cut off 30 seconds after its response. */
const beatMostMs = 20_000
/** The next cron event continues. */
const cronMostMs = 50_000

/** Checked settings and unwrapped keys outlive an event; connections do not. */
let kept: { readonly env: Bindings; readonly config: Config; readonly vault: Vault } | null = null

/** Start of this isolate's planned beat, which serves all earlier requests; in the past if none is planned. */
let nextBeatAt = 0

export default {
  async fetch(request: Request, env: Bindings, context: Context): Promise<Response> {
    const opened = await open(env, connectionsOfRequest, () => planBeat(env, context)).catch(unable)
    if (opened instanceof Response) return opened
    try {
      return await app.fetch(request, {
        ...opened.deps,
        remoteAddress: request.headers.get('cf-connecting-ip') ?? undefined,
      })
    } finally {
      context.waitUntil(opened.close())
    }
  },

  async queue({ messages }: { readonly messages: readonly Message[] }, env: Bindings): Promise<void> {
    await within(env, (deps) => consumeMessages(deps, messages))
  },

  async scheduled(_event: unknown, env: Bindings): Promise<void> {
    await within(env, (deps) =>
      eachInTurn([tickUpkeep, () => beat(deps, env.BATCHES, cronMostMs)], (step) => step(deps)),
    )
  },
}

function planBeat(env: Bindings, context: Context): void {
  if (Date.now() < nextBeatAt) return
  nextBeatAt = Date.now() + beatDelayMs
  const work = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, beatDelayMs))
    await within(env, (deps) => beat(deps, env.BATCHES, beatMostMs))
  }
  context.waitUntil(
    work().catch((error: unknown) => logOf('error').error('beat.failed', describeError(error))),
  )
}

/**
 * Work that no request does itself, until none is left. An error ends the beat only after every step had its turn. Batches are not
 * sent here: their queue messages are.
 */
async function beat(deps: Deps, queue: Queue, mostMs: number): Promise<void> {
  const until = performance.now() + mostMs
  while (performance.now() < until) {
    let more = false
    const steps = [
      tickSignups,
      tickServiceMails,
      tickCampaigns,
      async () => (await feedQueue(deps, queue)) > 0,
    ]
    await eachInTurn(steps, async (step) => {
      more = (await step(deps)) || more
    })
    if (!more) return
  }
}

async function within(env: Bindings, act: (deps: Deps) => Promise<void>): Promise<void> {
  const { deps, close } = await open(env, connectionsOfWork, () => {})
  try {
    await act(deps)
  } finally {
    await close()
  }
}

async function open(env: Bindings, connections: number, wake: () => void): Promise<Deployment> {
  const known = kept?.env === env ? kept : null
  const config = known?.config ?? configOf(env)
  if (config.secret === undefined) throw new StartRefused('SECRET is missing.')
  const deployment = await assemble({
    config,
    databaseUrl: env.HYPERDRIVE.connectionString,
    secret: config.secret,
    holder: crypto.randomUUID(),
    log: logOf(config.logLevel),
    outside: workerOutside,
    wake,
    connections,
    connectSeconds,
    ...(known === null ? {} : { vault: known.vault }),
  })
  kept = { env, config, vault: deployment.deps.vault }
  return deployment
}

function configOf(env: Bindings): Config {
  const texts = Object.entries(env).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  )
  const read = readConfig({ ...Object.fromEntries(texts), DATABASE_URL: env.HYPERDRIVE.connectionString })
  if (!read.ok) throw new StartRefused(read.problem)
  const refused = whyNode(read.config)
  if (refused !== null) throw new StartRefused(refused)
  return read.config
}

/** Wrong settings or a missing database go to the log, not to the visitor. */
function unable(error: unknown): Response {
  const isPlain = error instanceof StartRefused || error instanceof VaultLocked
  const problem = isPlain ? { problem: error.message } : describeError(error)
  logOf('error').error('request.no_deployment', problem)
  return new Response('This site is not working at the moment. Please try again later.\n', {
    status: 503,
    headers: { 'Retry-After': '60' },
  })
}

const logOf = (level: Config['logLevel']): Log =>
  // biome-ignore lint/suspicious/noConsole: the log of a worker is its console
  createLog(level, (line) => console.log(line.trimEnd()))
