// sql · the figures of campaigns, made of exactly the rows that they open into. I10
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Totals } from '../campaigns/campaign.ts'
import { type FeedbackCounts, feedbackCounts } from '../feedback/feedback-counts.ts'
import type { Executor } from '../platform/database/database.ts'
import { readRows } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import { cacheCounts } from '../platform/memory/cached-counts.ts'
import { feedbackKinds, hasFeedback, isOverdue } from './outcomes.ts'

/** What became of everybody; who is in none of the last four still waits. */
export type Counts = Pick<Totals, 'recipients' | 'sent' | 'skipped' | 'rejected' | 'unknown'>

const nobody: Counts = { recipients: 0, sent: 0, skipped: 0, rejected: 0, unknown: 0 }

/** Of a campaign with so many nothing is counted twice within a moment. */
const largeCount = 50_000

/** What stays as it is: it is done, and nothing that the provider may still say changes it. */
interface Accounted extends Counts {
  readonly isFinal: boolean
}

const accountRow = z.object({
  campaign: whole,
  recipients: whole,
  sent: whole,
  skipped: whole,
  rejected: whole,
  unknown: whole,
  isUnsure: z.boolean(),
  isFinal: z.boolean(),
})

const keptCounts = cacheCounts<number, Accounted>(
  ({ isFinal, recipients }) => isFinal && recipients > largeCount,
)

/**
 * Sums over the batches, by the campaign's number: each recipient counts once. What the provider said since settles the
 * unknown among them, and what it never confirmed of an inferred batch becomes unknown, exactly as each row says it.
 * Without an entry nobody was frozen yet.
 */
export async function countsOf(
  db: Executor,
  campaigns: readonly number[],
  now: Date,
): Promise<ReadonlyMap<number, Counts>> {
  const counted = await keptCounts.many({ of: db, now }, campaigns, (missing) => account(db, missing, now))
  return new Map(Array.from(counted, ([campaign, { isFinal, ...counts }]) => [campaign, counts]))
}

const among = (campaigns: readonly number[]) => sql`any(${`{${campaigns.join(',')}}`}::bigint[])`

/** The batches by their own account; of the few campaigns where that is not the last word, the people too. */
async function account(
  db: Executor,
  campaigns: readonly number[],
  now: Date,
): Promise<ReadonlyMap<number, Accounted>> {
  const rows = await readRows(
    db,
    accountRow,
    sql`
      select b.campaign,
        sum(size)::int as recipients,
        sum(case when b.state = 'sent' then size - cardinality(left_out) else 0 end)::int as sent,
        sum(case when b.state = 'queued' and c.state = 'cancelled' then size
          else jsonb_array_length(skips) end)::int as skipped,
        sum(jsonb_array_length(rejects))::int as rejected,
        sum(case when b.state in ('sent', 'unknown') then cardinality(unknowns) else 0 end)::int as unknown,
        bool_or(unknowns <> '{}' or b.inferred) as "isUnsure",
        bool_and(c.state in ('sent', 'cancelled') and b.state <> 'posting' and unknowns = '{}' and not b.inferred)
          as "isFinal"
      from batches as b
      join campaigns as c on c.number = b.campaign
      where b.campaign = ${among(campaigns)}
      group by b.campaign`,
  )
  const unsure = rows.flatMap(({ isUnsure, campaign }) => (isUnsure ? [campaign] : []))
  const learnt = unsure.length === 0 ? new Map<number, number>() : await learntOf(db, unsure, now)
  return new Map(
    rows.map(({ campaign, isUnsure: _, ...counts }) => {
      const people = learnt.get(campaign) ?? 0
      return [campaign, { ...counts, sent: counts.sent + people, unknown: counts.unknown - people }]
    }),
  )
}

/** How many count as sent by the provider's word, less those who do not for want of one. */
async function learntOf(
  db: Executor,
  campaigns: readonly number[],
  now: Date,
): Promise<ReadonlyMap<number, number>> {
  // `settled`: unknown by their batch, known by the provider's word; `overdue`: the other way round
  const rows = await readRows(
    db,
    learntRow,
    sql`
      select campaign, sum(people)::int as people
      from (
        select b.campaign, count(*) as people
        from batches as b
        cross join unnest(b.unknowns) as u (subscriber)
        join deliveries as d on d.campaign = b.campaign and d.subscriber = u.subscriber
        where b.campaign = ${among(campaigns)} and b.state in ('sent', 'unknown') and b.unknowns <> '{}'
        group by b.campaign
        union all
        select b.campaign, -count(*)
        from batches as b
        join recipients as r on r.campaign = b.campaign and r.batch_no = b.batch_no and r.subscriber <> all (b.left_out)
        left join deliveries as d on d.campaign = r.campaign and d.subscriber = r.subscriber
        where b.campaign = ${among(campaigns)} and d.campaign is null and ${isOverdue(now)}
        group by b.campaign
      ) as learnt
      group by campaign`,
  )
  return new Map(rows.map(({ campaign, people }) => [campaign, people]))
}

const learntRow = z.object({ campaign: whole, people: whole })

export const countsOfOne = async (db: Executor, campaign: number, now: Date): Promise<Counts> =>
  (await countsOf(db, [campaign], now)).get(campaign) ?? nobody

