// table · subscribers, without an address or a name in clear
import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { moment, octets } from '../platform/database/columns.ts'

export const subscribers = pgTable(
  'subscribers',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    uid: uuid().notNull().unique(),
    addressIndex: octets('address_index').notNull().unique(),
    address: octets().notNull(),
    locale: text().notNull(),
    timezone: text(),
    attributes: jsonb().notNull().default(sql`'{}'::jsonb`),
    tags: integer().array().notNull().default(sql`'{}'::integer[]`),
    mailboxProvider: text('mailbox_provider').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [
    index('subscribers_attributes').using('gin', sql`${t.attributes} jsonb_path_ops`),
    index('subscribers_tags').using('gin', t.tags),
    // The id allows index-only scans.
    index('subscribers_locale').on(t.locale, t.id),
    index('subscribers_mailbox').on(t.mailboxProvider, t.id),
  ],
)

export const tags = pgTable('tags', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  name: text().notNull().unique(),
})
