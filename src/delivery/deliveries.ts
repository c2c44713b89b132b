// sql · what one person was sent, campaign by campaign, and because of which consent
import { sql } from 'drizzle-orm'
import type { Executor } from '../platform/database.ts'
import { type Outcome, outcomeOf, whyLeftOut } from './outcomes.ts'

export interface Delivery {
  /** The id of the campaign. */
  readonly campaign: string
  readonly subject: string
  readonly list: number
  readonly outcome: Outcome
  readonly reason: string | null
  readonly sentAt: Date | null
  /** Accepted by an attempt whose answer never came. */
  readonly inferred: boolean
  /** When the consent that allowed it was given. */
  readonly consentAt: Date | null
}

interface Row extends Record<string, unknown> {
  campaign: string
  subject: string
  list: number
  outcome: Outcome
  reason: string | null
  sent_at: string | null
  inferred: boolean
  consent_at: string | null
}

/**
 * Newest campaign first, by the unique index on (subscriber, campaign). `before`: the id of the last campaign already
 * seen. `lists`: numbers of the lists to tell of; null for all.
 */
export async function deliveriesOf(
  db: Executor,
  subscriber: number,
  page: { limit: number; before: string | null; lists: readonly number[] | null },
): Promise<readonly Delivery[]> {
  const lists = page.lists === null ? null : `{${page.lists.join(',')}}`
  // each campaign frozen for this person, what became of it in their batch, and the grant it went out on
  const rows = await db.execute<Row>(sql`
    select c.id as campaign, c.subject, c.list, ${outcomeOf} as outcome, b.inferred,
      coalesce(skip.reason, reject.reason,
        case when c.state = 'cancelled' and b.state = 'queued' then 'cancelled' end) as reason,
      case when ${outcomeOf} = 'sent' then to_json(b.sent_at) #>> '{}' end as sent_at,
      consent.t as consent_at
    from recipients as r
    join campaigns as c on c.number = r.campaign
    join batches as b on b.campaign = r.campaign and b.batch_no = r.batch_no
    left join subscriptions as s on s.subscriber = r.subscriber and s.list = c.list
    ${whyLeftOut}
    left join lateral (
      select convert_from(e.leaf, 'UTF8')::jsonb ->> 't' as t
      from consent_events as e
      where e.subscription = s.id and e.seq <= r.consent_seq
        and convert_from(e.leaf, 'UTF8')::jsonb ->> 'type' in ('consent.confirmed', 'consent.renewed', 'consent.imported')
        and convert_from(e.leaf, 'UTF8')::jsonb -> 'purposes' ? c.purpose
      order by e.seq desc
      limit 1
    ) as consent on true
    where r.subscriber = ${subscriber}
      and (${page.before}::uuid is null or r.campaign < (select number from campaigns where id = ${page.before}::uuid))
      and (${lists}::bigint[] is null or c.list = any(${lists}::bigint[]))
    order by r.campaign desc
    limit ${page.limit}`)
  return rows.map(({ sent_at, consent_at, ...row }) => ({
    ...row,
    sentAt: sent_at === null ? null : new Date(sent_at),
    consentAt: consent_at === null ? null : new Date(consent_at),
  }))
}
