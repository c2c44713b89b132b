// sql · who got a campaign and who did not, and the figures made of exactly these rows. I10
import { sql } from 'drizzle-orm'
import type { Totals } from '../campaigns/campaign.ts'
import type { Executor } from '../platform/database.ts'

export const outcomes = ['waiting', 'sent', 'skipped', 'rejected', 'unknown'] as const
export type Outcome = (typeof outcomes)[number]

export interface RecipientRow extends Record<string, unknown> {
  batch: number
  number: number
  subscriber: string | null
  outcome: Outcome
  reason: string | null
  sent_at: string | null
  inferred: boolean
  eid: string | null
  seq: number | null
  /** RFC 3339; when that consent was given. */
  consent_at: string | null
}

/** Over `b` (batches), `r` (recipients), `c` (campaigns) and the laterals below. */
export const outcomeOf = sql`
  case
    when skip.reason is not null then 'skipped'
    when reject.reason is not null then 'rejected'
    when b.state = 'unknown' or r.subscriber = any (b.unknowns) then 'unknown'
    when b.state = 'sent' then 'sent'
    when c.state = 'cancelled' and b.state = 'queued' then 'skipped'
    else 'waiting'
  end`

/** Why the batch `b` left the recipient `r` out, as `skip.reason` and `reject.reason`. */
export const whyLeftOut = sql`
  left join lateral (
    select pair ->> 1 as reason from jsonb_array_elements(b.skips) as pair where (pair -> 0)::bigint = r.subscriber
  ) as skip on true
  left join lateral (
    select pair ->> 1 as reason from jsonb_array_elements(b.rejects) as pair where (pair -> 0)::bigint = r.subscriber
  ) as reject on true`

/** The last grant of the purpose that a frozen recipient went out on: `consent` over \`s\`, a consent_seq and a purpose. */
/** In batch and subscriber order after the cursor; the consent behind each is the last grant of the purpose it went out on. */
export async function recipientsOf(
  db: Executor,
  page: {
    campaign: number
    outcome: Outcome | null
    limit: number
    after: { batch: number; number: number } | null
  },
): Promise<readonly RecipientRow[]> {
  // each recipient with their batch, what became of them there, and the event that allowed it
  return db.execute<RecipientRow>(sql`
    with page as (
      select r.batch_no, r.subscriber, r.consent_seq, b.state, b.sent_at, b.inferred, c.list, c.purpose,
        coalesce(skip.reason, reject.reason,
          case when c.state = 'cancelled' and b.state = 'queued' then 'cancelled' end) as reason, ${outcomeOf} as outcome
      from recipients as r
      join campaigns as c on c.number = r.campaign
      join batches as b on b.campaign = r.campaign and b.batch_no = r.batch_no
      ${whyLeftOut}
      where r.campaign = ${page.campaign}
        and (r.batch_no, r.subscriber) > (${page.after?.batch ?? -1}::integer, ${page.after?.number ?? -1}::bigint)
        and (${page.outcome}::text is null or ${outcomeOf} = ${page.outcome}::text)
      order by r.batch_no, r.subscriber
      limit ${page.limit}
    )
    select g.batch_no as batch, g.subscriber as number, p.uid as subscriber, g.outcome, g.reason, g.inferred,
      case when g.outcome = 'sent' then to_json(g.sent_at) #>> '{}' end as sent_at,
      consent.eid, consent.seq, consent.at as consent_at
    from page as g
    left join subscribers as p on p.id = g.subscriber
    left join subscriptions as s on s.subscriber = g.subscriber and s.list = g.list
    left join lateral (
      select e.eid, e.seq, convert_from(e.leaf, 'UTF8')::jsonb ->> 't' as at
      from consent_events as e
      where e.subscription = s.id and e.seq <= g.consent_seq
        and convert_from(e.leaf, 'UTF8')::jsonb ->> 'type' in ('consent.confirmed', 'consent.renewed', 'consent.imported')
        and convert_from(e.leaf, 'UTF8')::jsonb -> 'purposes' ? g.purpose
      order by e.seq desc
      limit 1
    ) as consent on true
    order by g.batch_no, g.subscriber`)
}

/** What became of everybody, as far as we know ourselves; who is in none of the last four still waits. */
export type Counts = Pick<Totals, 'recipients' | 'sent' | 'skipped' | 'rejected' | 'unknown'>

const nobody: Counts = { recipients: 0, sent: 0, skipped: 0, rejected: 0, unknown: 0 }

/** Sums over the batches, by the campaign's number: each recipient counts once. Without an entry nobody was frozen yet. */
export async function countsOf(
  db: Executor,
  campaigns: readonly number[],
): Promise<ReadonlyMap<number, Counts>> {
  const rows = await db.execute<Counts & { campaign: number } & Record<string, unknown>>(sql`
    select
      b.campaign,
      coalesce(sum(size), 0)::int as recipients,
      coalesce(sum(case when b.state = 'sent' then size - cardinality(left_out) end), 0)::int as sent,
      coalesce(sum(case when b.state = 'queued' and c.state = 'cancelled' then size
        else jsonb_array_length(skips) end), 0)::int as skipped,
      coalesce(sum(jsonb_array_length(rejects)), 0)::int as rejected,
      coalesce(sum(case when b.state in ('sent', 'unknown') then cardinality(unknowns) end), 0)::int as unknown
    from batches as b
    join campaigns as c on c.number = b.campaign
    where b.campaign = any(${`{${campaigns.join(',')}}`}::bigint[])
    group by b.campaign`)
  return new Map(rows.map(({ campaign, ...counts }) => [campaign, counts]))
}

export const countsOfOne = async (db: Executor, campaign: number): Promise<Counts> =>
  (await countsOf(db, [campaign])).get(campaign) ?? nobody

/** With what people did afterwards. What the provider tells of its own comes with its events. */
export async function totalsOf(db: Executor, campaign: number): Promise<Totals> {
  const [counts, withdrawn] = await Promise.all([countsOfOne(db, campaign), withdrawnOf(db, campaign)])
  return { ...counts, delivered: 0, bounced: 0, complained: 0, withdrawn }
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

/** Batches that are looked back at, and for how long: a pause in between would make it look slow. */
const lastBatches = 20
const lookBackSeconds = 120

/** People a second that the last batches went out at; null where there were too few to tell. */
export async function rateOf(db: Executor, campaign: number, now: Date): Promise<number | null> {
  const [row] = await db.execute<{ people: number; seconds: number }>(sql`
    select coalesce(sum(size) - min(size), 0)::float8 as people,
      coalesce(extract(epoch from max(sent_at) - min(sent_at)), 0)::float8 as seconds
    from (
      select size, sent_at
      from batches
      where campaign = ${campaign} and state = 'sent'
        and sent_at > ${now.toISOString()}::timestamptz - ${lookBackSeconds} * interval '1 second'
      order by sent_at desc
      limit ${lastBatches}
    ) as last`)
  return row === undefined || row.seconds < 1 || row.people === 0 ? null : row.people / row.seconds
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
