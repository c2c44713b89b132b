// adapter · a migrated database for one test file, with the roles and privileges of production
import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { inject } from 'vitest'
import { closeDatabase, databaseName, ownerRole, type Urls } from '../../src/node/embedded/roles.ts'

export interface TestDatabase extends Urls {
  drop(): Promise<void>
}

/** Copies the migrated template, in 30 to 60 ms. Drop the copy in afterAll, after closing its pools. */
export async function createDatabase(): Promise<TestDatabase> {
  const cluster = inject('cluster')
  if (!cluster.ready) throw new Error(`There is no test database: ${cluster.reason}`)
  const name = `test_${randomBytes(6).toString('hex')}`
  const at = (url: string, database: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href
  const administer = (act: (admin: postgres.Sql) => Promise<unknown>) =>
    asAdmin(at(cluster.adminUrl, 'postgres'), act)
  await administer(async (admin) => {
    // Copied as files: by the log, which is the default, PostgreSQL computes twice as long.
    await admin`
      create database ${admin(name)} template ${admin(databaseName)} owner ${admin(ownerRole)} strategy file_copy`
    await closeDatabase(admin, name)
  })
  return {
    ownerUrl: at(cluster.ownerUrl, name),
    appUrl: at(cluster.appUrl, name),
    adminUrl: at(cluster.adminUrl, name),
    drop: () => administer((admin) => admin`drop database if exists ${admin(name)} with (force)`),
  }
}

async function asAdmin(url: string, act: (admin: postgres.Sql) => Promise<unknown>): Promise<void> {
  const admin = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} })
  try {
    await act(admin)
  } finally {
    await admin.end()
  }
}
