// table · lists, their purposes and the registry of fields
import { sql } from 'drizzle-orm'
import { bigint, boolean, check, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../platform/database/columns.ts'

export const lists = pgTable('lists', {
  number: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  id: uuid().notNull().unique(),
  slug: text().notNull().unique(),
  name: text().notNull(),
  /** The rest of the settings; the schema is lists/settings. */
  settings: jsonb().notNull(),
  /** The notice in force per language, by hash. */
  notices: jsonb().notNull().default(sql`'{}'::jsonb`),
  version: integer().notNull().default(1),
  createdAt: moment('created_at').notNull(),
  archivedAt: moment('archived_at'),
})

export const purposes = pgTable(
  'purposes',
  {
    list: bigint({ mode: 'number' })
      .notNull()
      .references(() => lists.number),
    key: text().notNull(),
    kind: text().notNull(),
    position: integer().notNull(),
    title: jsonb().notNull(),
    text: jsonb().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.list, t.key] }),
    check('purposes_kind', sql`${t.kind} in ('mail', 'measure', 'data')`),
    check('purposes_key', sql`${t.key} ~ '^[a-z][a-z0-9_]{0,39}$'`),
  ],
)

export const fields = pgTable(
  'fields',
  {
    list: bigint({ mode: 'number' })
      .notNull()
      .references(() => lists.number),
    key: text().notNull(),
    position: integer().notNull(),
    type: text().notNull(),
    label: jsonb().notNull(),
    options: jsonb().notNull(),
    purpose: text().notNull(),
    legalBasis: text('legal_basis').notNull(),
    required: boolean().notNull(),
    protected: boolean().notNull(),
    filterable: boolean().notNull(),
    sensitive: boolean().notNull(),
    /** Off the form. The row stays: the values that were given keep its type and purpose, and are read again if it comes back. */
    removed: boolean().notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.list, t.key] }),
    check('fields_cipher_is_not_filtered', sql`not (${t.protected} and ${t.filterable})`),
  ],
)
