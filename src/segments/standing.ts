// sql · how many stand where on the lists somebody sees: the figures of the first screen
import { sql } from 'drizzle-orm'
import type { Executor } from '../platform/database.ts'

export interface Standings {
  /** People with at least one subscription that may be sent to now. */
  readonly reachable: number
  readonly active: number
  readonly pending: number
  readonly ended: number
}

/** `lists`: the numbers to look at; null: all. Each subscription counts once, and in `reachable` each person once. */
export async function standingsOf(db: Executor, lists: readonly number[] | null): Promise<Standings> {
  const [row] = await db.execute<{ reachable: number; active: number; pending: number; ended: number }>(sql`
    select
      count(distinct subscriber) filter (where sendable)::int as reachable,
      count(*) filter (where state = 'active')::int as active,
      count(*) filter (where state = 'pending')::int as pending,
      count(*) filter (where state not in ('active', 'pending'))::int as ended
    from subscriptions
    where ${onLists(sql`list`, lists)}`)
  return row ?? { reachable: 0, active: 0, pending: 0, ended: 0 }
}

/** True of the lists somebody sees. */
export const onLists = (column: ReturnType<typeof sql>, lists: readonly number[] | null) =>
  lists === null
    ? sql`true`
    : sql`${column} in (select jsonb_array_elements_text(${JSON.stringify(lists)}::jsonb)::bigint)`
