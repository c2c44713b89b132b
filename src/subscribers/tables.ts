// table · subscribers, without an address or a name in clear, and what each list knows of them
import { sql } from 'drizzle-orm'
import {
  bigint,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { subscriptions } from '../consent/tables.ts'
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
    mailboxProvider: text('mailbox_provider').notNull(),
    createdAt: moment('created_at').notNull(),
    /**
     * `{fields, tags}` from the time when values had no list, where no list of the person asks for them; null for nearly
     * everybody. Nothing reads it: which list a value was given to is not known. Erased with the person's last subscription.
     */
    unassigned: jsonb(),
  },
  (t) => [
    // The id allows index-only scans.
    index('subscribers_locale').on(t.locale, t.id),
    index('subscribers_mailbox').on(t.mailboxProvider, t.id),
  ],
)

/**
 * What one list knows of a person beyond the address: the field values given to it, and its tags. One list never reads the row
 * of another. There is a row only once there is something to keep, and never without the subscription.
 */
export const details = pgTable(
  'details',
  {
    list: bigint({ mode: 'number' }).notNull(),
    subscriber: bigint({ mode: 'number' }).notNull(),
    attributes: jsonb().notNull().default(sql`'{}'::jsonb`),
    tags: integer().array().notNull().default(sql`'{}'::integer[]`),
  },
  (t) => [
    primaryKey({ columns: [t.list, t.subscriber] }),
    foreignKey({
      name: 'details_of_subscription',
      columns: [t.subscriber, t.list],
      foreignColumns: [subscriptions.subscriber, subscriptions.list],
    }).onDelete('cascade'),
    index('details_attributes').using('gin', sql`${t.attributes} jsonb_path_ops`),
    index('details_tags').using('gin', t.tags),
  ],
)

/** Names of tags. Which list gives a tag to whom is in details; nothing shows this list as a whole. */
export const tags = pgTable('tags', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  name: text().notNull().unique(),
})
