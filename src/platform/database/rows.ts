// sql · what a statement answers, believed once it has passed a schema: the only way to rows of hand-written SQL
import type { SQL } from 'drizzle-orm'
import type * as z from 'zod'
import type { Executor } from './database.ts'
import { checkRows } from './values.ts'

/** `row` is the schema of one row, built once for each statement, not with each call. Throws RowMisfit. */
export const readRows = async <Row extends z.ZodType>(
  db: Executor,
  row: Row,
  statement: SQL,
): Promise<readonly z.output<Row>[]> => checkRows(row, await db.execute(statement))

/** The first row; undefined where there is none. */
export const readRow = async <Row extends z.ZodType>(
  db: Executor,
  row: Row,
  statement: SQL,
): Promise<z.output<Row> | undefined> => (await readRows(db, row, statement))[0]
