// table · answers stored under an Idempotency-Key, for repeats
import { integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment, octets } from '../platform/database/columns.ts'

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** The holder of the key: two clients may choose the same one. */
    holder: text().notNull(),
    /** Keyed hash of the header's value. */
    key: octets().notNull(),
    /** Keyed hash of method, path and body: the same key with another request is a mistake. */
    request: octets().notNull(),
    status: integer().notNull(),
    /** Identifies the row for sealing. */
    id: uuid().notNull().unique(),
    /** The body of the answer, sealed. */
    answer: octets().notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.holder, t.key] })],
)
