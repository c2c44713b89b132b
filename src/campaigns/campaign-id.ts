// sql · campaign id by inner number
import { sql } from 'drizzle-orm'
import type { Executor } from '../platform/database/database.ts'

/** The id of a campaign by its inner number; null if unknown. */
export async function campaignIdOf(db: Executor, number: number): Promise<string | null> {
  if (number === 0) return null
  const [row] = await db.execute<{ id: string }>(sql`select id from campaigns where number = ${number}`)
  return row?.id ?? null
}
