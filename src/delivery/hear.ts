// shell · takes what the provider says of a mail: its row, and what follows for the person. One transaction an event
import { type SQL, sql } from 'drizzle-orm'
import { suppressAddress } from '../consent/suppressed.ts'
import { withdrawWithin } from '../consent/withdraw.ts'
import { type Feedback, isSenderProblem, isUndeliverable } from '../mail/feedback.ts'
import { mergedFeedback, saidRow } from '../mail/feedback-merge.ts'
import type { HookedEvent } from '../mail/resend-events.ts'
import { hearOfServiceMail } from '../outbox/hear.ts'
import { bytesOfHex } from '../platform/bytes.ts'
import type { Tx } from '../platform/database.ts'
import type { Deps } from '../platform/deps.ts'
import { openField } from '../platform/vault/fields.ts'
import { openTag, type Tagged } from '../platform/vault/tokens.ts'
import { complainOfRequest } from '../signup/complain.ts'
import { parseAddress } from '../subscribers/address.ts'
import { campaignIdOf } from '../unsubscribe/campaign.ts'
import { isWornOut } from './feedback.ts'
import { guardCampaign } from './guard.ts'

/** `foreign`: about a mail that is not ours, or about nothing that changes anything here. */
export type Hearing = 'taken' | 'repeated' | 'foreign'

/** Any order, any number of times: the rows come out the same. `id` is what the provider calls the event. */
export async function hear(deps: Deps, id: string, event: HookedEvent): Promise<Hearing> {
  const { feedback } = event
  const tagged = event.tag === null ? null : openTag(deps.vault, event.tag)
  if (tagged === null || feedback === null) return 'foreign'
  const hearing = await deps.db.transaction(async (tx): Promise<Hearing> => {
    const fresh = await tx.execute(sql`
      insert into hook_events (id, at) values (${id}, ${deps.clock().toISOString()}::timestamptz)
      on conflict do nothing
      returning 1`)
    if (fresh.length === 0) return 'repeated'
    return (await take(deps, tx, tagged, feedback)) ? 'taken' : 'foreign'
  })
  if (hearing === 'taken' && isSenderProblem(feedback)) await alarm(deps, tagged, feedback)
  return hearing
}

/** Whether there was a mail that it is about. */
async function take(deps: Deps, tx: Tx, tagged: Tagged, feedback: Feedback): Promise<boolean> {
  switch (tagged.kind) {
    case 'campaign': {
      if (!(await keep(tx, tagged, feedback))) return false
      const about = { subscription: tagged.subscription, campaign: tagged.campaign }
      await followUp(deps, tx, about, feedback)
      return true
    }
    case 'message':
      await followUp(deps, tx, { subscription: tagged.subscription, campaign: 0 }, feedback)
      return true
    case 'service_mail': {
      const mail = await hearOfServiceMail(tx, tagged.id, feedback)
      if (mail === null) return false
      if (mail.subscription !== null)
        await followUp(deps, tx, { subscription: mail.subscription, campaign: 0 }, feedback)
      if (mail.kind === 'confirmation' && mail.request !== null)
        await followUpRequest(deps, tx, mail.request, feedback)
      return true
    }
  }
}

/**
 * The row of this recipient, made or added to. It stands beside the batch, not in it, so that an event may come before our
 * own mark; and only where there is a recipient, so that each figure opens into people.
 */
