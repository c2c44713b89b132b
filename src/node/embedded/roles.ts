// adapter · roles of the embedded server: the owner migrates, the app uses its grants, nobody else connects
import postgres from 'postgres'
import * as z from 'zod'
import { endLargeObjects } from '../../platform/database/large-objects.ts'
import { checkRows } from '../../platform/database/values.ts'
import type { Credentials } from './data-folder.ts'

export const ownerRole = 'assent_owner'
export const appRole = 'assent_app'
export const databaseName = 'assent'

export interface Urls {
  readonly ownerUrl: string
  readonly appUrl: string
  /** Superuser: for tests, benchmarks and repairs. */
  readonly adminUrl: string
}

export function urlsOf(port: number, passwords: Credentials, database: string): Urls {
  const url = (role: string, password: string) =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${database}`
  return {
    ownerUrl: url(ownerRole, passwords.owner),
    appUrl: url(appRole, passwords.app),
    adminUrl: url('postgres', passwords.postgres),
  }
}

/** At every start, so that a killed first start is completed. */
export async function ensureRoles(port: number, passwords: Credentials): Promise<void> {
  const admin = postgres(urlsOf(port, passwords, 'postgres').adminUrl, { max: 1, fetch_types: false })
  try {
    const [found] = checkRows(
      foundRow,
      await admin`
        select exists (select from pg_roles where rolname = ${ownerRole}) as owner,
               exists (select from pg_roles where rolname = ${appRole}) as app,
               exists (select from pg_database where datname = ${databaseName}) as database`,
    )
    if (!found?.owner) await createRole(admin, ownerRole, passwords.owner)
    if (!found?.app) await createRole(admin, appRole, passwords.app)
    if (!found?.database) await admin`create database ${admin(databaseName)} owner ${admin(ownerRole)}`
    await admin`revoke all on database postgres, template1 from public`
    await closeDatabase(admin, databaseName)
  } finally {
    await admin.end()
  }
  // Privileges of functions belong to one database.
  const within = postgres(urlsOf(port, passwords, databaseName).adminUrl, { max: 1, fetch_types: false })
  try {
    await closeLargeObjects(within)
  } finally {
    await within.end()
  }
}

const foundRow = z.object({ owner: z.boolean(), app: z.boolean(), database: z.boolean() })

/**
 * Only owner and app connect, and neither can shadow our tables with temporary ones; the schema is closed to public since
 * PostgreSQL 15. Privileges of a database are not copied from its template.
 */
export async function closeDatabase(admin: postgres.Sql, database: string, role = appRole): Promise<void> {
  await admin`revoke all on database ${admin(database)} from public`
  await admin`grant connect on database ${admin(database)} to ${admin(role)}`
}

/**
 * Large objects lie outside all tables, and PostgreSQL lets every role make them: room for data that nothing here counts, finds or
 * erases. Only a superuser can change that; for another role nothing happens, and `doctor` names the statement.
 */
export async function closeLargeObjects(admin: postgres.Sql): Promise<void> {
  const [who] = checkRows(
    superRow,
    await admin`select rolsuper as super from pg_roles where rolname = current_user`,
  )
  if (who?.super === true) await admin.unsafe(endLargeObjects)
}

const superRow = z.object({ super: z.boolean() })

/** `create role` takes no parameters, so the server's `format` quotes the password. */
export async function createRole(admin: postgres.Sql, role: string, password: string): Promise<void> {
  const [row] = checkRows(
    roleRow,
    await admin`select format('create role %I login password %L', ${role}::text, ${password}::text) as statement`,
  )
  if (row !== undefined) await admin.unsafe(row.statement)
}

const roleRow = z.object({ statement: z.string() })
