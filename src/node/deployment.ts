// entry · a deployment on Node: migrated by the owner role, run by the app role
import { assemble, type Deployment, type Parts } from '../assemble.ts'
import { withName } from '../mail/inbound/verp.ts'
import { postByHttp } from '../mail/resend/post-by-http.ts'
import { narrowSeconds } from '../mail/smtp/connections.ts'
import { smtpMailer } from '../mail/smtp/mailer.ts'
import { type Config, isLoopback } from '../platform/config.ts'
import { sessionHolder } from '../platform/database/alive.ts'
import { type Database, openDatabase } from '../platform/database/database.ts'
import { detectPooler, type Pooler, takesTimeLimit } from '../platform/database/pooler.ts'
import { holdSessionLock, type SessionLock } from '../platform/database/session-lock.ts'
import type { Deps, Outside } from '../platform/deps.ts'
import { describeError } from '../platform/failures.ts'
import type { SmtpServer } from '../platform/mail-urls.ts'
import { nodeOutside } from '../platform/outside/node.ts'
import { verpToken } from '../platform/vault/tokens.ts'
import { noteAllowedLines } from '../throttle/provider-pause.ts'
import { waitForSlotWithin } from '../throttle/provider-rate.ts'
import { recordDeployment } from '../throttle/restored-copy.ts'
import { databaseRefused, migrationRefused } from './environment.ts'
import { migrate } from './migrate.ts'
import { StartRefused } from './start-refused.ts'

/**
 * Migrates, then assembles everything that a request needs. Throws StartRefused, MigrationRefused and VaultLocked, each with a
 * sentence to print.
 */
export async function openDeployment(
  options: Omit<Parts, 'databaseUrl' | 'outside'> & {
    /** In place of this machine's own checks. */
    readonly outside?: Outside
    /** The same URL twice if there is only one role. */
    readonly urls: { readonly app: string; readonly owner: string; readonly appRole: string | null }
    /** Distinguishes the data folder from a copy; null if the database is not in one. */
    readonly folder: string | null
    /** Tells other processes when this one ends, so that its work is taken up at once. */
    readonly showsItsEnd?: boolean
  },
): Promise<Deployment> {
  const { urls, folder, showsItsEnd = false, ...parts } = options
  await migrate({ ownerUrl: urls.owner, appRole: urls.appRole }).catch((error: unknown) => {
    throw migrationRefused(variableOf(parts.config, 'owner'), error)
  })
  await asOwner(urls.owner, (db) => recordDeployment(db, folder))
  const pooler = await poolerBefore(parts, urls.app)
  const { statementSeconds, ...others } = parts
  const isLimited = statementSeconds !== undefined && (await mayLimitTime(parts, urls.app))
  const life = showsItsEnd && pooler === 'none' ? await lifeOf(parts, urls.app) : null
  const deployment = await assemble({
    outside: nodeOutside(),
    post: postByHttp(),
    ...(parts.config.smtp === null ? {} : { mailer: smtpMailerOf(parts.config, parts.config.smtp) }),
    ...others,
    ...(isLimited ? { statementSeconds } : {}),
    ...(life === null ? {} : { holder: life.holder }),
    databaseUrl: urls.app,
    prepares: pooler !== 'forgetful',
  }).catch(async (error: unknown) => {
    await life?.close()
    throw databaseRefused(variableOf(parts.config, 'app'), error)
  })
  return life === null ? deployment : { ...deployment, close: () => deployment.close().finally(life.close) }
}

/** With the embedded database the holder survives a restart by itself. Null: other processes know the end by missing beats. */
async function lifeOf(
  { config, holder }: Pick<Parts, 'config' | 'holder'>,
  appUrl: string,
): Promise<(SessionLock & { readonly holder: string }) | null> {
  if (config.databaseUrl === undefined) return null
  const name = sessionHolder(holder)
  const lock = await holdSessionLock(appUrl, name).catch((error: unknown) => {
    throw databaseRefused('DATABASE_URL', error)
  })
  return lock === null ? null : { ...lock, holder: name }
}

/** The embedded database has no pooler. Throws StartRefused if a pooler can confirm commits that did not happen. */
async function poolerBefore({ config, log }: Pick<Parts, 'config' | 'log'>, appUrl: string): Promise<Pooler> {
  if (config.databaseUrl === undefined) return 'none'
  const { pooler, commitsHold } = await detectPooler(appUrl).catch((error: unknown) => {
    throw databaseRefused('DATABASE_URL', error)
  })
  if (!commitsHold)
    throw new StartRefused(
      'DATABASE_URL leads through a program that does not say truly whether a transaction was committed: connect to PostgreSQL directly or through another pooler.',
    )
  if (pooler === 'forgetful') log.warn('database.pooler_forgets_statements')
  return pooler
}

/** Behind a pooler that refuses it, the limit is the role's own setting: docs/deploy-node.md. */
async function mayLimitTime(
  { config, log }: Pick<Parts, 'config' | 'log'>,
  appUrl: string,
): Promise<boolean> {
  if (config.databaseUrl === undefined) return true
  const takes = await takesTimeLimit(appUrl).catch((error: unknown) => {
    throw databaseRefused('DATABASE_URL', error)
  })
  if (!takes) log.info('database.no_time_limit_through_pooler')
  return takes
}

/** Over a connection of the owner role. */
export async function asOwner(url: string, act: (db: Database) => Promise<void>): Promise<void> {
  const owner = openDatabase(url, { connections: 1 })
  try {
    await act(owner.db)
  } finally {
    await owner.close()
  }
}

function smtpMailerOf(config: Config, server: SmtpServer): NonNullable<Parts['mailer']> {
  const { publicUrl, smtpReturnPath, postTimeoutSeconds } = config
  return (deps) => {
    const returnPath = (address: string) => (tag: string) => {
      const name = verpToken(deps.vault, tag)
      return name === null ? address : withName(address, name)
    }
    return smtpMailer(deps, {
      server,
      // A local host name would be false elsewhere; an address literal is always valid.
      hello: isLoopback(publicUrl) ? '[127.0.0.1]' : new URL(publicUrl).hostname,
      returnPath: smtpReturnPath === null ? null : returnPath(smtpReturnPath),
      timeoutSeconds: postTimeoutSeconds,
      turn: (patienceMs) => turnBySmtp(deps, patienceMs),
      narrowed: (lines) => {
        const known = { lines, seconds: narrowSeconds + noticeSeconds }
        noteAllowedLines({ ...deps, mailer: { name: 'smtp' } }, known).catch((error: unknown) =>
          deps.log.warn('smtp.not_noted', describeError(error)),
        )
      },
    })
  }
}

/** Shown until the next try to open one more has told again. */
const noticeSeconds = 30

/**
 * A slot for one mail, from the provider's row that all workers share; up to half a slot early, and without `depart`: a mail server
 * counts no windows, and where each of twenty late mails put off all others, half the rate was used.
 */
async function turnBySmtp(deps: Pick<Deps, 'db' | 'config'>, patienceMs: number): Promise<boolean> {
  const slot = await waitForSlotWithin({ ...deps, mailer: { name: 'smtp' } }, patienceMs)
  return !('waitSeconds' in slot)
}

function variableOf(config: Config, role: 'owner' | 'app'): string {
  if (config.databaseUrl === undefined) return 'The database in DATA_DIR'
  return role === 'owner' && config.migrateDatabaseUrl !== undefined ? 'MIGRATE_DATABASE_URL' : 'DATABASE_URL'
}
