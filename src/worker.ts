// entry · the application in a worker: a client per request over Hyperdrive, the heartbeat by cron
import { app } from './app.ts'
import { assemble, type Deployment } from './assemble.ts'
import { readConfig } from './platform/config.ts'
import { createLog } from './platform/log.ts'
import { tickUntilRest } from './tick.ts'

/** wrangler.toml and the secrets of the deployment. */
interface Bindings {
  readonly HYPERDRIVE: { readonly connectionString: string }
  readonly [name: string]: unknown
}

interface Context {
  waitUntil(work: Promise<unknown>): void
}

/** Rounds of one cron event: what is left waits for the next. */
const roundsMost = 200

async function open(env: Bindings): Promise<Deployment> {
  const texts = Object.entries(env).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : [],
  )
  const read = readConfig({ ...Object.fromEntries(texts), DATABASE_URL: env.HYPERDRIVE.connectionString })
  if (!read.ok) throw new Error(read.problem)
  const { config } = read
  if (config.secret === undefined) throw new Error('SECRET is missing.')
  return assemble({
    config,
    databaseUrl: env.HYPERDRIVE.connectionString,
    secret: config.secret,
    holder: crypto.randomUUID(),
    // biome-ignore lint/suspicious/noConsole: the log of a worker is its console
    log: createLog(config.logLevel, (line) => console.log(line.trimEnd())),
    connections: 5,
  })
}

export default {
  async fetch(request: Request, env: Bindings, context: Context): Promise<Response> {
    const { deps, close } = await open(env)
    try {
      return await app.fetch(request, {
        ...deps,
        remoteAddress: request.headers.get('cf-connecting-ip') ?? undefined,
      })
    } finally {
      context.waitUntil(close())
    }
  },

  async scheduled(_event: unknown, env: Bindings): Promise<void> {
    const { deps, close } = await open(env)
    try {
      await tickUntilRest(deps, roundsMost)
    } finally {
      await close()
    }
  },
}
