// sql · what one person was sent, campaign by campaign, and because of which consent
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRows } from '../platform/database/rows.ts'
import { jsonMoment, moment, whole } from '../platform/database/values.ts'
import { besideRecipient, isInferred, outcomeOf, outcomes, reasonOf, sentAt } from './outcomes.ts'

const deliveryRow = z.object({
  /** The id of the campaign. */
  campaign: z.string(),
  subject: z.string(),
  list: whole,
  outcome: z.enum(outcomes),
  reason: z.string().nullable(),
  sentAt: moment.nullable(),
  /** Accepted by an attempt whose answer never came. */
  inferred: z.boolean(),
  deliveredAt: moment.nullable(),
  bouncedAt: moment.nullable(),
  complainedAt: moment.nullable(),
  /** When the consent that allowed it was given. */
  consentAt: jsonMoment.nullable(),
})

export type Delivery = Readonly<z.output<typeof deliveryRow>>

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
  return readRows(
    db,
    deliveryRow,
    sql`
      select c.id as campaign, c.subject, c.list, ${outcome} as outcome, ${isInferred} as inferred, ${reasonOf} as reason,
        case when ${outcome} = 'sent' then ${sentAt} end as "sentAt", consent.t as "consentAt",
        d.delivered_at as "deliveredAt", d.bounced_at as "bouncedAt", d.complained_at as "complainedAt"
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
      limit ${page.limit}`,
  )
}
