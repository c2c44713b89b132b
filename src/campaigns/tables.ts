// table · campaigns: what is said, to which segment, and how far it got
import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { lists } from '../lists/tables.ts'
import { moment } from '../platform/database/columns.ts'

export const campaigns = pgTable(
  'campaigns',
  {
    number: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    id: uuid().notNull().unique(),
    list: bigint({ mode: 'number' })
      .notNull()
      .references(() => lists.number),
    purpose: text().notNull(),
    segment: uuid(),
    /** The segment's filter as it was when the campaign was launched. */
    filter: jsonb(),
    subject: text().notNull(),
    preheader: text().notNull().default(''),
    content: jsonb().notNull(),
    /** What its list was when it was launched, as far as it stands in the mail. */
    pinned: jsonb(),
    tracking: text().notNull().default('none'),
    state: text().notNull().default('draft'),
    /** Why it stands still, when it was not an operator who paused it. */
    problem: text(),
    /** The counts of trouble that an operator saw when resuming: what was known does not stop it again. */
    acknowledged: jsonb(),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
    scheduledAt: moment('scheduled_at'),
    /** `2026-12-01T08:00` by the clock of each person's own zone; null: at one moment for everybody. */
    localTime: text('local_time'),
    launchedAt: moment('launched_at'),
    frozenAt: moment('frozen_at'),
    /** The last subscriber up to whom the audience is written down, while it is. */
    frozenTo: bigint('frozen_to', { mode: 'number' }),
    finishedAt: moment('finished_at'),
    version: integer().notNull().default(1),
  },
  (t) => [
    check(
      'campaigns_state',
      sql`${t.state} in ('draft', 'scheduled', 'freezing', 'sending', 'paused', 'sent', 'cancelled')`,
    ),
    index('campaigns_at_work')
      .on(t.number)
      .where(sql`${t.state} in ('scheduled', 'freezing', 'sending', 'paused')`),
  ],
)
