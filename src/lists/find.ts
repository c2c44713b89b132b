// sql · lists by slug, id or number, with purposes and fields; cached for a moment, since every sign-up reads one
import { and, asc, desc, eq, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { locales } from '../i18n/locale.ts'
import type { Executor } from '../platform/database/database.ts'
import { readRows } from '../platform/database/rows.ts'
import { isUuid } from '../platform/encoding/uuid.ts'
import { memo } from '../platform/memory/memo.ts'
import { fieldTypes, type List, legalBases, purposeKinds } from './list.ts'
import { firstFree } from './names.ts'
import { listInput } from './settings.ts'
import { fields, lists, purposes } from './tables.ts'

/** How long an edit may go unseen in other processes. */
const freshMilliseconds = 1000

const localisedText = z.partialRecord(z.enum(locales), z.string())

const stored = z.object({
  number: z.number(),
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  settings: listInput.omit({ slug: true, name: true, purposes: true, fields: true }).extend({
    default_locale: z.enum(locales),
    locales: z.array(z.enum(locales)),
  }),
  notices: localisedText,
  version: z.number(),
  createdAt: z.date(),
  archivedAt: z.date().nullable(),
})

const storedPurpose = z.object({
  key: z.string(),
  kind: z.enum(purposeKinds),
  title: localisedText,
  text: localisedText,
})

const storedField = z
  .object({
    key: z.string(),
    type: z.enum(fieldTypes),
    label: localisedText,
    options: z.array(z.object({ value: z.string(), label: localisedText })),
    purpose: z.string(),
    legalBasis: z.enum(legalBases),
    required: z.boolean(),
    protected: z.boolean(),
    filterable: z.boolean(),
    sensitive: z.boolean(),
  })
  .transform(({ legalBasis, ...field }) => ({ ...field, legal_basis: legalBasis }))

const cachedLists = memo<string, List | null>({ max: 1000, lifetimeMs: freshMilliseconds, sharesLoads: true })

/** Null where there is none. Up to a second old: for pages and forms. */
export async function findCachedList(db: Executor, slugOrId: string, now: Date): Promise<List | null> {
  return couldBeList(slugOrId)
    ? cachedLists.get({ of: db, now }, slugOrId, () => findList(db, slugOrId))
    : null
}

/** Clears the cache of this process after the commit. */
export const forgetLists = (db: Executor): void => cachedLists.forget(db)

/** Lists that are not archived. */
export async function openListNumbers(db: Executor): Promise<readonly number[]> {
  const rows = await db
    .select({ number: lists.number })
    .from(lists)
    .where(isNull(lists.archivedAt))
    .orderBy(asc(lists.number))
  return rows.map(({ number }) => number)
}

/** Filters names that no list can have: PostgreSQL refuses some, such as NUL, with an error. */
const couldBeList = (slugOrId: string): boolean => /^[a-z0-9-]{1,63}$/i.test(slugOrId)

export async function findList(db: Executor, slugOrId: string): Promise<List | null> {
  if (!couldBeList(slugOrId)) return null
  const wanted = slugOrId.toLowerCase()
  const hasSlug = eq(lists.slug, wanted)
  const [list] = await listsWhere(db, isUuid(wanted) ? sql`(${lists.id} = ${wanted} or ${hasSlug})` : hasSlug)
  return list ?? null
}

export async function listByNumber(db: Executor, number: number): Promise<List | null> {
  const [list] = await listsWhere(db, eq(lists.number, number))
  return list ?? null
}

/** The lists with these numbers, in order; unknown numbers are skipped. */
export const listsByNumber = (db: Executor, numbers: readonly number[]): Promise<readonly List[]> =>
  listsWhere(db, sql`${lists.number} = any(${`{${numbers.join(',')}}`}::bigint[])`)

/** The lists with these ids, keyed by id; unknown ids are skipped. */
export async function listsById(db: Executor, ids: readonly string[]): Promise<ReadonlyMap<string, List>> {
  const found = await listsWhere(db, sql`${lists.id} = any(${`{${ids.filter(isUuid).join(',')}}`}::uuid[])`)
  return new Map(found.map((list) => [list.id, list]))
}

/** Newest first. `before`: number of the last list already seen; `only`: restricts the page to these numbers. */
export async function pageOfLists(
  db: Executor,
  page: { limit: number; before: number | null; only?: readonly number[] | null },
): Promise<readonly List[]> {
  const only = page.only ?? null
  const rows = await db
    .select()
    .from(lists)
    .where(
      and(
        page.before === null ? undefined : lt(lists.number, page.before),
        only === null ? undefined : sql`${lists.number} = any(${`{${only.join(',')}}`}::bigint[])`,
      ),
    )
    .orderBy(desc(lists.number))
    .limit(page.limit)
  return wholeLists(db, rows)
}

/** The slug, or the first free one with a number appended. */
export async function freeSlug(db: Executor, slug: string): Promise<string> {
  const rows = await db
    .select({ slug: lists.slug })
    .from(lists)
    .where(or(eq(lists.slug, slug), sql`${lists.slug} like ${`${slug}-%`}`))
  return firstFree(slug, '-', new Set(rows.map((row) => row.slug)))
}

const campaignRow = z.object({ id: z.string(), subject: z.string(), state: z.string() })

export type CampaignToList = Readonly<z.output<typeof campaignRow>>

/** Campaigns to this list that are freezing, sending or paused. */
export const campaignsUnderWay = (db: Executor, list: number): Promise<readonly CampaignToList[]> =>
  readRows(
    db,
    campaignRow,
    sql`
      select id, subject, state
      from campaigns
      where list = ${list} and state in ('freezing', 'sending', 'paused')
      order by number`,
  )

/** The newest campaigns to this list. */
export const latestCampaigns = (
  db: Executor,
  list: number,
  most: number,
): Promise<readonly CampaignToList[]> =>
  readRows(
    db,
    campaignRow,
    sql`
      select id, subject, state
      from campaigns
      where list = ${list}
      order by number desc
      limit ${most}`,
  )

const listsWhere = async (db: Executor, condition: SQL): Promise<readonly List[]> =>
  wholeLists(db, await db.select().from(lists).where(condition).orderBy(asc(lists.number)))

/** Two queries, however many lists. */
async function wholeLists(
  db: Executor,
  rows: readonly (typeof lists.$inferSelect)[],
): Promise<readonly List[]> {
  if (rows.length === 0) return []
  const numbers = `{${rows.map((row) => row.number).join(',')}}`
  const [ofPurposes, ofFields] = await Promise.all([
    db
      .select()
      .from(purposes)
      .where(sql`${purposes.list} = any(${numbers}::bigint[])`)
      .orderBy(asc(purposes.position)),
    db
      .select()
      .from(fields)
      .where(sql`${fields.list} = any(${numbers}::bigint[]) and not ${fields.removed}`)
      .orderBy(asc(fields.position)),
  ])
  return rows.map((row) => {
    const { settings, ...list } = stored.parse(row)
    return {
      ...settings,
      ...list,
      purposes: ofPurposes.filter((one) => one.list === list.number).map((one) => storedPurpose.parse(one)),
      fields: ofFields.filter((one) => one.list === list.number).map((one) => storedField.parse(one)),
    }
  })
}

/** Archived lists included: for choices. */
export const allListNames = (db: Executor): Promise<readonly { number: number; name: string }[]> =>
  db.select({ number: lists.number, name: lists.name }).from(lists).orderBy(asc(lists.number))
