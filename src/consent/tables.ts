// table · subscriptions, the ledger of consent events, sealed evidence and the keys that open it
import { type SQL, sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigint,
  boolean,
  char,
  check,
  date,
  index,
  integer,
  pgTable,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { lists } from '../lists/tables.ts'
import { moment, octets } from '../platform/database/columns.ts'
import { keysSchema } from '../platform/tables.ts'
import { subscribers } from '../subscribers/tables.ts'

/**
 * state, granted, the consent times, seq, last_leaf, restricted and sendable_until are the fold of consent_events: only the
 * owner's trigger changes them. The application sets grade, suppressed and not_before, which can stop mail and never replace a
 * grant.
 */
export const subscriptions = pgTable(
  'subscriptions',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    subscriber: bigint({ mode: 'number' })
      .notNull()
      .references(() => subscribers.id),
    list: bigint({ mode: 'number' })
      .notNull()
      .references(() => lists.number),
    state: text().notNull().default('pending'),
    granted: text().array().notNull().default(sql`'{}'::text[]`),
    requestedAt: moment('requested_at'),
    confirmedAt: moment('confirmed_at'),
    withdrawnAt: moment('withdrawn_at'),
    seq: integer().notNull().default(-1),
    lastLeaf: octets('last_leaf'),
    grade: char({ length: 1 }),
    sendableUntil: moment('sendable_until'),
    notBefore: moment('not_before'),
    restricted: boolean().notNull().default(false),
    suppressed: boolean().notNull().default(false),
    sendable: boolean()
      .notNull()
      .generatedAlwaysAs((): SQL => sql`state = 'active' and not restricted and not suppressed`),
  },
  (t) => [
    unique('subscriptions_once').on(t.subscriber, t.list),
    check(
      'subscriptions_state',
      sql`${t.state} in ('pending', 'active', 'refused', 'expired', 'withdrawn', 'revoked', 'invalidated', 'erased')`,
    ),
    // Covers all columns of may_send, so that no rows are read for a count, nor for a count within a period of
    // confirmation.
    index('subscriptions_sendable')
      .on(t.list, t.subscriber, t.granted, t.notBefore, t.sendableUntil)
      .where(sql`${t.sendable}`),
    index('subscriptions_confirmed')
      .on(t.list, t.confirmedAt, t.granted, t.notBefore, t.sendableUntil)
      .where(sql`${t.sendable}`),
    // Plain subscriptions are counted without may_send, the others by it: see countAudience.
    index('subscriptions_plain')
      .on(t.list, t.subscriber)
      .where(sql`${t.sendable} and ${isPlain(t)}`),
    index('subscriptions_particular')
      .on(t.list, t.granted, t.notBefore, t.sendableUntil)
      .where(sql`${t.sendable} and not ${isPlain(t)}`),
    // Unsendable subscriptions are subtracted from a count of those who received a campaign: see received.
    index('subscriptions_unsendable').on(t.list, t.subscriber).where(sql`not ${t.sendable}`),
    index('subscriptions_suppressed').on(t.id).where(sql`${t.suppressed}`),
  ],
)

/** The list's own purpose is granted and no other, without limits in time. */
function isPlain(t: Readonly<Record<'granted' | 'notBefore' | 'sendableUntil', AnyPgColumn>>): SQL {
  return sql`(${t.granted} = '{newsletter}' and ${t.notBefore} is null and ${t.sendableUntil} is null)`
}

/** The leaf is the proof; the other columns serve to find it. INSERT only. */
export const consentEvents = pgTable(
  'consent_events',
  {
    eid: uuid().primaryKey(),
    subscription: bigint({ mode: 'number' }).references(() => subscriptions.id),
    seq: integer().notNull(),
    leaf: octets().notNull(),
    leafHash: octets('leaf_hash').notNull(),
  },
  (t) => [unique('consent_events_chain').on(t.subscription, t.seq)],
)

/** Encrypted payloads. They may be deleted: the leaf stands without them. */
export const evidence = pgTable('evidence', {
  eid: uuid()
    .primaryKey()
    .references(() => consentEvents.eid),
  blob: octets().notNull(),
  retainUntil: date('retain_until', { mode: 'string' }),
})

/** K_s of each subscription, wrapped. Erasure means destroying the row. */
export const subscriptionKeys = keysSchema.table('subscription_keys', {
  subscription: bigint({ mode: 'number' })
    .primaryKey()
    .references(() => subscriptions.id),
  wrapped: octets().notNull(),
})
