// sql · the figures of campaigns, computed from exactly the rows that they open into. I10
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Totals } from '../campaigns/campaign.ts'
import { type FeedbackCounts, feedbackCounts } from '../feedback/feedback-counts.ts'
import type { Executor } from '../platform/database/database.ts'
import { readRows } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import { cacheCounts } from '../platform/memory/cached-counts.ts'
import { feedbackKinds, hasFeedback, isOverdue } from './outcomes.ts'

/** Recipients by outcome; the rest still waits. */
export type Counts = Pick<Totals, 'recipients' | 'sent' | 'skipped' | 'rejected' | 'unknown'>

const noRecipients: Counts = { recipients: 0, sent: 0, skipped: 0, rejected: 0, unknown: 0 }

/** Counts of a campaign are cached from this many recipients on. */
const largeCount = 50_000

/** Final counts: the campaign is done, and no later feedback can change them. */
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

const cachedCounts = cacheCounts<number, Accounted>(
  ({ isFinal, recipients }) => isFinal && recipients > largeCount,
)

/**
 * Sums over the batches, by campaign number: each recipient counts once. Feedback settles unknown recipients, and recipients
 * of an inferred batch without feedback become unknown, exactly as in each row. A campaign without an entry has no frozen
 * recipients yet.
 */
export async function countsOf(
  db: Executor,
  campaigns: readonly number[],
  now: Date,
): Promise<ReadonlyMap<number, Counts>> {
  const counted = await cachedCounts.many({ of: db, now }, campaigns, (missing) => account(db, missing, now))
  return new Map(Array.from(counted, ([campaign, { isFinal, ...counts }]) => [campaign, counts]))
}

const among = (campaigns: readonly number[]) => sql`any(${`{${campaigns.join(',')}}`}::bigint[])`

/** Sums the batches' own accounts, corrected by feedback for the few campaigns that need it. */
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
  const corrections = unsure.length === 0 ? new Map<number, number>() : await correctionsOf(db, unsure, now)
  return new Map(
    rows.map(({ campaign, isUnsure: _, ...counts }) => {
      const people = corrections.get(campaign) ?? 0
      return [campaign, { ...counts, sent: counts.sent + people, unknown: counts.unknown - people }]
    }),
  )
}

/** The number of unknown recipients that feedback settled as sent, less those overdue without feedback. */
async function correctionsOf(
  db: Executor,
  campaigns: readonly number[],
  now: Date,
): Promise<ReadonlyMap<number, number>> {
  // first: unknown by their batch, settled by feedback; second: sent by their batch, overdue without feedback
  const rows = await readRows(
    db,
    correctionRow,
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
      ) as corrections
      group by campaign`,
  )
  return new Map(rows.map(({ campaign, people }) => [campaign, people]))
}

const correctionRow = z.object({ campaign: whole, people: whole })

export const countsOfOne = async (db: Executor, campaign: number, now: Date): Promise<Counts> =>
  (await countsOf(db, [campaign], now)).get(campaign) ?? noRecipients

/** Counts with the provider's feedback and later withdrawals. */
export async function totalsOf(db: Executor, campaign: number, now: Date): Promise<Totals> {
  return (await totalsOfMany(db, [campaign], now)).get(campaign) ?? noTotals
}

const noFeedback: FeedbackCounts = {
  delivered: 0,
  delayed: 0,
  bounced: 0,
  complained: 0,
  failed: 0,
  suppressed: 0,
}
/** A campaign with no mail sent yet. */
export const noTotals: Totals = { ...noRecipients, ...noFeedback, withdrawn: 0 }

/** The same for a page of campaigns, by number, with one query per figure. */
export async function totalsOfMany(
  db: Executor,
  campaigns: readonly number[],
  now: Date,
): Promise<ReadonlyMap<number, Totals>> {
  const [counts, feedback, withdrawn] = await Promise.all([
    countsOf(db, campaigns, now),
    feedbackCounts.many({ of: db, now }, campaigns, (missing) => feedbackOf(db, missing)),
    cachedWithdrawn.many({ of: db, now }, campaigns, (missing) => withdrawnOf(db, missing)),
  ])
  return new Map(
    campaigns.map((campaign) => {
      const counted = feedback.get(campaign) ?? noFeedback
      const people = withdrawn.get(campaign)?.people ?? 0
      return [campaign, { ...(counts.get(campaign) ?? noRecipients), ...counted, withdrawn: people }]
    }),
  )
}

const reasonRow = z.object({ outcome: z.enum(['skipped', 'rejected']), reason: z.string(), people: whole })

export type ReasonCount = Readonly<z.output<typeof reasonRow>>

/**
 * Why recipients of a campaign were not sent it, most frequent reason first; recipients never sent after a cancellation share
 * one reason.
 */
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
  /** The number of all withdrawals since the freeze. */
  readonly among: number
}

/** Finding withdrawals reads every subscription: 350 ms for a million. */
const cachedWithdrawn = cacheCounts<number, Withdrawn>(({ among }) => among > largeCount)
/** Per campaign, recipients whose consent ended after the freeze. */
async function withdrawnOf(
  db: Executor,
  campaigns: readonly number[],
): Promise<ReadonlyMap<number, Withdrawn>> {
  // withdrawals since the earliest freeze, found once; then those of each campaign
  const rows = await readRows(
    db,
    withdrawnRow,
    sql`
      with frozen as materialized (
        select number, list, frozen_at from campaigns where number = ${among(campaigns)} and frozen_at is not null
      ), withdrawals as materialized (
        select s.subscriber, s.list, s.withdrawn_at
        from subscriptions as s
        where s.withdrawn_at is not null and s.withdrawn_at >= (select min(frozen_at) from frozen)
      )
      select c.number as campaign, count(r.campaign)::int as people, max(t.reltuples)::float8 as among
      from frozen as c
      join pg_class as t on t.oid = 'subscriptions'::regclass
      left join withdrawals as g on g.list = c.list and g.withdrawn_at >= c.frozen_at
      left join recipients as r on r.campaign = c.number and r.subscriber = g.subscriber
      group by c.number`,
  )
  return new Map(rows.map(({ campaign, ...withdrawn }) => [campaign, withdrawn]))
}

const withdrawnRow = z.object({ campaign: whole, people: whole, among: z.number() })

const feedbackRow = z.object({
  campaign: whole,
  delivered: whole,
  delayed: whole,
  bounced: whole,
  complained: whole,
  failed: whole,
  suppressed: whole,
})

/** Feedback per campaign, one count per kind. */
async function feedbackOf(
  db: Executor,
  campaigns: readonly number[],
): Promise<ReadonlyMap<number, FeedbackCounts>> {
  const counted = feedbackKinds.map(
    (kind) => sql`(count(*) filter (where ${hasFeedback[kind]}))::int as ${sql.identifier(kind)}`,
  )
  const rows = await readRows(
    db,
    feedbackRow,
    sql`
      select d.campaign, ${sql.join(counted, sql`, `)}
      from deliveries as d
      where d.campaign = ${among(campaigns)}
      group by d.campaign`,
  )
  return new Map(rows.map(({ campaign, ...kinds }) => [campaign, kinds]))
}
