// sql · campaign id by inner number
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'

/** The id of a campaign by its inner number; null if unknown. */
export async function campaignIdOf(db: Executor, number: number): Promise<string | null> {
  if (number === 0) return null
  const row = await readRow(db, idRow, sql`select id from campaigns where number = ${number}`)
  return row?.id ?? null
}

const idRow = z.object({ id: z.string() })
