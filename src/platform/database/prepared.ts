// sql · a statement that many requests ask in the same words, prepared once for each connection
import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import type * as z from 'zod'
import type { Database } from './database.ts'
import { checkRows } from './values.ts'

const dialect = new PgDialect()

/**
 * Its rows, by the schema of one. Once prepared it takes one round trip, not two, and no planning, so its words may not differ from one time to the
 * next. In a transaction it is run as any other.
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
