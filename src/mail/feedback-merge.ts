// sql · merge of new feedback into stored feedback; the earliest moments win, in whatever order events arrive
import { type SQL, sql } from 'drizzle-orm'
import { type Feedback, feedbackRow } from './feedback.ts'

/** A one-row relation `alias` with the columns of a feedback. */
export const saidRow = (feedback: Feedback, alias: SQL): SQL => sql`
  jsonb_to_record(${JSON.stringify(feedbackRow(feedback))}::jsonb) as ${alias} (
    delivered_at timestamptz, delayed_at timestamptz, bounced_at timestamptz, bounce text, complained_at timestamptz,
    failed_at timestamptz, failure text, suppressed_at timestamptz)`

/** `least` ignores null, and the worse of two bounces comes first alphabetically. */
export const mergedFeedback = (kept: SQL, said: SQL): SQL => sql`
  delivered_at = least(${kept}.delivered_at, ${said}.delivered_at),
  delayed_at = least(${kept}.delayed_at, ${said}.delayed_at),
  bounced_at = least(${kept}.bounced_at, ${said}.bounced_at),
  bounce = least(${kept}.bounce, ${said}.bounce),
  complained_at = least(${kept}.complained_at, ${said}.complained_at),
  failed_at = least(${kept}.failed_at, ${said}.failed_at),
  failure = least(${kept}.failure, ${said}.failure),
  suppressed_at = least(${kept}.suppressed_at, ${said}.suppressed_at)`
