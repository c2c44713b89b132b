// shell · adds and lifts suppressions by keyed hash
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Tx } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import { suppressionHash } from '../platform/vault/indexes.ts'
import type { SuppressionReason } from './find.ts'
import { suppressions } from './tables.ts'

/** Safe to repeat. */
export async function suppress(
  deps: Pick<Deps, 'clock' | 'ids'>,
  tx: Tx,
  entry: { hash: Uint8Array; scope: string; reason: SuppressionReason },
): Promise<void> {
  await tx
    .insert(suppressions)
    .values({ id: deps.ids(), since: deps.clock(), ...entry })
    .onConflictDoNothing()
}

/**
 * Serialises suppressions and confirmations of an address until the transaction ends: each sees the other, whichever began
 * first. Must come before any lock on subscriptions.
 */
export async function lockAddress(
  deps: Pick<Deps, 'vault'>,
  tx: Tx,
  canonicalAddress: string,
): Promise<void> {
  const hash = suppressionHash(deps.vault, 'all', canonicalAddress)
  const key = new DataView(hash.buffer, hash.byteOffset).getBigInt64(0)
  await tx.execute(sql`select pg_advisory_xact_lock(${String(key)}::bigint)`)
}

/** Removes bounce suppressions: a confirmation shows that the mailbox works again. */
export async function liftBounces(tx: Tx, hashes: readonly Uint8Array[]): Promise<void> {
  await tx
    .delete(suppressions)
    .where(and(eq(suppressions.reason, 'bounce'), inArray(suppressions.hash, [...hashes])))
}

/** Returns whether the suppression existed. */
export async function removeSuppression(tx: Tx, id: string): Promise<boolean> {
  const removed = await tx
    .delete(suppressions)
    .where(eq(suppressions.id, id))
    .returning({ id: suppressions.id })
  return removed.length > 0
}
