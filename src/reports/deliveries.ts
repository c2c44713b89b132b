// sql · what one person was sent, campaign by campaign, and because of which consent
import { sql } from 'drizzle-orm'
import type { Executor } from '../platform/database/database.ts'
import { besideRecipient, isInferred, type Outcome, outcomeOf, reasonOf, sentAt } from './outcomes.ts'

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
  readonly deliveredAt: Date | null
  readonly bouncedAt: Date | null
  readonly complainedAt: Date | null
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
  delivered_at: string | null
  bounced_at: string | null
  complained_at: string | null
}

/**
 * Newest campaign first, by the unique index on (subscriber, campaign). `before`: the id of the last campaign already
 * seen. `lists`: numbers of the lists to tell of; null for all.
 */
export async function deliveriesOf(
  db: Executor,
  subscriber: number,
  page: { limit: number; before: string | null; lists: readonly number[] | null; now: Date },
): Promise<readonly Delivery[]> {
  const lists = page.lists === null ? null : `{${page.lists.join(',')}}`
  const outcome = outcomeOf(page.now)
  // each campaign frozen for this person, what became of it in their batch and since, and the grant it went out on
  const rows = await db.execute<Row>(sql`
    select c.id as campaign, c.subject, c.list, ${outcome} as outcome, ${isInferred} as inferred, ${reasonOf} as reason,
      case when ${outcome} = 'sent' then to_json(${sentAt}) #>> '{}' end as sent_at,
      consent.t as consent_at, to_json(d.delivered_at) #>> '{}' as delivered_at,
      to_json(d.bounced_at) #>> '{}' as bounced_at, to_json(d.complained_at) #>> '{}' as complained_at
    from recipients as r
    join campaigns as c on c.number = r.campaign
    join batches as b on b.campaign = r.campaign and b.batch_no = r.batch_no
    left join subscriptions as s on s.subscriber = r.subscriber and s.list = c.list
    ${besideRecipient}
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
  return rows.map(({ sent_at, consent_at, delivered_at, bounced_at, complained_at, ...row }) => ({
    ...row,
    sentAt: moment(sent_at),
    consentAt: moment(consent_at),
    deliveredAt: moment(delivered_at),
    bouncedAt: moment(bounced_at),
    complainedAt: moment(complained_at),
  }))
}

const moment = (text: string | null): Date | null => (text === null ? null : new Date(text))
