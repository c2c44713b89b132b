// entry · a deployment on a machine of its own: migrated by the owner, then run by the application's role
import { assemble, type Deployment, type Parts } from './assemble.ts'
import { databaseRefused, migrationRefused } from './environment.ts'
import { migrate } from './migrate.ts'
import type { Config } from './platform/config.ts'

/**
 * Migrates, then opens everything that a request needs. Throws StartRefused, MigrationRefused and VaultLocked, each with a
 * sentence to print.
 */
export async function openDeployment(
  options: Omit<Parts, 'databaseUrl'> & {
    /** The app role's URL, and the owner's where there are two. */
    readonly urls: { readonly app: string; readonly owner: string; readonly appRole: string | null }
  },
): Promise<Deployment> {
  const { urls, ...parts } = options
  await migrate({ ownerUrl: urls.owner, appRole: urls.appRole }).catch((error: unknown) => {
    throw migrationRefused(variableOf(parts.config, 'owner'), error)
  })
  return assemble({ ...parts, databaseUrl: urls.app }).catch((error: unknown) => {
    throw databaseRefused(variableOf(parts.config, 'app'), error)
  })
}

/** Where the URL of a role comes from. */
function variableOf(config: Config, role: 'owner' | 'app'): string {
  if (config.databaseUrl === undefined) return 'The database in DATA_DIR'
  return role === 'owner' && config.migrateDatabaseUrl !== undefined ? 'MIGRATE_DATABASE_URL' : 'DATABASE_URL'
}
