// table · platform tables: wrapped keys, limits, heartbeats
import { integer, pgSchema, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment, octets } from './database/columns.ts'

/** A schema of its own, so that keys can be backed up apart from the data they open. */
export const keysSchema = pgSchema('keys')

export const vaultKeys = keysSchema.table(
  'vault_keys',
  {
    name: text().notNull(),
    version: integer().notNull(),
    wrapped: octets().notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.name, t.version] })],
)

/** Counts within a window: mails to one person, sign-ups from one network. */
export const limits = pgTable(
  'limits',
  {
    hash: octets().notNull(),
    /** The kind of window and its start: `list-day:…`. */
    window: text().notNull(),
    count: integer().notNull(),
    until: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.hash, t.window] })],
)

/** Processes that may hold leases: a process without a beat for some seconds is dead, and its leases are taken over. */
export const heartbeats = pgTable('heartbeats', {
  holder: text().primaryKey(),
  seenAt: moment('seen_at').notNull(),
})
