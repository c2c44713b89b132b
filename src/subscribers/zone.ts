// sql · whether the database knows a time zone: its list and that of Intl may be of different years
import { sql } from 'drizzle-orm'
import type { Executor } from '../platform/database/database.ts'

export async function isKnownZone(db: Executor, zone: string): Promise<boolean> {
  const rows = await db.execute(
    sql`select 1 from pg_timezone_names where lower(name) = lower(${zone}) limit 1`,
  )
  return rows.length > 0
}
