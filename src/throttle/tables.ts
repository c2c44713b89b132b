// table · who may send when: the provider's slots, and facts of the deployment that tell it from a copy
import { bigint, pgTable, text } from 'drizzle-orm/pg-core'
import { moment } from '../platform/database/columns.ts'

/** One row per fact: the hash of the functions applied, the pace of the provider, … */
export const deployment = pgTable('deployment', { name: text().primaryKey(), value: text().notNull() })

/** One row per provider hands out slots to every worker. */
export const pace = pgTable('pace', {
  provider: text().primaryKey(),
  nextSlotAt: moment('next_slot_at').notNull(),
  /** Until when the provider takes nothing: what its last 429 said. */
  closedUntil: moment('closed_until'),
  /** Slots handed out since the last rest. */
  slots: bigint({ mode: 'number' }).notNull().default(0),
})
