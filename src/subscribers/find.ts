// sql · people by id or page, with their subscriptions; addresses come as ciphertext
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { fieldTypes, type RegisteredField } from '../lists/list.ts'
import { fields } from '../lists/tables.ts'
import type { Executor } from '../platform/database/database.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { jsonMoment, octets, whole } from '../platform/database/values.ts'
import { hexOf } from '../platform/encoding/bytes.ts'

/** What an operator may change of a person, as one short text to compare. */
export const standing = octets.transform(hexOf)

const subscriberRow = z.object({
  number: whole,
  uid: z.string(),
  /** Another one after each change of what operators may change. */
  version: standing,
  /** Ciphertext. */
  address: octets,
  locale: z.string(),
  timezone: z.string().nullable(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  tags: z.array(z.string()),
  subscriptions: z.array(
    z.object({
      id: whole,
      list: z.string(),
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

/** The same of the person `p`. */
export const standingOfPerson = sql`
  sha256(convert_to(concat_ws('|', p.locale, coalesce(p.timezone, ''), p.attributes::text, p.tags::text), 'UTF8'))`

/** The person with this address, by its index. */
export const withAddress = (index: Uint8Array): SQL => sql`p.address_index = decode(${hexOf(index)}, 'hex')`

export const both = (one: SQL, other: SQL): SQL => sql`(${one} and ${other})`

/**
 * People with a subscription on one of these lists (null: on any), in this state (or `ended`, however) and with this
 * purpose granted where named.
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

/** People on a list, in a state where one is named, whom a condition over `s` and `p` names. */
export const onList = (about: { list: number; state: string | null; condition: SQL }): SQL => sql`exists (
  select from subscriptions as s
  where s.subscriber = p.id and s.list = ${about.list}
    and (${about.state}::text is null or s.state = ${about.state}::text)
    and ${about.condition})`

/** Newest first. `which` is a condition on the alias `p`; `before` the number of the last one already seen. */
export async function pageOfSubscribers(
  db: Executor,
  page: { limit: number; before: number | null; which: SQL },
): Promise<readonly SubscriberRow[]> {
  // each person with the names of their tags and their subscriptions
  return readRows(
    db,
    subscriberRow,
    sql`
      select p.id as number, p.uid, p.address, p.locale, p.timezone, p.attributes,
        ${standingOfPerson} as version,
        (select coalesce(json_agg(t.name order by t.name), '[]') from tags as t where t.id = any (p.tags)) as tags,
        (select coalesce(json_agg(json_build_object(
            'id', s.id, 'list', l.id, 'state', s.state, 'granted', s.granted, 'grade', s.grade,
            'confirmed_at', s.confirmed_at, 'withdrawn_at', s.withdrawn_at
          ) order by s.id), '[]')
          from subscriptions as s join lists as l on l.number = s.list where s.subscriber = p.id) as subscriptions
      from subscribers as p
      where ${page.which}
        and (${page.before}::bigint is null or p.id < ${page.before}::bigint)
      order by p.id desc
      limit ${page.limit}`,
  )
}

/** How many people a condition on the alias `p` names. */
export async function countSubscribers(db: Executor, which: SQL): Promise<number> {
  const row = await readRow(
    db,
    countRow,
    sql`select count(*)::int as count from subscribers as p where ${which}`,
  )
  return row?.count ?? 0
}

const countRow = z.object({ count: whole })

/** The number of the person with this id: where a page after them begins. */
export async function numberOfSubscriber(db: Executor, uid: string): Promise<number | null> {
  const row = await readRow(db, numberRow, sql`select id from subscribers where uid = ${uid}::uuid`)
  return row?.id ?? null
}

const numberRow = z.object({ id: whole })

export async function findSubscriber(db: Executor, uid: string): Promise<SubscriberRow | null> {
  const [row] = await pageOfSubscribers(db, { limit: 1, before: null, which: sql`p.uid = ${uid}::uuid` })
  return row ?? null
}

const registered = z.object({
  key: z.string(),
  type: z.enum(fieldTypes),
  protected: z.boolean(),
  options: z.array(z.object({ value: z.string() })),
})

/** Every field of the deployment by its key: one key means the same on every list. */
export async function fieldRegistry(db: Executor): Promise<ReadonlyMap<string, RegisteredField>> {
  const rows = await db
    .selectDistinctOn([fields.key], {
      key: fields.key,
      type: fields.type,
      protected: fields.protected,
      options: fields.options,
    })
    .from(fields)
    .orderBy(fields.key)
  return new Map(rows.map((row) => registered.parse(row)).map((row) => [row.key, row]))
}
