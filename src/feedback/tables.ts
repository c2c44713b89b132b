// table · what the provider said of the mails of campaigns, and which of its events were taken
import { sql } from 'drizzle-orm'
import { bigint, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { feedbackColumns } from '../mail/feedback-columns.ts'
import { moment } from '../platform/database/columns.ts'

/**
 * What the provider said of a recipient's mail, written when it says so, before or after our own mark of the batch. Besides
 * the key there is one index, on the few rows that tell of trouble.
 */
export const deliveries = pgTable(
  'deliveries',
  {
    campaign: bigint({ mode: 'number' }).notNull(),
    subscriber: bigint({ mode: 'number' }).notNull(),
    ...feedbackColumns(),
  },
  (t) => [
    primaryKey({ columns: [t.campaign, t.subscriber] }),
    index('deliveries_trouble')
      .on(t.campaign)
      .where(sql`${t.bouncedAt} is not null or ${t.complainedAt} is not null or ${t.failedAt} is not null`),
  ],
)

/** Events of the provider's that were taken, by the id that stays the same when it sends one again; kept for 30 days. */
export const hookEvents = pgTable('hook_events', { id: text().primaryKey(), at: moment().notNull() }, (t) => [
  index('hook_events_at').on(t.at),
])
