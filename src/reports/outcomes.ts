// sql · who got a campaign and who did not: the rows that every figure opens into. I10
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRows } from '../platform/database/rows.ts'
import { jsonMoment, moment, whole } from '../platform/database/values.ts'

export const outcomes = ['waiting', 'sent', 'skipped', 'rejected', 'unknown'] as const
export type Outcome = (typeof outcomes)[number]

/** What a provider may have said of a mail, beside its outcome: the columns that a figure opens into. */
export const feedbackKinds = [
  'delivered',
  'delayed',
  'bounced',
  'complained',
  'failed',
  'suppressed',
] as const
export type FeedbackKind = (typeof feedbackKinds)[number]

const recipientRow = z.object({
  batch: whole,
  number: whole,
  subscriber: z.string().nullable(),
  outcome: z.enum(outcomes),
  reason: z.string().nullable(),
  sent_at: moment.nullable(),
  inferred: z.boolean(),
  eid: z.string().nullable(),
  seq: whole.nullable(),
  /** When that consent was given. */
  consent_at: jsonMoment.nullable(),
  delivered_at: moment.nullable(),
  delayed_at: moment.nullable(),
  bounced_at: moment.nullable(),
  bounce: z.string().nullable(),
  complained_at: moment.nullable(),
  failed_at: moment.nullable(),
  failure: z.string().nullable(),
  suppressed_at: moment.nullable(),
})

export type RecipientRow = Readonly<z.output<typeof recipientRow>>

/** How long a batch whose answer was inferred waits for a word of the provider's before its people are unknown. */
const inferredHours = 72

/** Over `b` (batches). */
export const isOverdue = (now: Date) => sql`
  (b.state = 'sent' and b.inferred and b.sent_at <= ${now.toISOString()}::timestamptz - ${inferredHours} * interval '1 hour')`

/**
 * Over `b`, `r` (recipients), `c` (campaigns) and what `besideRecipient` joins. Whatever the provider says of a mail, it has
 * it: a row in `deliveries` settles what was unknown.
 */
export const outcomeOf = (now: Date) => sql`
  case
    when skip.reason is not null then 'skipped'
    when reject.reason is not null then 'rejected'
    when d.campaign is null and (b.state = 'unknown' or r.subscriber = any (b.unknowns) or ${isOverdue(now)}) then 'unknown'
    when b.state in ('sent', 'unknown') then 'sent'
    when c.state = 'cancelled' and b.state = 'queued' then 'skipped'
    else 'waiting'
  end`

/** Why, of whoever did not get it. */
export const reasonOf = sql`
  coalesce(skip.reason, reject.reason, case when c.state = 'cancelled' and b.state = 'queued' then 'cancelled' end)`

/** Whether it was sent follows from a later attempt alone: nobody said so of this person. */
export const isInferred = sql`(b.inferred and d.campaign is null)`

/** When, of whoever got it: a batch that the provider's word settled was never marked. */
export const sentAt = sql`coalesce(b.sent_at, b.first_attempt_at)`

/** Why the batch left the recipient out, as `skip.reason` and `reject.reason`, and what the provider said of them, as `d`. */
export const besideRecipient = sql`
  left join lateral (
    select pair ->> 1 as reason from jsonb_array_elements(b.skips) as pair where (pair -> 0)::bigint = r.subscriber
  ) as skip on true
  left join lateral (
    select pair ->> 1 as reason from jsonb_array_elements(b.rejects) as pair where (pair -> 0)::bigint = r.subscriber
  ) as reject on true
  left join deliveries as d on d.campaign = r.campaign and d.subscriber = r.subscriber`

/** Over `d` (deliveries). */
export const hasFeedback = {
  // Arrived and did not come back: the sum of what follows is not more than was sent.
  delivered: sql`d.delivered_at is not null and d.bounced_at is null`,
  delayed: sql`d.delayed_at is not null`,
  bounced: sql`d.bounced_at is not null`,
  complained: sql`d.complained_at is not null`,
  failed: sql`d.failed_at is not null`,
  suppressed: sql`d.suppressed_at is not null`,
} as const satisfies Record<FeedbackKind, unknown>

/**
 * All that arrived are met by walking the recipients; the few of any other kind are found first, as an array, or the planner
 * walks a million for them (430 ms a page).
 */
const isAmong = (campaign: number, heard: FeedbackKind) =>
  heard === 'delivered'
    ? hasFeedback.delivered
    : sql`r.subscriber = any (array(
        select d.subscriber from deliveries as d where d.campaign = ${campaign} and ${hasFeedback[heard]}))`

/** In batch and subscriber order after the cursor; the consent behind each is the last grant of the purpose it went out on. */
export async function recipientsOf(
  db: Executor,
  page: {
    campaign: number
    outcome: Outcome | null
    /** Only those of whom the provider said this. */
    heard?: FeedbackKind | null
    /** Only this person. */
    subscriber?: number
    limit: number
    after: { batch: number; number: number } | null
    now: Date
  },
): Promise<readonly RecipientRow[]> {
  const outcome = outcomeOf(page.now)
  const heard = page.heard == null ? sql`true` : isAmong(page.campaign, page.heard)
  // each recipient with their batch, what became of them there, what the provider said, and the event that allowed it
  return readRows(
    db,
    recipientRow,
    sql`
      with page as (
        select r.batch_no, r.subscriber, r.consent_seq, c.list, c.purpose,
          ${sentAt} as sent_at, ${isInferred} as inferred, ${reasonOf} as reason, ${outcome} as outcome,
          d.delivered_at, d.delayed_at, d.bounced_at, d.bounce, d.complained_at, d.failed_at, d.failure, d.suppressed_at
        from recipients as r
        join campaigns as c on c.number = r.campaign
        join batches as b on b.campaign = r.campaign and b.batch_no = r.batch_no
        ${besideRecipient}
        where r.campaign = ${page.campaign}
          and (r.batch_no, r.subscriber) > (${page.after?.batch ?? -1}::integer, ${page.after?.number ?? -1}::bigint)
          and (${page.subscriber ?? null}::bigint is null or r.subscriber = ${page.subscriber ?? null}::bigint)
          and (${page.outcome}::text is null or ${outcome} = ${page.outcome}::text)
          and ${heard}
        order by r.batch_no, r.subscriber
        limit ${page.limit}
      )
      select g.batch_no as batch, g.subscriber as number, p.uid as subscriber, g.outcome, g.reason, g.inferred,
        case when g.outcome = 'sent' then g.sent_at end as sent_at,
        consent.eid, consent.seq, consent.at as consent_at, g.bounce, g.failure,
        g.delivered_at, g.delayed_at, g.bounced_at, g.complained_at, g.failed_at, g.suppressed_at
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
      order by g.batch_no, g.subscriber`,
  )
}
