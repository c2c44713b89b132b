// sql · rows of hand-written SQL, checked by a schema: the only way to read them
import type { SQL } from 'drizzle-orm'
import type * as z from 'zod'
import type { Executor } from './database.ts'
import { checkRows } from './values.ts'

/** `row` is the schema of one row, built once per statement, not per call. Throws RowMisfit. */
export const readRows = async <Row extends z.ZodType>(
  db: Executor,
  row: Row,
  statement: SQL,
): Promise<readonly z.output<Row>[]> => checkRows(row, await db.execute(statement))

/** The first row, or undefined. */
export const readRow = async <Row extends z.ZodType>(
  db: Executor,
  row: Row,
  statement: SQL,
): Promise<z.output<Row> | undefined> => (await readRows(db, row, statement))[0]
