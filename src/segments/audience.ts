// sql · the audience: people of a list whom a filter matches and who may be mailed; one query text for count and freeze
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { type List, optionalPurposes, ownPurpose } from '../lists/list.ts'
import type { Executor } from '../platform/database/database.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import { joinDetails } from '../subscribers/find.ts'
import { asksDetails, asksPerson, type Filter, isEveryone, namesIn, unwrapped } from './filter.ts'
import { whereFilter } from './where.ts'

export interface About {
  readonly list: List
  readonly purpose: string
  readonly filter: Filter
  /** The filter's. */
  readonly now: Date
}

/**
 * `from … where …` over `s` (subscriptions), `p` (subscribers) and `d` (details): people on the list who may be sent mail for
 * the purpose now and match the filter. "Now" is the database's, as for gate and claim: with the application's clock, the gate refused a
 * whole freeze for one person whose time for mail began or ended in between. `now` is the filter's. Each subscription has a
 * subscriber: an outer join returns the same rows as an inner one, and costs nothing where `p` is unused. Details are joined by
 * their whole key: the join costs nothing where unused, and becomes an inner one where a condition needs a value.
 */
export async function audience(db: Executor, about: About): Promise<SQL> {
  return sql`
    from subscriptions as s
    ${asksPerson(about.filter) ? sql`join` : sql`left join`} subscribers as p on p.id = s.subscriber
    ${joinDetails}
    where ${await isReached(db, about)}`
}

const isReached = async (db: Executor, about: About): Promise<SQL> => sql`
  s.list = ${about.list.number}
    and s.sendable
    and may_send(s, ${about.purpose}, now())
    and ${await matches(db, about)}`

/**
 * The condition of a filter over `s`, `p` and `d`, with its tags and campaigns looked up. Only campaigns of this list count: whoever
 * sees this list alone would otherwise learn from a count who received what another list sent.
 */
export async function matches(
  db: Executor,
  about: { list: List; filter: Filter; now: Date; granted?: readonly string[] },
): Promise<SQL> {
  const { tags, campaigns } = namesIn(about.filter)
  const [tagRows, campaignRows] = await Promise.all([
    tags.length === 0
      ? []
      : readRows(
          db,
          tagRow,
          sql`select name, id from tags where name in (select jsonb_array_elements_text(${JSON.stringify(tags)}::jsonb))`,
        ),
    campaigns.length === 0
      ? []
      : readRows(
          db,
          campaignRow,
          sql`
            select id, number
            from campaigns
            where list = ${about.list.number}
              and id in (select jsonb_array_elements_text(${JSON.stringify(campaigns)}::jsonb)::uuid)`,
        ),
  ])
  return whereFilter(about.filter, {
    list: about.list.number,
    fields: about.list.fields,
    now: about.now,
    ...(about.granted === undefined ? {} : { granted: about.granted }),
    tagIds: Object.fromEntries(tagRows.map(({ name, id }) => [name, id])),
    campaignNumbers: Object.fromEntries(campaignRows.map(({ id, number }) => [id, number])),
  })
}

const tagRow = z.object({ name: z.string(), id: whole })
const campaignRow = z.object({ id: z.string(), number: whole })

/** The number of people a campaign of this purpose would reach now. */
export async function countAudience(db: Executor, about: About): Promise<number> {
  const row = await readRow(
    db,
    countRow,
    sql`select (${await countOf(db, { ...about, filter: unwrapped(about.filter) })})::int as count`,
  )
  return row?.count ?? 0
}

const countRow = z.object({ count: whole })

async function countOf(db: Executor, about: About): Promise<SQL> {
  const { filter } = about
  if (isEveryone(filter)) return countEveryone(about)
  if ('received' in filter)
    return (await countReceived(db, about, filter.received)) ?? countByCondition(db, about)
  const other = 'not' in filter ? unwrapped(filter.not) : null
  const recipients =
    other !== null && 'received' in other ? await countReceived(db, about, other.received) : null
  return recipients === null ? countByCondition(db, about) : sql`${countEveryone(about)} - ${recipients}`
}

/**
 * Counts by conditions, joining subscribers and details only where the filter uses them: though the planner removes an unused
 * outer join, it then reads the rows as well as the covering index (ten times as long). On a list with one purpose nearly all
 * subscriptions are plain: those come from an index of list and subscriber alone, a third as large. On a list with more
 * purposes, this would read the subscribers twice.
 */
async function countByCondition(db: Executor, about: About): Promise<SQL> {
  const { list, purpose, filter } = about
  const reached = await isReached(db, about)
  if (!asksPerson(filter) && !asksDetails(filter))
    return sql`(select count(*) from subscriptions as s where ${reached})`
  const all = sql`
    select count(*)
    from subscriptions as s
    ${asksPerson(filter) ? sql`join subscribers as p on p.id = s.subscriber` : sql``}
    ${asksDetails(filter) ? joinDetails : sql``}
    where`
  if (purpose !== ownPurpose || optionalPurposes(list).length > 0) return sql`(${all} ${reached})`
  const plain = await matches(db, { ...about, granted: [ownPurpose] })
  return sql`(
    (${all} s.sendable and ${isPlain} and ${plain})
    + (${all} ${reached} and not ${isPlain}))`
}

/**
 * Counts a million no slower than a bare count: subscriptions granting only the list itself come from an index of exactly
 * these, and only the others are checked one by one. Checking each by may_send, from a covering index, measured 3.3 times a
 * bare count; with the join, 10 times.
 */
const countEveryone = ({ list, purpose }: About): SQL => sql`(
  (select count(*) from subscriptions as s where s.list = ${list.number} and s.sendable and ${isPlain}
    and ${purpose === ownPurpose})
  + (select count(*) from subscriptions as s where s.list = ${list.number} and s.sendable
    and not ${isPlain} and may_send(s, ${purpose}, now())))`

/** Grants the list's own purpose, no other, for any time: the condition of two indexes of subscriptions. */
const isPlain = sql`(s.granted = '{newsletter}' and s.not_before is null and s.sendable_until is null)`

/**
 * Counts the audience members who were sent a campaign of their list: the sum of its batches, less members who may not be
 * mailed any more, none of whom is plain. Looking up each of 960,000 on the list measured 9 times a bare count, of 40,000 3
 * times. Null where this sum does not apply: for another purpose than the list's own, or a campaign of another list.
 */
async function countReceived(db: Executor, about: About, campaign: string): Promise<SQL | null> {
  const { list, purpose } = about
  const [own] =
    purpose === ownPurpose
      ? await readRows(
          db,
          ownRow,
          sql`select number from campaigns where id = ${campaign}::uuid and list = ${list.number}`,
        )
      : []
  if (own === undefined) return null
  const condition = await matches(db, { ...about, filter: { received: campaign } })
  return sql`(
    (select coalesce(sum(size - cardinality(left_out)), 0) from batches where campaign = ${own.number} and state = 'sent')
    - (select count(*) from subscriptions as s where not s.sendable and ${condition})
    - (select count(*) from subscriptions as s where s.sendable and not ${isPlain}
      and not may_send(s, ${purpose}, now()) and ${condition}))`
}

const ownRow = z.object({ number: whole })

/** The number of people with live consent on the list, whether or not something holds mail back. */
export async function countOnList(db: Executor, list: Pick<List, 'number'>): Promise<number> {
  const row = await readRow(
    db,
    countRow,
    sql`select count(*)::int as count from subscriptions where list = ${list.number} and state = 'active'`,
  )
  return row?.count ?? 0
}
