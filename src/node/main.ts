// entry · the application on Node: one process with embedded database, loops and server
import { firstOwnerLink } from '../auth/sign-in/links.ts'
import { heldSentence } from '../cli/sending.ts'
import { createLog } from '../platform/log.ts'
import { whyHeld } from '../throttle/restored-copy.ts'
import { takeOver, tickHeartbeat } from '../tick.ts'
import { openDeployment } from './deployment.ts'
import { onOrphaned } from './embedded/parent.ts'
import { openEnvironment, printAndExit } from './environment.ts'
import { startInbound } from './inbound.ts'
import { listen } from './listen.ts'
import { startLoops } from './loops.ts'

/** A page that asks more of the database is refused, so that a few of them do not keep all connections. */
const statementSeconds = 30
/** For requests and batches under way after SIGTERM; ten seconds in all, docs/deploy-node.md. */
const graceMilliseconds = 8000

async function main(): Promise<void> {
  const environment = await openEnvironment(process.env)
  const { config } = environment
  let wake = (): void => {}
  const deployment = await openDeployment({
    config,
    urls: environment.urls,
    secret: environment.secret,
    holder: environment.holder,
    folder: environment.folder,
    log: createLog(config.logLevel, (line) => process.stderr.write(line)),
    wake: () => wake(),
    statementSeconds,
    showsItsEnd: true,
  })
  const { deps } = deployment
  await takeOver(deps.db, [deps.holder])
  await tickHeartbeat(deps)
  const server = await listen(deps)
  const ownerLink = await firstOwnerLink(deps)
  const hold = await whyHeld(deps.db)
  void deps.mailer.probe?.()
  const loops = startLoops(deps)
  wake = loops.wake
  const inbound = config.inbound === null ? null : startInbound(deps, config.inbound)

  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    const deadline = setTimeout(() => process.exit(0), graceMilliseconds)
    server.close()
    if ('closeIdleConnections' in server) server.closeIdleConnections()
    await deps.mailer.close?.()
    await Promise.all([loops.stop(), inbound?.stop()])
    await deployment.close()
    await environment.stop()
    clearTimeout(deadline)
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop())
  onOrphaned(() => void stop())
  environment.onDatabaseLost(() => {
    process.stderr.write('The embedded PostgreSQL stopped; see postgres.log in DATA_DIR.\n')
    process.exit(1)
  })
  // Startup queries the database no more: a reader of "ready" may rely on this process through database crashes.
  process.stdout.write(`assent ready on ${config.publicUrl}\n`)
  if (ownerLink !== null)
    process.stdout.write(`Nobody is here yet. Become the owner (once, within 24 hours): ${ownerLink}\n`)
  if (hold !== null) process.stdout.write(`${heldSentence(hold)}\n`)
}

main().catch(printAndExit)
