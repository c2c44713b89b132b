// sql · merge of new feedback into stored feedback; the earliest moments win, in whatever order events arrive
import { type SQL, sql } from 'drizzle-orm'
import { type Feedback, feedbackRow } from './feedback.ts'
import { feedbackColumnsInSql } from './feedback-columns.ts'

const columns = Object.values(feedbackColumnsInSql)

const ofEach = (part: (column: (typeof columns)[number], name: SQL) => SQL): SQL =>
  sql.join(
    columns.map((column) => part(column, sql`${sql.identifier(column.name)}`)),
    sql`, `,
  )

/** A one-row relation `alias` with the columns of a feedback. */
export const saidRow = (feedback: Feedback, alias: SQL): SQL => sql`
  jsonb_to_record(${JSON.stringify(bySqlName(feedback))}::jsonb) as ${alias} (
    ${ofEach((column, name) => sql`${name} ${sql.raw(column.getSQLType())}`)})`

function bySqlName(feedback: Feedback): Readonly<Record<string, string | null>> {
  const row = new Map(Object.entries(feedbackRow(feedback)))
  return Object.fromEntries(
    Object.entries(feedbackColumnsInSql).map(([key, { name }]) => [name, row.get(key) ?? null]),
  )
}

/** Their names, for an INSERT; and the same of a relation, for its SELECT. */
export const feedbackNames: SQL = ofEach((_, name) => name)
export const feedbackOf = (relation: SQL): SQL => ofEach((_, name) => sql`${relation}.${name}`)

/** Assignments of an update. `least` ignores null, and the worse of two bounces comes first alphabetically. */
export const mergedFeedback = (kept: SQL, said: SQL): SQL =>
  ofEach((_, name) => sql`${name} = least(${kept}.${name}, ${said}.${name})`)
