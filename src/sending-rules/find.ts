// sql · the saved sending rules, and the warm-up count of today
import { sql } from 'drizzle-orm'
import type { Executor } from '../platform/database/database.ts'
import { noRules, type SendingRules, sendingRules } from './rules.ts'

/** The saved rules; `noRules` without any. */
export async function rulesOf(db: Executor): Promise<SendingRules> {
  const [row] = await db.execute<{ value: unknown }>(sql`select value from settings where name = 'sending'`)
  return row === undefined ? noRules : sendingRules.parse(row.value)
}

/** The number of people counted towards the warm-up today. */
export async function countedToday(db: Executor, rules: SendingRules, at: Date): Promise<number> {
  const [row] = await db.execute<{ people: number }>(sql`
    select people from pace_counts
    where name = 'warm_up' and since >= date_trunc('day', ${at.toISOString()}::timestamptz, ${rules.timezone})`)
  return row?.people ?? 0
}
