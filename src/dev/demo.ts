// entry · npm run demo: a new deployment filled with weeks of activity, through its own routes, under a simulated clock
import { app } from '../app.ts'
import { inviteOperator } from '../auth/operators/operators.ts'
import { openDeployment } from '../node/deployment.ts'
import { openEnvironment, printAndExit } from '../node/environment.ts'
import type { Deps } from '../platform/deps.ts'
import { createLog } from '../platform/log.ts'
import { demoCampaigns, demoLists, demoSegments } from './demo/sample.ts'
import { type Stage, tellStory } from './demo/story.ts'

const days = 60

async function main(): Promise<void> {
  const environment = await openEnvironment({ ...process.env, BOOTSTRAP_API_KEY: demoKey })
  const now = new Date()
  const clock = { at: new Date(now.getTime() - days * 86_400_000) }
  const deployment = await openDeployment({
    config: environment.config,
    urls: environment.urls,
    secret: environment.secret,
    holder: environment.holder,
    folder: environment.folder,
    log: createLog('warn', (line) => process.stderr.write(line)),
    clock: () => clock.at,
  })
  process.stdout.write(`filling a throw-away deployment with ${days} days of life…\n`)
  await tellStory(stageOf(deployment.deps, clock, now), { demoLists, demoSegments, demoCampaigns })
  await deployment.close()
  await environment.stop()
}

/** Unknown to the server that follows. */
const demoKey = 'the-key-of-the-demo-while-it-is-told'

function stageOf(deps: Deps, clock: { at: Date }, until: Date): Stage {
  const request = async (path: string, init?: RequestInit): Promise<Response> => {
    const asked = new Request(new URL(path, deps.config.publicUrl), init)
    asked.headers.set('host', new URL(deps.config.publicUrl).host)
    return app.fetch(asked, { ...deps, remoteAddress: '127.0.0.1' })
  }
  return {
    deps,
    until,
    request,
    key: demoKey,
    now: () => clock.at,
    moveTo: (at) => {
      if (at > clock.at) clock.at = at
    },
    invite: (name, email, role) =>
      inviteOperator(
        deps,
        { kind: 'system' },
        { name, address: { sendTo: email, canonical: email }, role, lists: null, locale: 'en' },
      ),
  }
}

main().catch(printAndExit)
