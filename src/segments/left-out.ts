// sql · those of a list whom a filter names and who still get nothing, by reason; and whom a field is not known of
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { subscriptionReasons } from '../consent/why-not-send.ts'
import type { Field } from '../lists/list.ts'
import type { Executor } from '../platform/database/database.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import { type About, audience, matches } from './audience.ts'

export type Skipped = Readonly<z.output<typeof skippedRow>>

const skippedRow = z.object({ reason: z.enum(subscriptionReasons), people: whole })

/** The commonest reason first. Together with countAudience everybody of the list whom the filter names is counted once. */
export async function countSkipped(db: Executor, about: About): Promise<readonly Skipped[]> {
  const condition = await matches(db, about)
  return readRows(
    db,
    skippedRow,
    sql`
    select reason, count(*)::int as people
    from (
      select why_not_send(s, ${about.purpose}, now()) as reason
      from subscriptions as s
      join subscribers as p on p.id = s.subscriber
      where s.list = ${about.list.number} and ${condition}
    ) as asked
    where reason is not null
    group by reason
    order by people desc, reason`,
  )
}

/** How many people of the audience have no value in each of these fields, or do not let it be used; by key. */
export async function countLacking(
  db: Executor,
  about: About,
  fields: readonly Pick<Field, 'key' | 'purpose'>[],
): Promise<ReadonlyMap<string, number>> {
  if (fields.length === 0) return new Map()
  const counts = fields.map(
    ({ key, purpose }) => sql`
      ${key}::text, count(*) filter (
        where not (coalesce(p.attributes ->> ${key}::text, '') <> '' and ${purpose} = any (s.granted)))`,
  )
  const row = await readRow(
    db,
    lackingRow,
    sql`
    select jsonb_build_object(${sql.join(counts, sql`, `)}) as lacking ${await audience(db, about)}`,
  )
  return new Map(Object.entries(row?.lacking ?? {}))
}

const lackingRow = z.object({ lacking: z.record(z.string(), whole) })
