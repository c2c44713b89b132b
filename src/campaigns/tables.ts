// table · campaigns: content, segment, schedule, progress
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
    /** The segment's filter at the time of launch. */
    filter: jsonb(),
    subject: text().notNull(),
    preheader: text().notNull().default(''),
    content: jsonb().notNull(),
    /** The list's data at launch, as far as mails show it. */
    pinned: jsonb(),
    tracking: text().notNull().default('none'),
    state: text().notNull().default('draft'),
    /** Why the campaign stands still, unless paused by an operator. */
    problem: text(),
    /** Counts of trouble seen at the last resume, which do not stop the campaign again. */
    acknowledged: jsonb(),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
    scheduledAt: moment('scheduled_at'),
    /** `2026-12-01T08:00` in each subscriber's own time zone; null: the same moment for everybody. */
    localTime: text('local_time'),
    launchedAt: moment('launched_at'),
    frozenAt: moment('frozen_at'),
    /** During freezing: the last subscriber whose recipient row is written. */
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
