// sql · the saved sending rules, and the warm-up count of today
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import { noRules, type SendingRules, sendingRules } from './rules.ts'

/** The saved rules; `noRules` without any. */
export async function rulesOf(db: Executor): Promise<SendingRules> {
  const row = await readRow(db, rulesRow, sql`select value from settings where name = 'sending'`)
  return row === undefined ? noRules : sendingRules.parse(row.value)
}

const rulesRow = z.object({ value: z.unknown() })

/** The number of people counted towards the warm-up today. */
export async function countedToday(db: Executor, rules: SendingRules, at: Date): Promise<number> {
  const row = await readRow(
    db,
    countedRow,
    sql`
      select people from pace_counts
      where name = 'warm_up' and since >= date_trunc('day', ${at.toISOString()}::timestamptz, ${rules.timezone})`,
  )
  return row?.people ?? 0
}

const countedRow = z.object({ people: whole })