async function keep(
  tx: Tx,
  tagged: Extract<Tagged, { kind: 'campaign' }>,
  feedback: Feedback,
): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into deliveries as d (campaign, subscriber, delivered_at, delayed_at, bounced_at, bounce, complained_at,
      failed_at, failure, suppressed_at)
    select r.campaign, r.subscriber, said.delivered_at, said.delayed_at, said.bounced_at, said.bounce, said.complained_at,
      said.failed_at, said.failure, said.suppressed_at
    from subscriptions as s
    join recipients as r on r.subscriber = s.subscriber and r.campaign = ${tagged.campaign}
    join campaigns as c on c.number = r.campaign and c.list = s.list
    cross join ${saidRow(feedback, sql`said`)}
    where s.id = ${tagged.subscription}
    on conflict (campaign, subscriber) do update set ${mergedFeedback(sql`d`, sql`excluded`)}
    returning 1`)
  return rows.length > 0
}

/** What it means for the person: nothing for most events, and nothing for trouble of the sender's. */
async function followUp(
  deps: Deps,
  tx: Tx,
  about: { subscription: number; campaign: number },
  feedback: Feedback,
): Promise<void> {
  if (isUndeliverable(feedback)) return bounce(deps, tx, sql`s.id = ${about.subscription}`, feedback.at)
  if (feedback.kind === 'complained') return complain(deps, tx, about)
  if (feedback.kind === 'bounced' && feedback.bounce === 'soft') return wearOut(deps, tx, about.subscription)
}

async function followUpRequest(deps: Deps, tx: Tx, request: string, feedback: Feedback): Promise<void> {
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
  const [row] = await tx.execute<{ count: number; first_at: string | null; last_at: string | null }>(sql`
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
    select count(*)::int as count, to_json(min(h.bounced_at)) #>> '{}' as first_at,
      to_json(max(h.bounced_at)) #>> '{}' as last_at
    from heard as h, alive
    where h.bounce like 'soft%' and h.bounced_at > coalesce(alive.at, '-infinity')`)
  const moment = (text: string | null | undefined): Date | null => (text == null ? null : new Date(text))
  const inRow = { count: row?.count ?? 0, firstAt: moment(row?.first_at), lastAt: moment(row?.last_at) }
  if (isWornOut(inRow) && inRow.lastAt !== null)
    await bounce(deps, tx, sql`s.id = ${subscription}`, inRow.lastAt)
}

interface HeardPerson {
  readonly canonicalAddress: string
  /** UUID. */
  readonly list: string
  /** On any list. */
  readonly confirmedAt: Date | null
}

/** Null where nobody is left, or the address cannot be opened. */
async function personOf(deps: Deps, tx: Tx, which: SQL): Promise<HeardPerson | null> {
  const [row] = await tx.execute<{
    uid: string
    address: string
    list: string
    confirmed_at: string | null
  }>(sql`
    select p.uid, encode(p.address, 'hex') as address, l.id as list,
      (select to_json(max(a.confirmed_at)) #>> '{}' from subscriptions as a where a.subscriber = p.id) as confirmed_at
    from subscriptions as s
    join subscribers as p on p.id = s.subscriber
    join lists as l on l.number = s.list
    where ${which}
    order by s.id
    limit 1`)
  if (row === undefined) return null
  const sendTo = openField(deps.vault, { uid: row.uid, field: 'address' }, bytesOfHex(row.address))
  const parsed = sendTo === null ? null : parseAddress(sendTo, { smtpUtf8: true })
  if (parsed === null || !parsed.ok) return null
  return {
    canonicalAddress: parsed.address.canonical,
    list: row.list,
    confirmedAt: row.confirmed_at === null ? null : new Date(row.confirmed_at),
  }
}

/** Nobody is punished for trouble of the sender's: it is said aloud, and the campaign stands still. */
async function alarm(deps: Deps, tagged: Tagged, feedback: Feedback): Promise<void> {
  deps.log.error('sender.refused', {
    kind: tagged.kind,
    code: feedback.kind === 'bounced' ? feedback.code : null,
    failure: feedback.kind === 'failed' ? feedback.failure : null,
  })
  if (tagged.kind === 'campaign') await guardCampaign(deps, tagged.campaign)
}

const keptDays = 30
const dropMost = 5000

/** A repeat after so long is refused by its time. Bounded, so that a backlog is worked off in steps. */
export async function dropPastEvents(deps: Deps): Promise<boolean> {
  const before = new Date(deps.clock().getTime() - keptDays * 86_400_000).toISOString()
  const gone = await deps.db.execute(sql`
    delete from hook_events
    where id in (select id from hook_events where at < ${before}::timestamptz order by at limit ${dropMost})
    returning 1`)
  return gone.length === dropMost
}
