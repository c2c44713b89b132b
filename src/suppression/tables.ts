// table · keyed hashes of addresses that must not be mailed, and why
import { sql } from 'drizzle-orm'
import { check, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { moment, octets } from '../platform/database/columns.ts'

export const suppressions = pgTable(
  'suppressions',
  {
    id: uuid().primaryKey(),
    hash: octets().notNull(),
    /** all, confirmations, or list:<id>. */
    scope: text().notNull(),
    reason: text().notNull(),
    since: moment().notNull(),
  },
  (t) => [
    unique('suppressions_once').on(t.hash, t.scope, t.reason),
    check(
      'suppressions_reason',
      sql`${t.reason} in ('bounce', 'complaint', 'erasure', 'operator', 'block_me')`,
    ),
  ],
)
