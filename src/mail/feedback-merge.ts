// sql · joins what a provider says now to what it said before: the earliest of each, in whatever order it comes
import { type SQL, sql } from 'drizzle-orm'
import { type Feedback, feedbackRow } from './feedback.ts'
import { feedbackColumnsInSql } from './feedback-columns.ts'

const columns = Object.values(feedbackColumnsInSql)

const ofEach = (part: (column: (typeof columns)[number], name: SQL) => SQL): SQL =>
  sql.join(
    columns.map((column) => part(column, sql`${sql.identifier(column.name)}`)),
    sql`, `,
  )

/** A relation `alias` of one row with the columns of a feedback. */
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

/** The assignments of an update: `least` passes over null, and of two bounces the worse comes first in the alphabet. */
export const mergedFeedback = (kept: SQL, said: SQL): SQL =>
  ofEach((_, name) => sql`${name} = least(${kept}.${name}, ${said}.${name})`)