/** With what the provider told of its own, and what people did afterwards. */
export async function totalsOf(db: Executor, campaign: number, now: Date): Promise<Totals> {
  return (await totalsOfMany(db, [campaign], now)).get(campaign) ?? untold
}

const unheard: FeedbackCounts = {
  delivered: 0,
  delayed: 0,
  bounced: 0,
  complained: 0,
  failed: 0,
  suppressed: 0,
}
/** Of a campaign that nobody was sent yet. */
export const untold: Totals = { ...nobody, ...unheard, withdrawn: 0 }

/** The same of a page of campaigns, by number, each question asked once. */
export async function totalsOfMany(
  db: Executor,
  campaigns: readonly number[],
  now: Date,
): Promise<ReadonlyMap<number, Totals>> {
  const [counts, hearings, withdrawn] = await Promise.all([
    countsOf(db, campaigns, now),
    feedbackCounts.many({ of: db, now }, campaigns, (missing) => hearingsOf(db, missing)),
    keptWithdrawn.many({ of: db, now }, campaigns, (missing) => withdrawnOf(db, missing)),
  ])
  return new Map(
    campaigns.map((campaign) => {
      const heard = hearings.get(campaign) ?? unheard
      const left = withdrawn.get(campaign)?.people ?? 0
      return [campaign, { ...(counts.get(campaign) ?? nobody), ...heard, withdrawn: left }]
    }),
  )
}

const reasonRow = z.object({ outcome: z.enum(['skipped', 'rejected']), reason: z.string(), people: whole })

export type ReasonCount = Readonly<z.output<typeof reasonRow>>

/** Why people of a campaign did not get it, the commonest reason first; those of a cancelled rest are one of them. */
export async function reasonsOf(db: Executor, campaign: number): Promise<readonly ReasonCount[]> {
  return readRows(
    db,
    reasonRow,
    sql`
      select outcome, reason, sum(people)::int as people
      from (
        select 'skipped' as outcome, pair ->> 1 as reason, count(*) as people
        from batches as b, jsonb_array_elements(b.skips) as pair
        where b.campaign = ${campaign}
          and not (b.state = 'queued' and exists (
            select from campaigns as c where c.number = b.campaign and c.state = 'cancelled'))
        group by 2
        union all
        select 'rejected', pair ->> 1, count(*)
        from batches as b, jsonb_array_elements(b.rejects) as pair
        where b.campaign = ${campaign}
        group by 2
        union all
        select 'skipped', 'cancelled', sum(b.size)
        from batches as b
        join campaigns as c on c.number = b.campaign and c.state = 'cancelled'
        where b.campaign = ${campaign} and b.state = 'queued'
      ) as counted
      where people > 0
      group by outcome, reason
      order by people desc, outcome, reason`,
  )
}

interface Withdrawn {
  readonly people: number
  /** Of everybody who left since. */
  readonly among: number
}

/** To find them every subscription is read: 350 ms of a million. */
const keptWithdrawn = cacheCounts<number, Withdrawn>(({ among }) => among > largeCount)
/** By campaign: recipients who ended their consent after it was frozen. */
async function withdrawnOf(
  db: Executor,
  campaigns: readonly number[],
): Promise<ReadonlyMap<number, Withdrawn>> {
  // who left since the first of them was frozen, found once; then those of each campaign
  const rows = await readRows(
    db,
    withdrawnRow,
    sql`
      with frozen as materialized (
        select number, list, frozen_at from campaigns where number = ${among(campaigns)} and frozen_at is not null
      ), gone as materialized (
        select s.subscriber, s.list, s.withdrawn_at
        from subscriptions as s
        where s.withdrawn_at is not null and s.withdrawn_at >= (select min(frozen_at) from frozen)
      )
      select c.number as campaign, count(r.campaign)::int as people, max(t.reltuples)::float8 as among
      from frozen as c
      join pg_class as t on t.oid = 'subscriptions'::regclass
      left join gone as g on g.list = c.list and g.withdrawn_at >= c.frozen_at
      left join recipients as r on r.campaign = c.number and r.subscriber = g.subscriber
      group by c.number`,
  )
  return new Map(rows.map(({ campaign, ...withdrawn }) => [campaign, withdrawn]))
}

const withdrawnRow = z.object({ campaign: whole, people: whole, among: z.number() })

const hearingRow = z.object({
  campaign: whole,
  delivered: whole,
  delayed: whole,
  bounced: whole,
  complained: whole,
  failed: whole,
  suppressed: whole,
})

/** By campaign: what the provider said, each as often as its rows are there. */
async function hearingsOf(
  db: Executor,
  campaigns: readonly number[],
): Promise<ReadonlyMap<number, FeedbackCounts>> {
  const counted = feedbackKinds.map(
    (heard) => sql`(count(*) filter (where ${hasFeedback[heard]}))::int as ${sql.identifier(heard)}`,
  )
  const rows = await readRows(
    db,
    hearingRow,
    sql`
      select d.campaign, ${sql.join(counted, sql`, `)}
      from deliveries as d
      where d.campaign = ${among(campaigns)}
      group by d.campaign`,
  )
  return new Map(rows.map(({ campaign, ...heard }) => [campaign, heard]))
}
