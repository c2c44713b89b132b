// table · notices by content hash, kept while any event refers to them
import { bigint, pgTable, text } from 'drizzle-orm/pg-core'
import { lists } from '../lists/tables.ts'
import { moment, octets } from '../platform/database/columns.ts'

export const notices = pgTable('notices', {
  hash: octets().primaryKey(),
  list: bigint({ mode: 'number' })
    .notNull()
    .references(() => lists.number),
  locale: text().notNull(),
  /** The canonical text, whose SHA-256 is the hash. */
  bundle: text().notNull(),
  publishedAt: moment('published_at').notNull(),
})
