// sql · the rules of the house on sending, as they stand
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import { noRules, type SendingRules, sendingRules } from './rules.ts'

/** Without any, in UTC, where nobody made them. */
export async function rulesOf(db: Executor): Promise<SendingRules> {
  const row = await readRow(db, rulesRow, sql`select value from settings where name = 'sending'`)
  return row === undefined ? noRules : sendingRules.parse(row.value)
}

const rulesRow = z.object({ value: z.unknown() })

/** How many people were counted into the warm-up's day so far. */
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
