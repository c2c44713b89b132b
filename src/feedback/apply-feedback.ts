// shell · consequences of bounces and complaints for the person, in the transaction of the event
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { campaignIdOf } from '../campaigns/campaign-id.ts'
import { suppressAddress } from '../consent/suppressed.ts'
import { withdrawWithin } from '../consent/withdraw.ts'
import { type Feedback, isUndeliverable, isWearingRefusal, mayWearOut } from '../mail/feedback.ts'
import type { Tx } from '../platform/database/database.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { moment, octets } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { openField } from '../platform/vault/fields.ts'
import { complainOfRequest } from '../signup/confirmation/complain.ts'
import { parseAddress } from '../subscribers/address.ts'
import { isUndeliverableAfter } from './feedback-rules.ts'

/** Whether feedback needs more than a record. */
export const hasConsequences = (feedback: Feedback): boolean =>
  isUndeliverable(feedback) || feedback.kind === 'complained' || mayWearOut(feedback)

/** Applies feedback to the person: most events have no effect, sender problems among them. */
export async function applyFeedback(
  deps: Deps,
  tx: Tx,
  about: { subscription: number; campaign: number },
  feedback: Feedback,
): Promise<void> {
  if (isUndeliverable(feedback)) return bounce(deps, tx, sql`s.id = ${about.subscription}`, feedback.at)
  if (feedback.kind === 'complained') return complain(deps, tx, about)
  if (mayWearOut(feedback)) return wearOut(deps, tx, about.subscription)
}

/** The same for feedback about a confirmation mail, whose recipient may not be a subscriber yet. */
export async function applyFeedbackToRequest(
  deps: Deps,
  tx: Tx,
  request: string,
  feedback: Feedback,
): Promise<void> {
  if (feedback.kind === 'complained') return complainOfRequest(deps, tx, request)
  const waiting = sql`s.id in (select subscription from open_requests where request = ${request}::uuid)`
  if (isUndeliverable(feedback)) return bounce(deps, tx, waiting, feedback.at)
}

/** Suppresses the address for all lists, because the mailbox is gone. Not a withdrawal: a later confirmation lifts it. */
async function bounce(deps: Deps, tx: Tx, which: SQL, at: Date): Promise<void> {
  const person = await personOf(deps, tx, which)
  if (person === null || (person.confirmedAt !== null && person.confirmedAt >= at)) return
  await suppressAddress(deps, tx, {
    canonicalAddress: person.canonicalAddress,
    scope: 'all',
    reason: 'bounce',
  })
}

/** A complaint ends the consent to this list and keeps the address off it. */
async function complain(
  deps: Deps,
  tx: Tx,
  { subscription, campaign }: { subscription: number; campaign: number },
): Promise<void> {
  const person = await personOf(deps, tx, sql`s.id = ${subscription}`)
  if (person !== null)
    await suppressAddress(deps, tx, {
      canonicalAddress: person.canonicalAddress,
      scope: `list:${person.list}`,
      reason: 'complaint',
    })
  await withdrawWithin(deps, tx, {
    subscription,
    channel: 'complaint',
    campaign: await campaignIdOf(tx, campaign),
    actor: { kind: 'subject' },
  })
}

/**
 * Counts a person's consecutive soft bounces and own refusals, over all campaigns on record, reported or during the conversation. A
 * mail that nothing was heard of for longer than a server keeps trying has arrived: by SMTP no arrival is reported.
 */
async function wearOut(deps: Deps, tx: Tx, subscription: number): Promise<void> {
  const now = deps.clock().toISOString()
  // each mail of theirs with what was heard of it or why it was refused, and when they last showed that the mailbox works
  const rows = await readRows(
    tx,
    softBounceRow,
    sql`
      with received as (
        select coalesce(d.bounced_at, b.sent_at) as at, d.bounce, d.delivered_at, d.bounced_at, b.sent_at,
          refused.reason, b.state = 'sent' and not r.subscriber = any (b.left_out) as posted
        from subscriptions as s
        join recipients as r on r.subscriber = s.subscriber
        join batches as b on b.campaign = r.campaign and b.batch_no = r.batch_no
        left join deliveries as d on d.campaign = r.campaign and d.subscriber = r.subscriber
        left join lateral (
          select pair ->> 1 as reason from jsonb_array_elements(b.rejects) as pair
          where (pair -> 0)::bigint = r.subscriber
        ) as refused on true
        where s.id = ${subscription}
      ), alive as (
        select greatest(
          (select max(delivered_at) from received where bounced_at is null),
          (select max(sent_at) from received
            where posted and bounced_at is null
              and sent_at < ${now}::timestamptz - ${silentDays} * interval '1 day'),
          (select max(a.confirmed_at)
            from subscriptions as s join subscriptions as a on a.subscriber = s.subscriber
            where s.id = ${subscription})) as at
      )
      select h.at, h.bounce, h.reason
      from received as h, alive
      where (h.bounce like 'soft%' or h.bounce like '%personal' or h.reason is not null) and h.at > coalesce(alive.at, '-infinity')
      order by h.at`,
  )
  const soft = rows.filter(({ bounce, reason }) => bounce !== null || isWearingRefusal(reason ?? ''))
  const [firstAt, lastAt] = [soft[0]?.at ?? null, soft.at(-1)?.at ?? null]
  if (isUndeliverableAfter({ count: soft.length, firstAt, lastAt }) && lastAt !== null)
    await bounce(deps, tx, sql`s.id = ${subscription}`, lastAt)
}

/** RFC 5321 section 4.5.4.1: servers try for four to five days. */
const silentDays = 6

const softBounceRow = z.object({ at: moment, bounce: z.string().nullable(), reason: z.string().nullable() })

interface FeedbackPerson {
  readonly canonicalAddress: string
  /** UUID. */
  readonly list: string
  /** On any list. */
  readonly confirmedAt: Date | null
}

/** Null where the person is gone, or the address cannot be decrypted. */
async function personOf(deps: Deps, tx: Tx, which: SQL): Promise<FeedbackPerson | null> {
  const row = await readRow(
    tx,
    personRow,
    sql`
      select p.uid, p.address, l.id as list,
        (select max(a.confirmed_at) from subscriptions as a where a.subscriber = p.id) as "confirmedAt"
      from subscriptions as s
      join subscribers as p on p.id = s.subscriber
      join lists as l on l.number = s.list
      where ${which}
      order by s.id
      limit 1`,
  )
  if (row === undefined) return null
  const sendTo = openField(deps.vault, { uid: row.uid, field: 'address' }, row.address)
  const parsed = sendTo === null ? null : parseAddress(sendTo, { smtpUtf8: true })
  if (parsed === null || !parsed.ok) return null
  return { canonicalAddress: parsed.address.canonical, list: row.list, confirmedAt: row.confirmedAt }
}

const personRow = z.object({
  uid: z.string(),
  address: octets,
  list: z.string(),
  confirmedAt: moment.nullable(),
})
