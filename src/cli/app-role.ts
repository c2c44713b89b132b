// adapter · creating the application's role in an external PostgreSQL, with access to this database only
import * as z from 'zod'
import { closeDatabase, closeLargeObjects, createRole } from '../node/embedded/roles.ts'
import { StartRefused } from '../node/start-refused.ts'
import { openDatabase } from '../platform/database/database.ts'
import { checkRows } from '../platform/database/values.ts'
import { codeOf } from '../platform/failures.ts'

/**
 * Creates the role of DATABASE_URL with its password, using the role of MIGRATE_DATABASE_URL. An existing role keeps its
 * password. Returns whether the role was created. Throws StartRefused, with the SQL for an administrator, if the owner role
 * lacks the privilege.
 */
export async function ensureAppRole(urls: {
  readonly app: string
  readonly owner: string
}): Promise<boolean> {
  const app = new URL(urls.app)
  const role = decodeURIComponent(app.username)
  const { client: owner, close } = openDatabase(urls.owner, { connections: 1, prepares: false })
  try {
    const [found] = await owner`select from pg_roles where rolname = ${role}`
    if (found === undefined) await createRole(owner, role, decodeURIComponent(app.password))
    const [database] = checkRows(databaseRow, await owner`select current_database() as name`)
    await closeDatabase(owner, database?.name ?? '', role)
    await closeLargeObjects(owner)
    return found === undefined
  } catch (error) {
    if (codeOf(error) !== insufficientPrivilege) throw error
    throw new StartRefused(
      `The role in MIGRATE_DATABASE_URL may not create roles or grant access. Ask an administrator to run: create role "${role}" login password '…'; revoke all on database "${decodeURIComponent(app.pathname.slice(1))}" from public; grant connect on database "${decodeURIComponent(app.pathname.slice(1))}" to "${role}";`,
      error,
    )
  } finally {
    await close()
  }
}

const databaseRow = z.object({ name: z.string() })

const insufficientPrivilege = '42501'
