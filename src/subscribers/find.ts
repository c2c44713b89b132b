// sql · subscribers by id or page, with their subscriptions and what each list knows; addresses are ciphertext
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { jsonMoment, octets, whole } from '../platform/database/values.ts'
import { hexOf } from '../platform/encoding/bytes.ts'

/** The version of a subscriber: a hash of everything that an operator sees and may change. */
export const subscriberVersion = octets.transform(hexOf)

const subscriberRow = z.object({
  number: whole,
  uid: z.string(),
  /** Differs after each change that an operator can make. */
  version: subscriberVersion,
  /** Ciphertext. */
  address: octets,
  locale: z.string(),
  timezone: z.string().nullable(),
  subscriptions: z.array(
    z.object({
      id: whole,
      list: z.string(),
      /** Field values and tags of this list. */
      attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      tags: z.array(z.string()),
      state: z.string(),
      granted: z.array(z.string()),
      confirmed_at: jsonMoment.nullable(),
      withdrawn_at: jsonMoment.nullable(),
      grade: z.string().nullable(),
    }),
  ),
})

export type SubscriberRow = Readonly<z.output<typeof subscriberRow>>

export const everybody = sql`true`

/** List numbers; null: every list. What other lists know of a person is not read at all. */
export type ListsSeen = readonly number[] | null

const isSeen = (lists: ListsSeen): SQL =>
  lists === null ? sql`true` : sql`s.list = any(${`{${lists.join(',')}}`}::bigint[])`

/** What its list knows of the person of `s`, as `d`: empty where nothing is kept, and never of another list. */
export const joinDetails = sql`left join details as d on d.list = s.list and d.subscriber = s.subscriber`

/** The version of the subscriber `p`, as far as these lists go: changes of other lists must not show. */
export const versionOfSubscriber = (lists: ListsSeen): SQL => sql`
  sha256(convert_to(concat_ws('|', p.locale, coalesce(p.timezone, ''), (
    select jsonb_agg(jsonb_build_array(d.list, d.attributes, d.tags) order by d.list)
    from subscriptions as s ${joinDetails}
    where s.subscriber = p.id and d.list is not null and ${isSeen(lists)})), 'UTF8'))`

export const withAddress = (index: Uint8Array): SQL => sql`p.address_index = decode(${hexOf(index)}, 'hex')`

export const both = (one: SQL, other: SQL): SQL => sql`(${one} and ${other})`

/**
 * People with a subscription on one of these lists (null: any list), in this state (`ended`: neither active nor pending) and
 * with this purpose granted, where named.
 */
export const subscribed = (about: {
  lists: readonly number[] | null
  state: string | null
  purpose: string | null
}): SQL => {
  const lists = about.lists === null ? null : `{${about.lists.join(',')}}`
  return sql`exists (
    select from subscriptions as s
    where s.subscriber = p.id
      and (${lists}::bigint[] is null or s.list = any(${lists}::bigint[]))
      and (${about.state}::text is null or s.state = ${about.state}::text
        or ${about.state}::text = 'ended' and s.state not in ('active', 'pending'))
      and (${about.purpose}::text is null or ${about.purpose}::text = any (s.granted)))`
}

/**
 * People on a list, in this state where named, for whom a condition over `s`, `p` and `d` holds. `before` as for the page: an equation
 * carries no bound over, and page 400 would read the details of all pages before it (329 ms instead of 28, of a million).
 */
export const onList = (about: {
  list: number
  state: string | null
  condition: SQL
  before: number | null
}): SQL => sql`exists (
  select from subscriptions as s ${joinDetails} ${about.before === null ? sql`` : sql`and d.subscriber < ${about.before}`}
  where s.subscriber = p.id and s.list = ${about.list}
    and (${about.state}::text is null or s.state = ${about.state}::text)
    and ${about.condition})`

/**
 * Newest first, with the subscriptions on these lists. `which`: a condition on the alias `p`; `before`: number of the last
 * subscriber already seen.
 */
export async function pageOfSubscribers(
  db: Executor,
  page: { limit: number; before: number | null; which: SQL; lists: ListsSeen },
): Promise<readonly SubscriberRow[]> {
  // each person with their subscriptions, and for each what its list knows
  return readRows(
    db,
    subscriberRow,
    sql`
      select p.id as number, p.uid, p.address, p.locale, p.timezone,
        ${versionOfSubscriber(page.lists)} as version,
        (select coalesce(json_agg(json_build_object(
            'id', s.id, 'list', l.id, 'state', s.state, 'granted', s.granted, 'grade', s.grade,
            'confirmed_at', s.confirmed_at, 'withdrawn_at', s.withdrawn_at,
            'attributes', coalesce(d.attributes, '{}'),
            'tags', (select coalesce(json_agg(t.name order by t.name), '[]') from tags as t where t.id = any (d.tags))
          ) order by s.id), '[]')
          from subscriptions as s
          join lists as l on l.number = s.list
          ${joinDetails}
          where s.subscriber = p.id and ${isSeen(page.lists)}) as subscriptions
      from subscribers as p
      where ${page.which}
        and (${page.before}::bigint is null or p.id < ${page.before}::bigint)
      order by p.id desc
      limit ${page.limit}`,
  )
}

/** `which` is a condition on the alias `p`. */
export async function countSubscribers(db: Executor, which: SQL): Promise<number> {
  const row = await readRow(
    db,
    countRow,
    sql`select count(*)::int as count from subscribers as p where ${which}`,
  )
  return row?.count ?? 0
}

const countRow = z.object({ count: whole })

/** The number of the subscriber with this id, after which a page begins; null where there is none. */
export async function numberOfSubscriber(db: Executor, uid: string): Promise<number | null> {
  const row = await readRow(db, numberRow, sql`select id from subscribers where uid = ${uid}::uuid`)
  return row?.id ?? null
}

const numberRow = z.object({ id: whole })

export async function findSubscriber(
  db: Executor,
  uid: string,
  lists: ListsSeen,
): Promise<SubscriberRow | null> {
  const [row] = await pageOfSubscribers(db, {
    limit: 1,
    before: null,
    which: sql`p.uid = ${uid}::uuid`,
    lists,
  })
  return row ?? null
}
