// shell · what follows for a person when their mail bounces or is reported as spam: in the transaction of the event
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { campaignIdOf } from '../campaigns/campaign-id.ts'
import { suppressAddress } from '../consent/suppressed.ts'
import { withdrawWithin } from '../consent/withdraw.ts'
import { type Feedback, isUndeliverable } from '../mail/feedback.ts'
import type { Tx } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import { moment, octets, whole } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { openField } from '../platform/vault/fields.ts'
import { complainOfRequest } from '../signup/confirmation/complain.ts'
import { parseAddress } from '../subscribers/address.ts'
import { isUndeliverableAfter } from './feedback-rules.ts'

/** Whether there is more to do than to keep it. */
export const hasConsequences = (feedback: Feedback): boolean =>
  isUndeliverable(feedback) ||
  feedback.kind === 'complained' ||
  (feedback.kind === 'bounced' && feedback.bounce === 'soft')

/** What it means for the person: nothing for most events, and nothing for trouble of the sender's. */
export async function applyFeedback(
  deps: Deps,
  tx: Tx,
  about: { subscription: number; campaign: number },
  feedback: Feedback,
): Promise<void> {
  if (isUndeliverable(feedback)) return bounce(deps, tx, sql`s.id = ${about.subscription}`, feedback.at)
  if (feedback.kind === 'complained') return complain(deps, tx, about)
  if (feedback.kind === 'bounced' && feedback.bounce === 'soft') return wearOut(deps, tx, about.subscription)
}

/** The same where a confirmation mail is what it is about: the person may be nobody's subscriber yet. */
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

/** All lists at once: the mailbox is gone for each of them. Not a withdrawal: a later confirmation lifts it. */
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

/** The soft bounces of a person in a row, over all campaigns that are still on record. */
async function wearOut(deps: Deps, tx: Tx, subscription: number): Promise<void> {
  // each mail of theirs that the provider spoke of, and when they last showed that the mailbox works
  const inRow = await readRow(
    tx,
    wornRow,
    sql`
      with heard as (
        select d.delivered_at, d.bounced_at, d.bounce
        from subscriptions as s
        join recipients as r on r.subscriber = s.subscriber
        join deliveries as d on d.campaign = r.campaign and d.subscriber = r.subscriber
        where s.id = ${subscription}
      ), alive as (
        select greatest(
          (select max(delivered_at) from heard where bounced_at is null),
          (select max(a.confirmed_at)
            from subscriptions as s join subscriptions as a on a.subscriber = s.subscriber
            where s.id = ${subscription})) as at
      )
      select count(*)::int as count, min(h.bounced_at) as "firstAt", max(h.bounced_at) as "lastAt"
      from heard as h, alive
      where h.bounce like 'soft%' and h.bounced_at > coalesce(alive.at, '-infinity')`,
  )
  if (inRow !== undefined && isUndeliverableAfter(inRow) && inRow.lastAt !== null)
    await bounce(deps, tx, sql`s.id = ${subscription}`, inRow.lastAt)
}

const wornRow = z.object({ count: whole, firstAt: moment.nullable(), lastAt: moment.nullable() })

interface HeardPerson {
  readonly canonicalAddress: string
  /** UUID. */
  readonly list: string
  /** On any list. */
  readonly confirmedAt: Date | null
}

/** Null where nobody is left, or the address cannot be opened. */
async function personOf(deps: Deps, tx: Tx, which: SQL): Promise<HeardPerson | null> {
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
