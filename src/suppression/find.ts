// sql · who must not be mailed, asked for many at once
import { sql } from 'drizzle-orm'
import { hexOf } from '../platform/bytes.ts'
import type { Executor } from '../platform/database.ts'
import { suppressions } from './tables.ts'

export type SuppressionReason = 'bounce' | 'complaint' | 'erasure' | 'operator' | 'block_me'

export interface Suppression {
  /** Hexadecimal. */
  readonly hash: string
  readonly scope: string
  readonly reason: string
}

/** The suppressions under any of these hashes. */
export async function suppressionsOf(
  db: Executor,
  hashes: readonly Uint8Array[],
): Promise<readonly Suppression[]> {
  if (hashes.length === 0) return []
  const hexes = `{${hashes.map(hexOf).join(',')}}`
  return db
    .select({
      hash: sql<string>`encode(${suppressions.hash}, 'hex')`,
      scope: suppressions.scope,
      reason: suppressions.reason,
    })
    .from(suppressions)
    .where(sql`${suppressions.hash} in (select decode(h, 'hex') from unnest(${hexes}::text[]) as h)`)
}
