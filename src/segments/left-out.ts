// sql · people of a list whom a filter matches but who may not be mailed, by reason; and people with missing fields
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { subscriptionReasons } from '../consent/why-not-send.ts'
import type { Field } from '../lists/list.ts'
import type { Executor } from '../platform/database/database.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import { joinDetails } from '../subscribers/find.ts'
import { type About, audience, matches } from './audience.ts'

export type Skipped = Readonly<z.output<typeof skippedRow>>

const skippedRow = z.object({ reason: z.enum(subscriptionReasons), people: whole })

/** Most frequent reason first. Together with countAudience, everyone on the list whom the filter matches counts once. */
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
      ${joinDetails}
      where s.list = ${about.list.number} and ${condition}
    ) as asked
    where reason is not null
    group by reason
    order by people desc, reason`,
  )
}

/** The number of audience members without a usable value (absent, or not permitted) in each field; by key. */
export async function countLacking(
  db: Executor,
  about: About,
  fields: readonly Pick<Field, 'key' | 'purpose'>[],
): Promise<ReadonlyMap<string, number>> {
  if (fields.length === 0) return new Map()
  const counts = fields.map((field) => sql`${field.key}::text, count(*) filter (where ${lacksField(field)})`)
  const row = await readRow(
    db,
    lackingRow,
    sql`
    select jsonb_build_object(${sql.join(counts, sql`, `)}) as lacking ${await audience(db, about)}`,
  )
  return new Map(Object.entries(row?.lacking ?? {}))
}

const lackingRow = z.object({ lacking: z.record(z.string(), whole) })

/** The number of audience members who have a usable value in no field of one of the sets. A field that is gone is lacked by all. */
export async function countLackingAll(
  db: Executor,
  about: About,
  sets: readonly (readonly string[])[],
): Promise<number> {
  if (sets.length === 0) return 0
  const lacks = (key: string) => {
    const field = about.list.fields.find((one) => one.key === key)
    return field === undefined ? sql`true` : lacksField(field)
  }
  const any = sets.map((keys) => sql`(${sql.join([sql`true`, ...keys.map(lacks)], sql` and `)})`)
  const row = await readRow(
    db,
    peopleRow,
    sql`
    select count(*) filter (where ${sql.join(any, sql` or `)})::int as people ${await audience(db, about)}`,
  )
  return row?.people ?? 0
}

const peopleRow = z.object({ people: whole })

const lacksField = ({ key, purpose }: Pick<Field, 'key' | 'purpose'>) => sql`
  not (coalesce(d.attributes ->> ${key}::text, '') <> '' and ${purpose} = any (s.granted))`
