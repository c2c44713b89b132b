// shell · what the mailer's own record says of people of a batch, where it keeps one
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { readRows } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import type { Deps, Handover } from '../platform/deps.ts'
import { tagToken } from '../platform/vault/tokens.ts'
import type { ClaimedBatch } from './claim.ts'

/** By subscriber; who was not handed over is not among them. Whose subscription is gone cannot be looked up, and is unknown. */
export async function lookUpHandovers(
  deps: Deps,
  batch: Pick<ClaimedBatch, 'campaign' | 'batchNo' | 'idempotencyKey'>,
  people: readonly number[],
): Promise<ReadonlyMap<number, Handover>> {
  const { record } = deps.mailer
  if (record === undefined || people.length === 0) return new Map()
  const rows = await readRows(
    deps.db,
    namedRow,
    sql`
      select r.subscriber, s.id as subscription
      from recipients as r
      join campaigns as c on c.number = r.campaign
      left join subscriptions as s on s.subscriber = r.subscriber and s.list = c.list
      where r.campaign = ${batch.campaign} and r.batch_no = ${batch.batchNo}
        and r.subscriber = any (${`{${people.join(',')}}`}::bigint[])`,
  )
  const named = rows.flatMap(({ subscriber, subscription }) =>
    subscription === null
      ? []
      : [
          {
            subscriber,
            tag: tagToken(deps.vault, { kind: 'campaign', subscription, campaign: batch.campaign }),
          },
        ],
  )
  const fates = await record.lookUp(
    batch.idempotencyKey,
    named.map(({ tag }) => tag),
  )
  const known = new Map(named.map(({ subscriber }, at) => [subscriber, fates[at] ?? null]))
  return new Map(
    people.flatMap((who) => {
      const fate = known.has(who) ? (known.get(who) ?? null) : ({ kind: 'unknown' } as const)
      return fate === null ? [] : [[who, fate] as const]
    }),
  )
}

const namedRow = z.object({ subscriber: whole, subscription: whole.nullable() })
