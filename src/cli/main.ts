// entry · the command line: `npm run assent -- <command>`
import { parseArgs } from 'node:util'
import { findOperatorByAddress } from '../auth/operators/find-operators.ts'
import { operatorAddress } from '../auth/operators/operator.ts'
import { roles } from '../auth/roles.ts'
import { firstOwnerLink, linkForOperator, linkMinutes } from '../auth/sign-in/links.ts'
import { removePasskeysOf } from '../auth/sign-in/passkeys.ts'
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
import { examine, type Finding } from './doctor.ts'
import { mailFinding } from './doctor-mail.ts'
import { countsSentence, inboundFindings, takeMaildir, takePiped } from './inbound.ts'
import { octetsOf, readFiles, readingsTable, vaultAtHand } from './inbound-dry-run.ts'
import { checkKey, keyInWords, makeKey } from './keys.ts'
import { rewrapKeys } from './rotate.ts'
import { setSending } from './sending.ts'

const usage = `Usage: npm run assent -- <command> [--json]

  setup                          prepare the database: application role (if separate), migrations, keys; without an owner,
                                 print the link to become the owner
  sign-in --email E              print a sign-in link for an operator who does not receive email; --forget-passkeys also
                                 removes their passkeys, for somebody who lost the device
  key create --role R --name N   create an API key and show it once (roles: ${roles.join(', ')});
                                 --list L, repeated: only for these lists; --expires DAYS or never (365 days without it)
  keys rotate                    re-encrypt all keys under SECRET; says when SECRET_PREVIOUS can be removed
  sending allow                  turn sending on again after a restore, a copy or sending hold
  sending hold                   turn sending off until sending allow; sign-ups are accepted, campaigns wait
  campaign list                  list campaigns and their state, even without a running server
  campaign pause|resume|cancel ID
                                 the same as in the console; a running server follows within a second
  inbound                        process one bounce or complaint piped in by a mail server (--recipient A: its envelope
                                 recipient), or a whole Maildir (--maildir PATH). Exit codes: 0 done, 75 try again
  inbound --dry-run [FILE...]    show how each email would be read; changes nothing and needs no database
  doctor                         check the database and the configuration
  doctor --mail FILE             check how the mail server signed a test that you received; needs no database
  provider --record FILE         run a local mail provider for tests, with faults and webhooks (--help)
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
  if (positionals.join(' ') === 'doctor' && values.mail !== undefined)
    return sayFindings(say, [await mailFinding(await octetsOf(values.mail))])
  const [, verb = '', ...ids] = positionals
  if (command === 'campaign' && verb !== 'list') return actOn(verb, ids, say)
  switch (positionals.join(' ')) {
    case 'setup':
      return withDeployment(async (deps, { urls }) => {
        const role = urls.appRole
        const ownerLink = await firstOwnerLink(deps)
        const sentence = `The database is ready. ${role === null ? 'The application uses the role that owns it; npm run assent -- doctor explains the risk.' : `The application connects as ${role}.`}`
        const welcome =
          ownerLink === null ? '' : `\nBecome the owner (the link works once, for 24 hours): ${ownerLink}`
        say({ ok: true, role, owner_link: ownerLink }, `${sentence}${welcome}`)
      }, prepareRole)
    case 'sign-in': {
      const address = operatorAddress.safeParse(values.email ?? '')
      if (!address.success) throw new StartRefused('--email must be an operator’s email address.')
      return withDeployment(async (deps) => {
        const operator = await findOperatorByAddress(deps, address.data.canonical)
        if (values['forget-passkeys'] && operator !== null)
          await removePasskeysOf(deps, { kind: 'system' }, operator.id)
        const link = await linkForOperator(deps, address.data.canonical)
        if (link === null) throw new StartRefused('No active operator has this email address.')
        say({ link }, `${link}\nIt works once, for ${linkMinutes} minutes.`)
      })
    }
    case 'key create':
      checkKey(values)
      return withDeployment(async (deps) => {
        const made = await makeKey(deps, values)
        say(made, keyInWords(made))
      })
    case 'keys rotate':
      return withDeployment(async (deps) => {
        const done = await rewrapKeys(deps)
        say(
          done,
          `Re-encrypted ${done.rewrapped} of ${done.keys} keys. ${done.unreadable === 0 ? 'You can now remove SECRET_PREVIOUS.' : `Keys that neither secret opens: ${done.unreadable}.`}`,
        )
      })
    case 'sending allow':
    case 'sending hold': {
      const sends = positionals[1] === 'allow' ? 'allow' : 'hold'
      return withDeployment(async (deps, environment) => {
        const { folder, urls } = environment
        await asOwner(urls.owner, (owner) => setSending(deps, owner, { sends, folder }))
        say({ ok: true, sends: sends === 'allow' }, sends === 'allow' ? 'Sending is on.' : 'Sending is off.')
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
        sayFindings(say, [
          await connectionFinding(environment.config, environment.urls.app),
          ...(await examine(deps, environment)),
          ...(await inboundFindings(environment.config)),
        ])
      })
    default:
      throw new StartRefused(
        command === ''
          ? usage
          : `Unknown command "${positionals.join(' ')}". Run npm run assent for a list of commands.`,
      )
  }
}

type Say = (answer: object, sentence: string) => void

function sayFindings(say: Say, findings: readonly Finding[]): void {
  say(
    { ok: findings.every(({ holds }) => holds), findings },
    findings.map(({ holds, sentence }) => `${holds ? 'ok  ' : 'NOT '} ${sentence}`).join('\n'),
  )
  if (findings.some(({ holds }) => !holds)) process.exitCode = 1
}

async function actOn(act: string, [id = '', ...more]: readonly string[], say: Say): Promise<void> {
  if (!isCampaignAct(act))
    throw new StartRefused(`Unknown command "campaign ${act}". Use list, ${campaignActs.join(', ')}.`)
  if (!isUuid(id) || more.length > 0)
    throw new StartRefused(`campaign ${act} needs the id of one campaign, as shown by campaign list.`)
  return withDeployment(async (deps) => {
    const state = await actOnCampaign(deps, act, id).catch((error: unknown) => {
      throw error instanceof DomainError ? new StartRefused(error.message, error) : error
    })
    say({ ok: true, id, state }, `The campaign is ${state}.`)
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
        list: { type: 'string', multiple: true },
        expires: { type: 'string' },
        email: { type: 'string' },
        mail: { type: 'string' },
        maildir: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        recipient: { type: 'string', multiple: true },
        'forget-passkeys': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new StartRefused(error instanceof Error ? error.message : 'The arguments cannot be read.', error)
  }
}

/** The embedded database creates its role at each start. */
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
