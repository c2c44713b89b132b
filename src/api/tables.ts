// table · answers that were given under an Idempotency-Key, to be given again
import { integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment, octets } from '../platform/database/columns.ts'

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** Whose key it is: two programs may choose the same. */
    holder: text().notNull(),
    /** Keyed hash of the header's value. */
    key: octets().notNull(),
    /** Keyed hash of method, path and body: the same key with another request is a mistake. */
    request: octets().notNull(),
    status: integer().notNull(),
    /** Names the row for sealing. */
    id: uuid().notNull().unique(),
    /** The body as it was answered, sealed. */
    answer: octets().notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.holder, t.key] })],
)
