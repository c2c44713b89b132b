// sql · to which companies the deployment itself passes data: its configuration, and what its operator answered
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import type { Deps } from '../platform/deps.ts'
import { type ProcessorAnswers, type Processors, processorAnswers, processorsOf } from './processors.ts'

/** The answer to who hosts the deployment and its mail server; null where nobody answered. */
export async function findProcessorAnswers(db: Executor): Promise<ProcessorAnswers | null> {
  const row = await readRow(db, valueRow, sql`select value from settings where name = 'processors'`)
  return row === undefined ? null : processorAnswers.parse(row.value)
}

const valueRow = z.object({ value: z.unknown() })

export const findProcessors = async ({ config }: Pick<Deps, 'config'>, db: Executor): Promise<Processors> =>
  processorsOf(config, await findProcessorAnswers(db))
