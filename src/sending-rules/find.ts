// sql · the rules of the house on sending, as they stand
import { sql } from 'drizzle-orm'
import type { Executor } from '../platform/database/database.ts'
import { noRules, type SendingRules, sendingRules } from './rules.ts'

/** Without any, in UTC, where nobody made them. */
export async function rulesOf(db: Executor): Promise<SendingRules> {
  const [row] = await db.execute<{ value: unknown }>(sql`select value from settings where name = 'sending'`)
  return row === undefined ? noRules : sendingRules.parse(row.value)
}

/** How many people were counted into the warm-up's day so far. */
export async function countedToday(db: Executor, rules: SendingRules, at: Date): Promise<number> {
  const [row] = await db.execute<{ people: number }>(sql`
    select people from pace_counts
    where name = 'warm_up' and since >= date_trunc('day', ${at.toISOString()}::timestamptz, ${rules.timezone})`)
  return row?.people ?? 0
}
