// shell · begins subscriptions and locks them: whoever writes to the ledger holds the rows first
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Tx } from '../platform/database/database.ts'
import { readRows } from '../platform/database/rows.ts'
import { octets, texts, whole } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { textOf } from '../platform/encoding/bytes.ts'
import { unwrap, wrap } from '../platform/vault/keys.ts'
import { type ConsentState, subscriptionStates } from './ledger.ts'
import { subscriptionKeys, subscriptions } from './tables.ts'

/** A subscription whose row this transaction holds. */
export interface LockedSubscription {
  readonly id: number
  readonly subscriber: number
  readonly list: number
  readonly standing: ConsentState
  readonly lastLeaf: Uint8Array | null
  /** The commitment that runs through the chain; null before the first event. */
  readonly sub: string | null
  /** K_s; null where it was destroyed. */
  readonly key: Uint8Array | null
}

const keyName = (subscription: number): string => `K_s/${subscription}`

/** Makes the subscriptions that do not exist yet, with nothing granted, and a key for each. */
export async function ensureSubscriptions(
  deps: Pick<Deps, 'vault' | 'randomBytes'>,
  tx: Tx,
  pairs: readonly { readonly subscriber: number; readonly list: number }[],
): Promise<void> {
  if (pairs.length === 0) return
  const sorted = [...pairs].sort((a, b) => a.subscriber - b.subscriber || a.list - b.list)
  const made = await tx
    .insert(subscriptions)
    .values(sorted)
    .onConflictDoNothing()
    .returning({ id: subscriptions.id })
  const [kek] = deps.vault.keks
  if (made.length === 0 || kek === undefined) return
  await tx.insert(subscriptionKeys).values(
    made.map(({ id }) => ({
      subscription: id,
      wrapped: wrap(kek, deps.randomBytes(12), deps.randomBytes(32), keyName(id)),
    })),
  )
}

const lockedRow = z.object({
  id: whole,
  subscriber: whole,
  list: whole,
  state: z.enum(subscriptionStates),
  granted: texts,
  seq: whole,
  restricted: z.boolean(),
  last_leaf: octets.nullable(),
  wrapped: octets.nullable(),
  leaf: octets.nullable(),
})

/**
 * Locks subscriptions in order of their ids (the order everywhere: subscriptions, then messages) and reads what an event
 * needs. `which` is a condition on the alias `s`.
 */
export async function lockSubscriptions(
  deps: Pick<Deps, 'vault'>,
  tx: Tx,
  which: ReturnType<typeof sql>,
): Promise<readonly LockedSubscription[]> {
  await tx.execute(sql`select from subscriptions as s where ${which} order by s.id for update`)
  // each subscription with its key and the leaf it ended with so far
  const rows = await readRows(
    tx,
    lockedRow,
    sql`
      select s.id, s.subscriber, s.list, s.state, s.granted, s.seq, s.restricted, s.last_leaf, k.wrapped, e.leaf
      from subscriptions as s
      left join keys.subscription_keys as k on k.subscription = s.id
      left join consent_events as e on e.subscription = s.id and e.seq = s.seq
      where ${which}
      order by s.id`,
  )
  return rows.map((row) => ({
    id: row.id,
    subscriber: row.subscriber,
    list: row.list,
    standing: { seq: row.seq, state: row.state, granted: row.granted, restricted: row.restricted },
    lastLeaf: row.last_leaf,
    sub: row.leaf === null ? null : subOfLeaf(row.leaf),
    key: row.wrapped === null ? null : openSubscriptionKey(deps, row.id, row.wrapped),
  }))
}

const subOfLeaf = (leaf: Uint8Array): string | null =>
  /"sub":"([A-Za-z0-9_-]{43})"/.exec(textOf(leaf))?.[1] ?? null

/** K_s; null where the wrapping is not ours. */
export const openSubscriptionKey = (
  deps: Pick<Deps, 'vault'>,
  id: number,
  wrapped: Uint8Array,
): Uint8Array | null => unwrap(deps.vault.keks, wrapped, keyName(id))?.key ?? null

/** K_s of one subscription, to open its evidence; null where it was destroyed or never made. */
export async function subscriptionKey(
  deps: Pick<Deps, 'vault'>,
  tx: Tx,
  id: number,
): Promise<Uint8Array | null> {
  const [row] = await tx
    .select({ wrapped: subscriptionKeys.wrapped })
    .from(subscriptionKeys)
    .where(sql`${subscriptionKeys.subscription} = ${id}`)
  return row === undefined ? null : openSubscriptionKey(deps, id, row.wrapped)
}
