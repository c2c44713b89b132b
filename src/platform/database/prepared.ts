// sql · a statement that many requests ask in the same words, prepared once for each connection
import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import type { Database } from './database.ts'

const dialect = new PgDialect()

/**
 * Its rows. Once prepared it takes one round trip, not two, and no planning, so its words may not differ from one time to the
 * next. In a transaction it is run as any other.
 */
export async function executePrepared(db: Database, statement: SQL): Promise<readonly unknown[]> {
  const { sql, params } = dialect.sqlToQuery(statement)
  return db.$client === undefined || !params.every(isPlain)
    ? db.execute(statement)
    : db.$client.unsafe(sql, params, { prepare: true })
}

const isPlain = (parameter: unknown): parameter is string | number | Uint8Array =>
  typeof parameter === 'string' || typeof parameter === 'number' || parameter instanceof Uint8Array
