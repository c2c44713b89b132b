// entry · the command line: `npm run assent -- <command>`
import { parseArgs } from 'node:util'
import { createKey } from '../auth/keys.ts'
import { operatorAddress } from '../auth/operators/operator.ts'
import { isRole, roles } from '../auth/roles.ts'
import { firstOwnerLink, linkForOperator, linkMinutes } from '../auth/sign-in/links.ts'
import { runProvider } from '../dev/provider/main.ts'
import { asOwner, openDeployment } from '../node/deployment.ts'
import { databaseRefused, type Environment, openEnvironment, printAndExit } from '../node/environment.ts'
import { StartRefused } from '../node/start-refused.ts'
import type { Deps } from '../platform/deps.ts'
import { isUuid } from '../platform/encoding/uuid.ts'
import { DomainError } from '../platform/errors.ts'
import { createLog } from '../platform/log.ts'
import { ensureAppRole } from './app-role.ts'
import { actOnCampaign, campaignActs, campaignLines, isCampaignAct, linesInWords } from './campaigns.ts'
import { connectionFinding } from './connection.ts'
import { examine } from './doctor.ts'
import { countsSentence, inboundFindings, takeMaildir, takePiped } from './inbound.ts'
import { readFiles, readingsTable, vaultAtHand } from './inbound-dry-run.ts'
import { rewrapKeys } from './rotate.ts'
import { setSending } from './sending.ts'

const usage = `Usage: npm run assent -- <command> [--json]

  setup                          prepare the database: the application's role where there are two, migrations, keys;
                                 while there is no owner, prints the link to become it
  sign-in --email E              a link for an operator whose mail does not arrive
  key create --role R --name N   make an API key and show it once (roles: ${roles.join(', ')})
  keys rotate                    wrap every person's key under SECRET; says when SECRET_PREVIOUS may go
  sending allow                  a deployment restored from a backup, copied or stopped sends again
  sending hold                   nothing is sent until sending allow; sign-ups are taken, campaigns wait
  campaign list                  what there is and how it stands, also while no server runs; nothing is sent by it
  campaign pause|resume|cancel ID
                                 the same as in the console; a running server takes heed within a second
  inbound                        reads one bounce or complaint from standard input, as a mail server pipes it (--recipient A:
                                 whom it is for); --maildir PATH: those of a Maildir. Exit 0: done with; 75: to be tried again
  inbound --dry-run [FILE...]    what each mail would be taken for; changes nothing and needs no database
  doctor                         what holds and what does not
  provider --record FILE         a local mail provider to test against, faults and webhooks included (--help)
`

