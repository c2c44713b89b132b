// sql · the figures of campaigns, made of exactly the rows that they open into. I10
import { sql } from 'drizzle-orm'
import type { Totals } from '../campaigns/campaign.ts'
import { receptionOf } from '../campaigns/reception.ts'
import type { Executor } from '../platform/database.ts'
import { isOverdue } from './outcomes.ts'

/** What became of everybody; who is in none of the last four still waits. */
export type Counts = Pick<Totals, 'recipients' | 'sent' | 'skipped' | 'rejected' | 'unknown'>

const nobody: Counts = { recipients: 0, sent: 0, skipped: 0, rejected: 0, unknown: 0 }

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
  const asked = sql`any(${`{${campaigns.join(',')}}`}::bigint[])`
  // batches by their own account; `settled`: unknown by it, known by the provider's word; `overdue`: the other way round
  const rows = await db.execute<Counts & { campaign: number } & Record<string, unknown>>(sql`
    with accounted as (
      select b.campaign,
        sum(size) as recipients,
        sum(case when b.state = 'sent' then size - cardinality(left_out) else 0 end) as sent,
        sum(case when b.state = 'queued' and c.state = 'cancelled' then size
          else jsonb_array_length(skips) end) as skipped,
        sum(jsonb_array_length(rejects)) as rejected,
        sum(case when b.state in ('sent', 'unknown') then cardinality(unknowns) else 0 end) as unknown
      from batches as b
      join campaigns as c on c.number = b.campaign
      where b.campaign = ${asked}
      group by b.campaign
    ), settled as (
      select b.campaign, count(*) as people
      from batches as b
      cross join unnest(b.unknowns) as u (subscriber)
      join deliveries as d on d.campaign = b.campaign and d.subscriber = u.subscriber
      where b.campaign = ${asked} and b.state in ('sent', 'unknown') and b.unknowns <> '{}'
      group by b.campaign
    ), overdue as (
      select b.campaign, count(*) as people
      from batches as b
      join recipients as r on r.campaign = b.campaign and r.batch_no = b.batch_no and r.subscriber <> all (b.left_out)
      left join deliveries as d on d.campaign = r.campaign and d.subscriber = r.subscriber
      where b.campaign = ${asked} and d.campaign is null and ${isOverdue(now)}
      group by b.campaign
    )
    select a.campaign, a.recipients::int, a.skipped::int, a.rejected::int,
      (a.sent + coalesce(s.people, 0) - coalesce(o.people, 0))::int as sent,
      (a.unknown - coalesce(s.people, 0) + coalesce(o.people, 0))::int as unknown
    from accounted as a
    left join settled as s on s.campaign = a.campaign
    left join overdue as o on o.campaign = a.campaign`)
  return new Map(rows.map(({ campaign, ...counts }) => [campaign, counts]))
}

export const countsOfOne = async (db: Executor, campaign: number, now: Date): Promise<Counts> =>
  (await countsOf(db, [campaign], now)).get(campaign) ?? nobody

/** With what the provider told of its own, and what people did afterwards. */
export async function totalsOf(db: Executor, campaign: number, now: Date): Promise<Totals> {
  const [counts, { delivered, bounced, complained }, withdrawn] = await Promise.all([
    countsOfOne(db, campaign, now),
    receptionOf(db, campaign),
    withdrawnOf(db, campaign),
  ])
  return { ...counts, delivered, bounced, complained, withdrawn }
}

export interface ReasonCount extends Record<string, unknown> {
  readonly outcome: 'skipped' | 'rejected'
  readonly reason: string
  readonly people: number
}

/** Why people of a campaign did not get it, the commonest reason first; those of a cancelled rest are one of them. */
export async function reasonsOf(db: Executor, campaign: number): Promise<readonly ReasonCount[]> {
  return db.execute<ReasonCount>(sql`
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
    order by people desc, outcome, reason`)
}

/** Recipients who ended their consent after the campaign was frozen. */
async function withdrawnOf(db: Executor, campaign: number): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`
    select count(*)::int as count
    from campaigns as c
    join subscriptions as s on s.list = c.list and s.withdrawn_at >= c.frozen_at
    join recipients as r on r.campaign = c.number and r.subscriber = s.subscriber
    where c.number = ${campaign}`)
  return row?.count ?? 0
}
