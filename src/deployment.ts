// entry · a deployment on a machine of its own: migrated by the owner, then run by the application's role
import { assemble, type Deployment, type Parts } from './assemble.ts'
import { databaseRefused, migrationRefused } from './environment.ts'
import { type SmtpOptions, smtpMailer } from './mail/smtp.ts'
import { migrate } from './migrate.ts'

import { type Config, isLoopback } from './platform/config.ts'
import { type Database, openDatabase } from './platform/database.ts'
import type { Outside } from './platform/deps.ts'
import { lookAround } from './platform/home.ts'
import { nodeOutside } from './platform/node-outside.ts'

/**
 * Migrates, then opens everything that a request needs. Throws StartRefused, MigrationRefused and VaultLocked, each with a
 * sentence to print.
 */
export async function openDeployment(
  options: Omit<Parts, 'databaseUrl' | 'outside'> & {
    /** Other eyes than the machine's own. */
    readonly outside?: Outside
    /** The app role's URL, and the owner's where there are two. */
    readonly urls: { readonly app: string; readonly owner: string; readonly appRole: string | null }
    /** What tells the data folder from a copy of it; null where the database is not in one. */
    readonly folder: string | null
  },
): Promise<Deployment> {
  const { urls, folder, ...parts } = options
  await migrate({ ownerUrl: urls.owner, appRole: urls.appRole }).catch((error: unknown) => {
    throw migrationRefused(variableOf(parts.config, 'owner'), error)
  })
  await asOwner(urls.owner, (db) => lookAround(db, folder))
  const smtp = smtpOf(parts.config)
  return assemble({
    outside: nodeOutside(),
    ...(smtp === null ? {} : { mailer: (deps) => smtpMailer(deps, smtp) }),
    ...parts,
    databaseUrl: urls.app,
  }).catch((error: unknown) => {
    throw databaseRefused(variableOf(parts.config, 'app'), error)
  })
}

/** By a connection of the owner's, closed afterwards. */
export async function asOwner(url: string, act: (db: Database) => Promise<void>): Promise<void> {
  const owner = openDatabase(url, { connections: 1 })
  try {
    await act(owner.db)
  } finally {
    await owner.close()
  }
}

/** Null unless mail goes by SMTP. */
function smtpOf({ smtp, smtpReturnPath, publicUrl, postTimeoutSeconds }: Config): SmtpOptions | null {
  if (smtp === null) return null
  const host = new URL(publicUrl).hostname
  return {
    server: smtp,
    // A host of this machine alone would be an untruth to any other; an address literal is always right.
    hello: isLoopback(publicUrl) ? '[127.0.0.1]' : host,
    returnPath: smtpReturnPath,
    timeoutSeconds: postTimeoutSeconds,
  }
}

/** Where the URL of a role comes from. */
function variableOf(config: Config, role: 'owner' | 'app'): string {
  if (config.databaseUrl === undefined) return 'The database in DATA_DIR'
  return role === 'owner' && config.migrateDatabaseUrl !== undefined ? 'MIGRATE_DATABASE_URL' : 'DATABASE_URL'
}
