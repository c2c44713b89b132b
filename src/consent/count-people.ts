// sql · how many people stand where on a list, and how many agreed to what
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRows } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import { type SubscriptionState, subscriptionStates } from './ledger.ts'

export interface PeopleOfList {
  readonly states: Readonly<Partial<Record<SubscriptionState, number>>>
  /** Active, and neither restricted nor suppressed: who a campaign can reach. */
  readonly reachable: number
}

export const nobody: PeopleOfList = { states: {}, reachable: 0 }

/** By the number of the list; one on which nobody ever was is not there. */
export async function countPeople(
  db: Executor,
  lists: readonly number[],
): Promise<ReadonlyMap<number, PeopleOfList>> {
  const rows = await readRows(
    db,
    peopleRow,
    sql`
      select list, state, count(*)::int as people, count(*) filter (where sendable)::int as sendable
      from subscriptions
      where list = any(${`{${lists.join(',')}}`}::bigint[])
      group by list, state`,
  )
  const counted = new Map<number, PeopleOfList>()
  for (const { list, state, people, sendable } of rows) {
    const before = counted.get(list) ?? nobody
    counted.set(list, {
      states: { ...before.states, [state]: people },
      reachable: before.reachable + sendable,
    })
  }
  return counted
}

const peopleRow = z.object({ list: whole, state: z.enum(subscriptionStates), people: whole, sendable: whole })

/** Of the active people of a list: how many agreed to each purpose. */
export async function countGrants(db: Executor, list: number): Promise<ReadonlyMap<string, number>> {
  const rows = await readRows(
    db,
    grantRow,
    sql`
      select purpose, count(*)::int as people
      from subscriptions, unnest(granted) as purpose
      where list = ${list} and state = 'active'
      group by purpose`,
  )
  return new Map(rows.map(({ purpose, people }) => [purpose, people]))
}

const grantRow = z.object({ purpose: z.string(), people: whole })
