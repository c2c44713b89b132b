// shell · opens sealed evidence, and records who opened it and why. GDPR Art. 7(1), 5(2)
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Actor } from '../../audit/actor.ts'
import { recordAct } from '../../audit/record.ts'
import { readRows } from '../../platform/database/rows.ts'
import { octets, whole } from '../../platform/database/values.ts'
import type { Deps } from '../../platform/deps.ts'
import type { Json } from '../../platform/encoding/jcs.ts'
import { invalid } from '../../platform/errors.ts'
import { openSubscriptionKey, subscriptionKey } from '../subscribe.ts'
import { type EvidencePayload, openPayload } from './commitments.ts'

export interface OpenedEvidence {
  readonly eid: string
  /** Null where the evidence or its key was destroyed: the leaf stands without it. */
  readonly payload: Json | null
}

/**
 * Payloads of one subscription, oldest first; none where there is no subscription. The reason goes into the audit log in the
 * same transaction. Throws DomainError `invalid` where the reason contains an address.
 */
export async function openEvidence(
  deps: Deps,
  act: {
    actor: Actor
    subscriber: { number: number; uid: string }
    list: { number: number; id: string }
    reason: string
  },
): Promise<readonly OpenedEvidence[]> {
  // NFKC also finds the other Unicode forms of @.
  if (act.reason.normalize('NFKC').includes('@'))
    throw invalid(
      'reason',
      'The reason is kept in the audit log permanently. Do not include email addresses.',
    )
  return deps.db.transaction(async (tx) => {
    const rows = await readRows(
      tx,
      eventRow,
      sql`
        select e.eid, e.subscription, v.blob
        from subscriptions as s
        join consent_events as e on e.subscription = s.id
        left join evidence as v on v.eid = e.eid
        where s.subscriber = ${act.subscriber.number} and s.list = ${act.list.number}
        order by e.seq`,
    )
    if (rows.length === 0) return []
    await recordAct(deps, tx, {
      actor: act.actor,
      verb: 'evidence.open',
      subject: { kind: 'subscriber', id: act.subscriber.uid },
      details: { list: act.list.id, reason: act.reason, events: rows.length },
    })
    const [first] = rows
    const key = first === undefined ? null : await subscriptionKey(deps, tx, first.subscription)
    return rows.map(({ eid, blob }) => ({
      eid,
      payload: key === null || blob === null ? null : openPayload(key, eid, blob),
    }))
  })
}

const eventRow = z.object({ eid: z.string(), subscription: whole, blob: octets.nullable() })

/** Payloads of events, for the parts that every reader of the ledger may see (who acted). */
export async function payloadsOf(
  deps: Pick<Deps, 'db' | 'vault'>,
  entries: readonly { readonly eid: string; readonly subscription: number }[],
): Promise<ReadonlyMap<string, EvidencePayload>> {
  if (entries.length === 0) return new Map()
  const eids = `{${entries.map(({ eid }) => eid).join(',')}}`
  const rows = await readRows(
    deps.db,
    payloadRow,
    sql`
      select v.eid, v.blob, k.subscription, k.wrapped
      from evidence as v
      join consent_events as e on e.eid = v.eid
      join keys.subscription_keys as k on k.subscription = e.subscription
      where v.eid = any(${eids}::uuid[])`,
  )
  return new Map(
    rows.flatMap(({ eid, blob, subscription, wrapped }) => {
      const key = openSubscriptionKey(deps, subscription, wrapped)
      const payload = key === null ? null : openPayload(key, eid, blob)
      return payload === null ? [] : [[eid, payload]]
    }),
  )
}

const payloadRow = z.object({ eid: z.string(), blob: octets, subscription: whole, wrapped: octets })
