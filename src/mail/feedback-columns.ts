// table · columns for feedback on one mail: moments and codes, nothing personal
import { getTableColumns } from 'drizzle-orm'
import { pgTable, text } from 'drizzle-orm/pg-core'
import { moment } from '../platform/database/columns.ts'

/**
 * Each moment is the earliest reported, so that order and repetition do not matter. `bounce` is a kind with its status code (`hard
 * 5.1.1`), `failure` a code of ours; of several, the alphabetically first is kept, which is the worst.
 */
export const feedbackColumns = () => ({
  deliveredAt: moment('delivered_at'),
  delayedAt: moment('delayed_at'),
  bouncedAt: moment('bounced_at'),
  bounce: text(),
  complainedAt: moment('complained_at'),
  failedAt: moment('failed_at'),
  failure: text(),
  suppressedAt: moment('suppressed_at'),
})

/** The same as SQL names and types, by their keys: all that joins feedback in SQL is made of this list. */
export const feedbackColumnsInSql = getTableColumns(pgTable('feedback', feedbackColumns()))
