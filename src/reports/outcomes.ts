// sql · recipients of a campaign by outcome: the rows that every figure opens into. I10
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRows } from '../platform/database/rows.ts'
import { jsonMoment, moment, whole } from '../platform/database/values.ts'

export const outcomes = ['waiting', 'sent', 'skipped', 'rejected', 'unknown'] as const
export type Outcome = (typeof outcomes)[number]

/** Kinds of feedback beside the outcome: the columns that a figure opens into. */
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

/** How long a batch with an inferred answer waits for feedback before its recipients count as unknown. */
const inferredHours = 72

/** Over `b` (batches). */
export const isOverdue = (now: Date) => sql`
  (b.state = 'sent' and b.inferred and b.sent_at <= ${now.toISOString()}::timestamptz - ${inferredHours} * interval '1 hour')`

/**
 * Over `b`, `r` (recipients), `c` (campaigns) and the joins of `besideRecipient`. Any feedback proves that the provider has
 * the mail: a row in `deliveries` settles an unknown recipient.
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

/** Why a recipient was not sent the mail. */
export const reasonOf = sql`
  coalesce(skip.reason, reject.reason, case when c.state = 'cancelled' and b.state = 'queued' then 'cancelled' end)`

/** Whether the outcome is inferred from a later attempt, without feedback on this recipient. */
export const isInferred = sql`(b.inferred and d.campaign is null)`

/** When the mail was sent: a batch settled by feedback was never marked. */
export const sentAt = sql`coalesce(b.sent_at, b.first_attempt_at)`

/** Joins the batch's reasons for this recipient as `skip.reason` and `reject.reason`, and the feedback as `d`. */
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
  // Delivered and not bounced, so that delivered plus bounced never exceed sent.
  delivered: sql`d.delivered_at is not null and d.bounced_at is null`,
  delayed: sql`d.delayed_at is not null`,
  bounced: sql`d.bounced_at is not null`,
  complained: sql`d.complained_at is not null`,
  failed: sql`d.failed_at is not null`,
  suppressed: sql`d.suppressed_at is not null`,
} as const satisfies Record<FeedbackKind, unknown>

/**
 * Delivered mails are many, and walking the recipients finds them; the few rows of any other kind are found first, as an
 * array, or the planner walks a million recipients for them (430 ms a page).
 */
const isAmong = (campaign: number, kind: FeedbackKind) =>
  kind === 'delivered'
    ? hasFeedback.delivered
    : sql`r.subscriber = any (array(
        select d.subscriber from deliveries as d where d.campaign = ${campaign} and ${hasFeedback[kind]}))`

/** In batch and subscriber order after the cursor; the consent of each is the last grant of the campaign's purpose. */
export async function recipientsOf(
  db: Executor,
  page: {
    campaign: number
    outcome: Outcome | null
    /** Only recipients with this feedback. */
    feedback?: FeedbackKind | null
    /** Only this person. */
    subscriber?: number
    limit: number
    after: { batch: number; number: number } | null
    now: Date
  },
): Promise<readonly RecipientRow[]> {
  const outcome = outcomeOf(page.now)
  const feedbackCondition = page.feedback == null ? sql`true` : isAmong(page.campaign, page.feedback)
  // each recipient with their batch, its result, the feedback, and the event that granted consent
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
          and ${feedbackCondition}
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
