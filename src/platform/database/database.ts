// adapter · PostgreSQL through postgres.js and Drizzle: one way to open it, and values that come as what they are
import type { SQL } from 'drizzle-orm'
import type { PgTransactionConfig } from 'drizzle-orm/pg-core'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { withAfterCommit } from './after-commit.ts'
import { valueReaders } from './values.ts'

/** Drizzle's `execute` takes any type for its rows at its word; this one says nothing of them: see rows.ts. */
interface Statements {
  execute(statement: SQL): Promise<readonly Readonly<Record<string, unknown>>[] & { readonly count: number }>
  transaction<Result>(act: (tx: Tx) => Promise<Result>, options?: PgTransactionConfig): Promise<Result>
}

type Builders = Omit<PostgresJsDatabase, keyof Statements>

/**
 * `$client` for the statements of a sign-up, which are worth preparing; everything else goes through Drizzle. A transaction has
 * none, and stands in for the database where a whole verb is to run inside it: its own transactions become savepoints.
 */
export type Database = Builders & Statements & { readonly $client?: postgres.Sql | undefined }
export type Tx = Builders & Statements
/** Whatever runs a query: the pool or a transaction. */
export type Executor = Database | Tx

export interface OpenDatabase {
  readonly db: Database
  readonly client: postgres.Sql
  close(): Promise<void>
}

/**
 * How long a connection that was lost waits before it is opened again. postgres.js asks with a count of failures of the whole
 * pool, so that one crash of the server is ten of them: its own rule would then keep every visitor waiting for 20 s.
 */
const secondsBeforeConnecting = (failures: number): number => Math.min(0.05 * 2 ** failures, 1)

/**
 * Opens a pool of at most `connections`, each of which may take `connectSeconds` to open. `prepares: false` where the way to the
 * server forgets prepared statements; the driver finds that out by itself too, at the first one that is forgotten.
 */
export function openDatabase(
  url: string,
  options: { connections: number; connectSeconds?: number; applicationName?: string; prepares?: boolean },
): OpenDatabase {
  const client = postgres(url, {
    max: options.connections,
    fetch_types: false,
    prepare: options.prepares ?? true,
    onnotice: () => {},
    connect_timeout: options.connectSeconds ?? 10,
    backoff: secondsBeforeConnecting,
    connection: { application_name: options.applicationName ?? 'assent' },
  })
  const db = drizzle(client)
  // Afterwards, since Drizzle sets its own: without them moments and arrays are text. Its columns take values as well.
  Object.assign(client.options.parsers, valueReaders)
  return { db: withAfterCommit(db), client, close: () => client.end({ timeout: 5 }) }
}
