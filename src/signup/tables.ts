// table · sign-up requests: form input, sealed until confirmed, refused or expired
import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { subscriptions } from '../consent/tables.ts'
import { moment, octets } from '../platform/database/columns.ts'

export const signupRequests = pgTable(
  'signup_requests',
  {
    id: uuid().primaryKey(),
    /** No foreign key: lists are never deleted, and its lock on the list's row made every sign-up wait for the others. */
    list: bigint({ mode: 'number' }).notNull(),
    locale: text().notNull(),
    /** The sealed body; emptied when the request is closed. */
    sealed: octets().notNull(),
    createdAt: moment('created_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
    state: text().notNull().default('received'),
    closedAt: moment('closed_at'),
    /** Wrong codes typed so far, in code mode. */
    tries: integer().notNull().default(0),
  },
  (t) => [
    check(
      'signup_requests_state',
      sql`${t.state} in ('received', 'open', 'confirmed', 'refused', 'expired', 'stuck')`,
    ),
    index('signup_requests_received').on(t.id).where(sql`${t.state} = 'received'`),
    index('signup_requests_expiry').on(t.expiresAt).where(sql`${t.state} = 'open'`),
  ],
)

/** The request that waits for its confirmation, at most one per subscription. */
export const openRequests = pgTable(
  'open_requests',
  {
    subscription: bigint({ mode: 'number' })
      .primaryKey()
      .references(() => subscriptions.id),
    request: uuid()
      .notNull()
      .references(() => signupRequests.id),
  },
  (t) => [index('open_requests_request').on(t.request)],
)
