// sql · campaigns by id, by page, by due time
import { and, desc, eq, gte, inArray, lt, lte, type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import { moment } from '../platform/database/values.ts'
import { isUuid } from '../platform/encoding/uuid.ts'
import { isOriginal } from '../throttle/restored-copy.ts'
import { type Campaign, type CampaignState, campaignStates, storedContent } from './campaign.ts'
import { storedPin } from './pinned.ts'
import { campaigns } from './tables.ts'
import { titleOf } from './title.ts'

const stored = z.object({ state: z.enum(campaignStates), content: storedContent, pinned: storedPin })

const whole = (row: typeof campaigns.$inferSelect): Campaign => ({ ...row, ...stored.parse(row) })

export async function findCampaign(db: Executor, id: string): Promise<Campaign | null> {
  if (!isUuid(id)) return null
  const [row] = await db.select().from(campaigns).where(eq(campaigns.id, id))
  return row === undefined ? null : whole(row)
}

export async function campaignByNumber(db: Executor, number: number): Promise<Campaign | null> {
  const [row] = await db.select().from(campaigns).where(eq(campaigns.number, number))
  return row === undefined ? null : whole(row)
}

/** Newest first; limited to the given lists and states. */
export async function pageOfCampaigns(
  db: Executor,
  page: {
    limit: number
    before: number | null
    lists?: readonly number[] | null
    states?: readonly CampaignState[]
  },
): Promise<readonly Campaign[]> {
  const rows = await db
    .select()
    .from(campaigns)
    .where(
      and(
        page.before === null ? undefined : lt(campaigns.number, page.before),
        page.lists == null ? undefined : inArray(campaigns.list, [...page.lists]),
        page.states === undefined ? undefined : inArray(campaigns.state, [...page.states]),
      ),
    )
    .orderBy(desc(campaigns.number))
    .limit(page.limit)
  return rows.map(whole)
}

/** A later launch may be out of date: an operator is asked first. */
const latestMs = 3_600_000

/** Too late to launch without asking. */
export const isOverdue = (now: Date): SQL | undefined =>
  and(eq(campaigns.state, 'scheduled'), lt(campaigns.scheduledAt, new Date(now.getTime() - latestMs)))

/** Due within the last hour; none in a restored copy. */
export const dueCampaigns = (db: Executor, now: Date): Promise<readonly { readonly id: string }[]> =>
  db
    .select({ id: campaigns.id })
    .from(campaigns)
    .where(
      and(
        eq(campaigns.state, 'scheduled'),
        lte(campaigns.scheduledAt, now),
        gte(campaigns.scheduledAt, new Date(now.getTime() - latestMs)),
        isOriginal,
      ),
    )
    .orderBy(campaigns.scheduledAt)
    .limit(10)

/** When the local time is reached in the zone of people without one, and first in any zone of sendable subscribers. */
export async function firstMoment(
  db: Executor,
  about: { list: number; localTime: string; timezone: string },
): Promise<{ house: Date; first: Date }> {
  const momentIn = (zone: SQL) => sql`${about.localTime}::timestamp at time zone ${zone}`
  const house = momentIn(sql`${about.timezone}`)
  const row = await readRow(
    db,
    firstRow,
    sql`
      select ${house} as house, coalesce(min(${momentIn(sql`z.zone`)}), ${house}) as first
      from (
        select distinct coalesce(p.timezone, ${about.timezone}) as zone
        from subscriptions as s
        join subscribers as p on p.id = s.subscriber
        where s.list = ${about.list} and s.sendable
      ) as z`,
  )
  if (row === undefined) throw new Error('a minimum without a row')
  return row
}

const firstRow = z.object({ house: moment, first: moment })

export const freezingCampaigns = (
  db: Executor,
): Promise<readonly { readonly number: number; readonly id: string }[]> =>
  db
    .select({ number: campaigns.number, id: campaigns.id })
    .from(campaigns)
    .where(eq(campaigns.state, 'freezing'))
    .orderBy(campaigns.number)
    .limit(10)

/** Not launched yet, newest first, at most 50. */
export async function draftsToSegment(db: Executor, segment: string): Promise<readonly Campaign[]> {
  const rows = await db
    .select()
    .from(campaigns)
    .where(and(eq(campaigns.segment, segment), inArray(campaigns.state, ['draft', 'scheduled'])))
    .orderBy(desc(campaigns.number))
    .limit(50)
  return rows.map(whole)
}

/** Subjects by campaign id. `lists`: only campaigns on these lists; null: all. */
export async function subjectsOf(
  db: Executor,
  ids: readonly string[],
  lists: readonly number[] | null,
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ id: campaigns.id, subject: campaigns.subject })
    .from(campaigns)
    .where(
      and(inArray(campaigns.id, [...ids]), lists === null ? undefined : inArray(campaigns.list, [...lists])),
    )
  return new Map(rows.map(({ id, subject }) => [id, titleOf(subject)]))
}

/** Sent at least in part, newest first, at most 100. */
export async function sentCampaigns(
  db: Executor,
  list: number,
): Promise<readonly { readonly id: string; readonly subject: string }[]> {
  const rows = await db
    .select({ id: campaigns.id, subject: campaigns.subject })
    .from(campaigns)
    .where(
      and(eq(campaigns.list, list), inArray(campaigns.state, ['sending', 'paused', 'sent', 'cancelled'])),
    )
    .orderBy(desc(campaigns.number))
    .limit(100)
  return rows.map(({ id, subject }) => ({ id, subject: titleOf(subject) }))
}
