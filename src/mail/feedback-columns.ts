// table · what a provider says of one mail, as columns of whoever sent it: moments and codes, nothing personal
import { getTableColumns } from 'drizzle-orm'
import { pgTable, text } from 'drizzle-orm/pg-core'
import { moment } from '../platform/database/columns.ts'

/**
 * Each moment is the earliest that was heard, so that neither order nor repeats of events make a difference. `bounce` is a
 * kind and its status code (`hard 5.1.1`), `failure` a code of ours; of several the first in the alphabet stands, which is
 * the worst.
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
