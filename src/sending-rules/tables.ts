// table · how many people were handed over in the hour or the day that a rule limits
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { moment } from '../platform/database/columns.ts'

/** One row per limit: `warm_up`, `gmail/hour`, `gmail/day`. It counts in one window at a time, the one that begins at `since`. */
export const paceCounts = pgTable('pace_counts', {
  name: text().primaryKey(),
  since: moment().notNull(),
  people: integer().notNull(),
})
