// table · feedback on campaign mail, and the provider events already taken
import { sql } from 'drizzle-orm'
import { bigint, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { feedbackColumns } from '../mail/feedback-columns.ts'
import { moment } from '../platform/database/columns.ts'

/**
 * Feedback on a recipient's mail, written when it arrives, before or after the batch is marked. Besides the key there is one
 * index, on the few rows with a problem.
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

/** Provider events already taken, by the id that a repeat shares; kept for 30 days. */
export const hookEvents = pgTable('hook_events', { id: text().primaryKey(), at: moment().notNull() }, (t) => [
  index('hook_events_at').on(t.at),
])
