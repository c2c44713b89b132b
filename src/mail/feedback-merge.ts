// sql · joins what a provider says now to what it said before: the earliest of each, in whatever order it comes
import { type SQL, sql } from 'drizzle-orm'
import { type Feedback, feedbackRow } from './feedback.ts'

/** A relation `alias` of one row with the columns of a feedback. */
export const saidRow = (feedback: Feedback, alias: SQL): SQL => sql`
  jsonb_to_record(${JSON.stringify(feedbackRow(feedback))}::jsonb) as ${alias} (
    delivered_at timestamptz, delayed_at timestamptz, bounced_at timestamptz, bounce text, complained_at timestamptz,
    failed_at timestamptz, failure text, suppressed_at timestamptz)`

/** The assignments of an update: `least` passes over null, and of two bounces the worse comes first in the alphabet. */
export const mergedFeedback = (kept: SQL, said: SQL): SQL => sql`
  delivered_at = least(${kept}.delivered_at, ${said}.delivered_at),
  delayed_at = least(${kept}.delayed_at, ${said}.delayed_at),
  bounced_at = least(${kept}.bounced_at, ${said}.bounced_at),
  bounce = least(${kept}.bounce, ${said}.bounce),
  complained_at = least(${kept}.complained_at, ${said}.complained_at),
  failed_at = least(${kept}.failed_at, ${said}.failed_at),
  failure = least(${kept}.failure, ${said}.failure),
  suppressed_at = least(${kept}.suppressed_at, ${said}.suppressed_at)`
