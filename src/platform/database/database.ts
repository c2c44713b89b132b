// adapter · PostgreSQL through postgres.js and Drizzle: one way to open a pool, with typed values
import type { SQL } from 'drizzle-orm'
import type { PgTransactionConfig } from 'drizzle-orm/pg-core'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { withAfterCommit } from './after-commit.ts'
import { valueReaders } from './values.ts'

/** Drizzle's `execute` trusts any row type the caller names; this signature leaves rows untyped: see rows.ts. */
interface Statements {
  execute(statement: SQL): Promise<readonly Readonly<Record<string, unknown>>[] & { readonly count: number }>
  transaction<Result>(act: (tx: Tx) => Promise<Result>, options?: PgTransactionConfig): Promise<Result>
}

type Builders = Omit<PostgresJsDatabase, keyof Statements>

/**
 * `$client` runs the sign-up statements, which are worth preparing; everything else goes through Drizzle. A transaction has
 * no `$client`, and can stand in for the database to run a whole verb inside it: the verb's transactions become savepoints.
 */
export type Database = Builders & Statements & { readonly $client?: postgres.Sql | undefined }
export type Tx = Builders & Statements
/** Anything that runs a query: the pool or a transaction. */
export type Executor = Database | Tx

export interface OpenDatabase {
  readonly db: Database
  readonly client: postgres.Sql
  close(): Promise<void>
}

/**
 * Reconnect delay. postgres.js passes the failure count of the whole pool, so one server crash counts as ten: its default
 * backoff would keep visitors waiting for 20 s.
 */
const secondsBeforeConnecting = (failures: number): number => Math.min(0.05 * 2 ** failures, 1)

/**
 * Opens a pool of at most `connections`; each may take `connectSeconds` to open. Pass `prepares: false` where a pooler drops
 * prepared statements; the driver also detects this at the first dropped statement.
 */
export function openDatabase(
  url: string,
  options: {
    connections: number
    connectSeconds?: number
    applicationName?: string
    prepares?: boolean
    /** How long a statement may run; poolers refuse a connection that asks for it. */
    statementSeconds?: number
  },
): OpenDatabase {
  const client = postgres(url, {
    max: options.connections,
    fetch_types: false,
    prepare: options.prepares ?? true,
    onnotice: () => {},
    connect_timeout: options.connectSeconds ?? 10,
    backoff: secondsBeforeConnecting,
    connection: {
      application_name: options.applicationName ?? 'assent',
      ...(options.statementSeconds === undefined
        ? {}
        : { statement_timeout: options.statementSeconds * 1000 }),
    },
  })
  const db = drizzle(client)
  // After drizzle(), which sets its own parsers that leave moments and arrays as text. Drizzle columns accept the parsed
  // values too.
  Object.assign(client.options.parsers, valueReaders)
  return { db: withAfterCommit(db), client, close: () => client.end({ timeout: 5 }) }
}
