// sql · frequent statements with fixed text, prepared once per connection
import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import type * as z from 'zod'
import type { Database } from './database.ts'
import { checkRows } from './values.ts'

const dialect = new PgDialect()

/**
 * Rows of a prepared statement, by the schema of one row. A prepared statement takes one round trip instead of two and no
 * planning, so its text must not vary between calls. Inside a transaction the statement runs unprepared.
 */
export async function readPrepared<Row extends z.ZodType>(
  db: Database,
  row: Row,
  statement: SQL,
): Promise<readonly z.output<Row>[]> {
  const { sql, params } = dialect.sqlToQuery(statement)
  const found =
    db.$client === undefined || !params.every(isPlain)
      ? await db.execute(statement)
      : await db.$client.unsafe(sql, params, { prepare: true })
  return checkRows(row, found)
}

const isPlain = (parameter: unknown): parameter is string | number | Uint8Array =>
  typeof parameter === 'string' || typeof parameter === 'number' || parameter instanceof Uint8Array
