// table · what the platform itself keeps: wrapped keys, facts of the deployment, limits, pace
import { bigint, integer, pgSchema, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment, octets } from './columns.ts'

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

/** One row per fact: the hash of the functions applied, the pace of the provider, … */
export const deployment = pgTable('deployment', { name: text().primaryKey(), value: text().notNull() })

/** How often something happened in a window: mails to one person, sign-ups from one network. */
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

/** The processes that may hold leases: one that was not seen for some seconds is dead, and others take over what it held. */
export const heartbeats = pgTable('heartbeats', {
  holder: text().primaryKey(),
  seenAt: moment('seen_at').notNull(),
})

/** One row per provider hands out slots to every worker. */
export const pace = pgTable('pace', {
  provider: text().primaryKey(),
  nextSlotAt: moment('next_slot_at').notNull(),
  /** Until when the provider takes nothing: what its last 429 said. */
  closedUntil: moment('closed_until'),
  /** Slots handed out since the last rest. */
  slots: bigint({ mode: 'number' }).notNull().default(0),
})
