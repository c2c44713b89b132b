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
      consent.eid, consent.seq
    from page as g
    left join subscribers as p on p.id = g.subscriber
    left join subscriptions as s on s.subscriber = g.subscriber and s.list = g.list
    left join lateral (
      select e.eid, e.seq
      from consent_events as e
      where e.subscription = s.id and e.seq <= g.consent_seq
        and convert_from(e.leaf, 'UTF8')::jsonb ->> 'type' in ('consent.confirmed', 'consent.renewed', 'consent.imported')
        and convert_from(e.leaf, 'UTF8')::jsonb -> 'purposes' ? g.purpose
      order by e.seq desc
      limit 1
    ) as consent on true
    order by g.batch_no, g.subscriber`)
}

/** Sums over the batches: each recipient counts once. What providers and people did afterwards comes with the webhooks. */
export async function totalsOf(db: Executor, campaign: number): Promise<Totals> {
  const [row] = await db.execute<{
    recipients: number
    sent: number
    skipped: number
    rejected: number
    unknown: number
  }>(sql`
    select
      coalesce(sum(size), 0)::int as recipients,
      coalesce(sum(case when b.state = 'sent' then size - cardinality(left_out) end), 0)::int as sent,
      coalesce(sum(case when b.state = 'queued' and c.state = 'cancelled' then size
        else jsonb_array_length(skips) end), 0)::int as skipped,
      coalesce(sum(jsonb_array_length(rejects)), 0)::int as rejected,
      coalesce(sum(case when b.state in ('sent', 'unknown') then cardinality(unknowns) end), 0)::int as unknown
    from batches as b
    join campaigns as c on c.number = b.campaign
    where b.campaign = ${campaign}`)
  const withdrawn = await withdrawnOf(db, campaign)
  return {
    recipients: row?.recipients ?? 0,
    sent: row?.sent ?? 0,
    skipped: row?.skipped ?? 0,
    rejected: row?.rejected ?? 0,
    unknown: row?.unknown ?? 0,
    delivered: 0,
    bounced: 0,
    complained: 0,
    withdrawn,
  }
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