async function main(): Promise<void> {
  const [command = '', ...rest] = process.argv.slice(2)
  if (command === 'provider') return runProvider(rest)
  const { values, positionals } = readArguments(process.argv.slice(2))
  const say: Say = (answer, sentence) =>
    void process.stdout.write(values.json ? `${JSON.stringify(answer)}\n` : `${sentence}\n`)
  if (positionals[0] === 'inbound' && values['dry-run']) {
    const readings = await readFiles(positionals.slice(1), await vaultAtHand(process.env))
    return say(readings, readingsTable(readings))
  }
  const [, verb = '', ...ids] = positionals
  if (command === 'campaign' && verb !== 'list') return actOn(verb, ids, say)
  switch (positionals.join(' ')) {
    case 'setup':
      return withDeployment(async (deps, { urls }) => {
        const role = urls.appRole
        const ownerLink = await firstOwnerLink(deps)
        const sentence = `The database is ready. ${role === null ? 'One role owns and uses it; npm run assent -- doctor says what that costs.' : `The application signs in as ${role}.`}`
        const welcome = ownerLink === null ? '' : `\nBecome the owner (once, within 24 hours): ${ownerLink}`
        say({ ok: true, role, owner_link: ownerLink }, `${sentence}${welcome}`)
      }, prepareRole)
    case 'sign-in': {
      const address = operatorAddress.safeParse(values.email ?? '')
      if (!address.success) throw new StartRefused('--email must be the address of an operator.')
      return withDeployment(async (deps) => {
        const link = await linkForOperator(deps, address.data.canonical)
        if (link === null) throw new StartRefused('No operator who may come in has this address.')
        say({ link }, `${link}\nIt works once, for ${linkMinutes} minutes.`)
      })
    }
    case 'key create': {
      const { role = '', name = '' } = values
      if (!isRole(role)) throw new StartRefused(`--role must be one of ${roles.join(', ')}.`)
      if (name.trim() === '') throw new StartRefused('--name must say whose key it is.')
      return withDeployment(async (deps) => {
        const made = await createKey(deps, { kind: 'system' }, { role, name: name.trim() })
        say({ ...made, role, name }, `${made.key}\nIt is shown this once; store it now. Role ${role}.`)
      })
    }
    case 'keys rotate':
      return withDeployment(async (deps) => {
        const done = await rewrapKeys(deps)
        say(
          done,
          `${done.rewrapped} of ${done.keys} keys were wrapped anew. ${done.unreadable === 0 ? 'SECRET_PREVIOUS may go.' : `${done.unreadable} keys open with neither secret.`}`,
        )
      })
    case 'sending allow':
    case 'sending hold': {
      const sends = positionals[1] === 'allow' ? 'allow' : 'hold'
      return withDeployment(async (deps, environment) => {
        const { folder, urls } = environment
        await asOwner(urls.owner, (owner) => setSending(deps, owner, { sends, folder }))
        say({ ok: true, sends: sends === 'allow' }, sends === 'allow' ? 'It sends.' : 'It sends nothing.')
      })
    }
    case 'campaign list':
      return withDeployment(async (deps) => {
        const lines = await campaignLines(deps)
        say({ data: lines }, linesInWords(lines))
      })
    case 'inbound':
      return withDeployment(async (deps) => {
        const { maildir, recipient = [] } = values
        const counts = await (maildir === undefined ? takePiped(deps, recipient) : takeMaildir(deps, maildir))
        say(counts, countsSentence(counts))
      })
    case 'doctor':
      return withDeployment(async (deps, environment) => {
        const findings = [
          await connectionFinding(environment.config, environment.urls.app),
          ...(await examine(deps, environment)),
          ...(await inboundFindings(environment.config)),
        ]
        say(
          { ok: findings.every(({ holds }) => holds), findings },
          findings.map(({ holds, sentence }) => `${holds ? 'ok  ' : 'NOT '} ${sentence}`).join('\n'),
        )
        if (findings.some(({ holds }) => !holds)) process.exitCode = 1
      })
    default:
      throw new StartRefused(
        command === ''
          ? usage
          : `There is no command "${positionals.join(' ')}"; npm run assent alone shows those there are.`,
      )
  }
}

type Say = (answer: object, sentence: string) => void

async function actOn(act: string, [id = '', ...more]: readonly string[], say: Say): Promise<void> {
  if (!isCampaignAct(act))
    throw new StartRefused(`campaign takes list, ${campaignActs.join(', ')}; "${act}" is none of them.`)
  if (!isUuid(id) || more.length > 0)
    throw new StartRefused(`campaign ${act} takes the id of one campaign, as campaign list shows it.`)
  return withDeployment(async (deps) => {
    const state = await actOnCampaign(deps, act, id).catch((error: unknown) => {
      throw error instanceof DomainError ? new StartRefused(error.message, error) : error
    })
    say({ ok: true, id, state }, `It is ${state}.`)
  })
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        role: { type: 'string' },
        name: { type: 'string' },
        email: { type: 'string' },
        maildir: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        recipient: { type: 'string', multiple: true },
        json: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new StartRefused(error instanceof Error ? error.message : 'The arguments cannot be read.', error)
  }
}

/** For a database of DATABASE_URL; the embedded database gets its role at each start. */
async function prepareRole({ config, urls }: Environment): Promise<void> {
  if (config.databaseUrl === undefined || urls.appRole === null) return
  await ensureAppRole(urls).catch((error: unknown) => {
    throw databaseRefused('MIGRATE_DATABASE_URL', error)
  })
}

async function withDeployment(
  act: (deps: Deps, environment: Environment) => Promise<void>,
  prepare: (environment: Environment) => Promise<void> = async () => {},
): Promise<void> {
  const environment = await openEnvironment(process.env, 'join')
  try {
    await prepare(environment)
    const deployment = await openDeployment({
      config: environment.config,
      urls: environment.urls,
      secret: environment.secret,
      holder: environment.holder,
      folder: environment.folder,
      log: createLog(environment.config.logLevel, (line) => process.stderr.write(line)),
      connections: 3,
    })
    try {
      await act(deployment.deps, environment)
    } finally {
      await deployment.close()
    }
  } finally {
    await environment.stop()
  }
}

main().catch(printAndExit)
