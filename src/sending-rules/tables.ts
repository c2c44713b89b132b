// table · people counted in the current hour or day of each limit
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { moment } from '../platform/database/columns.ts'

/** One row per limit (`warm_up`, `gmail/hour`, `gmail/day`), counting in the window that begins at `since`. */
export const paceCounts = pgTable('pace_counts', {
  name: text().primaryKey(),
  since: moment().notNull(),
  people: integer().notNull(),
})
