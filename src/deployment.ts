// entry · a deployment on a machine of its own: migrated by the owner, then run by the application's role
import { assemble, type Deployment, type Parts } from './assemble.ts'
import { migrate } from './migrate.ts'

/** Migrates, then opens everything that a request needs. Throws MigrationRefused and VaultLocked with a sentence to print. */
export async function openDeployment(
  options: Omit<Parts, 'databaseUrl'> & {
    /** The app role's URL, and the owner's where there are two. */
    readonly urls: { readonly app: string; readonly owner: string; readonly appRole: string | null }
  },
): Promise<Deployment> {
  const { urls, ...parts } = options
  await migrate({ ownerUrl: urls.owner, appRole: urls.appRole })
  return assemble({ ...parts, databaseUrl: urls.app })
}
