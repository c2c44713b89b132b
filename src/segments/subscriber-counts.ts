// sql · how many stand where on the lists somebody sees: the figures of the first screen
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import { cacheCounts } from '../platform/memory/cached-counts.ts'

export interface SubscriberCounts {
  /** People with at least one subscription that may be sent to now. */
  readonly reachable: number
  readonly active: number
  readonly pending: number
  readonly ended: number
}

const keptStandings = cacheCounts<string, SubscriberCounts>(
  ({ active, pending, ended }) => active + pending + ended > 50_000,
)

/**
 * `lists`: the numbers to look at; null: all. Each subscription counts once, and in `reachable` each person once. Of very many
 * it may be a few seconds old.
 */
export const subscriberCounts = (
  db: Executor,
  { lists, now }: { lists: readonly number[] | null; now: Date },
): Promise<SubscriberCounts> =>
  keptStandings.get({ of: db, now }, JSON.stringify(lists), () => count(db, lists))

const nowhere: SubscriberCounts = { reachable: 0, active: 0, pending: 0, ended: 0 }

/** On one list each subscription is a person; telling people apart is asked only where there are several (1.2 s of a million). */
async function count(db: Executor, lists: readonly number[] | null): Promise<SubscriberCounts> {
  const row = await readRow(
    db,
    countsRow,
    sql`
      select coalesce(sum(people) filter (where sendable), 0)::int as reachable,
        coalesce(sum(people) filter (where state = 'active'), 0)::int as active,
        coalesce(sum(people) filter (where state = 'pending'), 0)::int as pending,
        coalesce(sum(people) filter (where state not in ('active', 'pending')), 0)::int as ended,
        count(distinct list)::int as lists
      from (
        select list, state, sendable, count(*) as people
        from subscriptions
        where ${onLists(sql`list`, lists)}
        group by list, state, sendable
      ) as counted`,
  )
  if (row === undefined) return nowhere
  const { lists: several, ...standings } = row
  if (several < 2) return standings
  const people = await readRow(
    db,
    reachableRow,
    sql`
      select count(*)::int as reachable
      from (select distinct subscriber from subscriptions where sendable and ${onLists(sql`list`, lists)}) as people`,
  )
  return { ...standings, reachable: people?.reachable ?? 0 }
}

const reachableRow = z.object({ reachable: whole })

const countsRow = z.object({ reachable: whole, active: whole, pending: whole, ended: whole, lists: whole })

/** True of the lists somebody sees. */
export const onLists = (column: ReturnType<typeof sql>, lists: readonly number[] | null) =>
  lists === null
    ? sql`true`
    : sql`${column} in (select jsonb_array_elements_text(${JSON.stringify(lists)}::jsonb)::bigint)`
