// shell · adds and lifts suppressions by keyed hash
import { and, eq, inArray } from 'drizzle-orm'
import type { Tx } from '../platform/database.ts'
import type { Deps } from '../platform/deps.ts'
import type { SuppressionReason } from './find.ts'
import { suppressions } from './tables.ts'

/** Repeating it changes nothing. */
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

/** A confirmation shows that the mailbox works again. */
export async function liftBounces(tx: Tx, hashes: readonly Uint8Array[]): Promise<void> {
  await tx
    .delete(suppressions)
    .where(and(eq(suppressions.reason, 'bounce'), inArray(suppressions.hash, [...hashes])))
}
