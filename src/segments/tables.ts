// table · saved segments: a name and a filter over one list
import { bigint, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { lists } from '../lists/tables.ts'
import { moment } from '../platform/database/columns.ts'

export const segments = pgTable('segments', {
  id: uuid().primaryKey(),
  list: bigint({ mode: 'number' })
    .notNull()
    .references(() => lists.number),
  name: text().notNull(),
  filter: jsonb().notNull(),
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
})
