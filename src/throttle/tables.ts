// table · the provider's slots and pauses, and the facts that tell a deployment from its copy
import { bigint, pgTable, text } from 'drizzle-orm/pg-core'
import { moment } from '../platform/database/columns.ts'

/** One row per fact: the hash of the applied functions, the deployment's identity, … */
export const deployment = pgTable('deployment', { name: text().primaryKey(), value: text().notNull() })

/** One row per provider, which hands out slots to every worker, and rows for its other pauses and for the places of a window. */
export const pace = pgTable('pace', {
  provider: text().primaryKey(),
  nextSlotAt: moment('next_slot_at').notNull(),
  /** The end of the pause, from the provider's last refusal. */
  closedUntil: moment('closed_until'),
  /** Slots handed out since the last rest. */
  slots: bigint({ mode: 'number' }).notNull().default(0),
})
