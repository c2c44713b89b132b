// sql · how one person stands on each of their lists
import { eq, sql } from 'drizzle-orm'
import * as z from 'zod'
import { ownPurpose } from '../lists/list.ts'
import type { Executor } from '../platform/database/database.ts'
import { subscriptions } from './tables.ts'

export interface SubscriptionState {
  readonly id: number
  /** The number of the list. */
  readonly list: number
  readonly state: string
  readonly granted: readonly string[]
  readonly grade: string | null
  readonly requestedAt: Date | null
  readonly confirmedAt: Date | null
  readonly withdrawnAt: Date | null
  readonly restricted: boolean
  /** Mail is held back: it bounced, or they complained. */
  readonly suppressed: boolean
  /** Whether the list's own mail may be sent to them now. */
  readonly reachable: boolean
}

const isTrue = z.boolean()

/** In the order in which they came to the lists. */
export const subscriptionsOf = (db: Executor, subscriber: number): Promise<readonly SubscriptionState[]> =>
  db
    .select({
      id: subscriptions.id,
      list: subscriptions.list,
      state: subscriptions.state,
      granted: subscriptions.granted,
      grade: subscriptions.grade,
      requestedAt: subscriptions.requestedAt,
      confirmedAt: subscriptions.confirmedAt,
      withdrawnAt: subscriptions.withdrawnAt,
      restricted: subscriptions.restricted,
      suppressed: subscriptions.suppressed,
      reachable: sql`${subscriptions.sendable} and may_send(subscriptions, ${ownPurpose}, now())`.mapWith(
        (value: unknown) => isTrue.parse(value),
      ),
    })
    .from(subscriptions)
    .where(eq(subscriptions.subscriber, subscriber))
    .orderBy(subscriptions.id)
