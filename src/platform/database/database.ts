// adapter · PostgreSQL through postgres.js and Drizzle: one way to open it, whole numbers as numbers
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { withAfterCommit } from './after-commit.ts'

/**
 * `$client` for the statements of a sign-up, which are worth preparing; everything else goes through Drizzle. A transaction has
 * none, and stands in for the database where a whole verb is to run inside it: its own transactions become savepoints.
 */
export type Database = PostgresJsDatabase & { readonly $client?: postgres.Sql | undefined }
export type Tx = Parameters<Parameters<Database['transaction']>[0]>[0]
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
 * Opens a pool of at most `connections`, each of which may take `connectSeconds` to open. Identifiers are bigint below 2^53
 * and come as numbers. `prepares: false` where the way to the server forgets prepared statements; the driver finds that out by
 * itself too, at the first one that is forgotten.
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
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
  })
  return { db: withAfterCommit(drizzle(client)), client, close: () => client.end({ timeout: 5 }) }
}
