// sql · who must not be mailed, asked for many at once
import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { hexOf } from '../platform/encoding/bytes.ts'
import { isUuid } from '../platform/encoding/uuid.ts'
import { suppressions } from './tables.ts'

export const suppressionReasons = ['bounce', 'complaint', 'erasure', 'operator', 'block_me'] as const
export type SuppressionReason = (typeof suppressionReasons)[number]

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
  const rows = await db
    .select({ hash: suppressions.hash, scope: suppressions.scope, reason: suppressions.reason })
    .from(suppressions)
    .where(sql`${suppressions.hash} in (select decode(h, 'hex') from unnest(${hexes}::text[]) as h)`)
  return rows.map((row) => ({ ...row, hash: hexOf(row.hash) }))
}

/** As it is shown: no hash, and no address to be had from it. */
export interface ShownSuppression {
  readonly id: string
  readonly scope: string
  readonly reason: SuppressionReason
  readonly since: Date
}

const storedReason = z.enum(suppressionReasons)

const shown = {
  id: suppressions.id,
  scope: suppressions.scope,
  reason: sql`${suppressions.reason}`.mapWith((value: unknown) => storedReason.parse(value)),
  since: suppressions.since,
}

/** Newest first: ids run with time. `scopes`: only those of these scopes. */
export const pageOfSuppressions = (
  db: Executor,
  page: { limit: number; before: string | null; scopes?: readonly string[] | null },
): Promise<readonly ShownSuppression[]> =>
  db
    .select(shown)
    .from(suppressions)
    .where(
      and(
        page.before === null ? undefined : lt(suppressions.id, page.before),
        page.scopes == null ? undefined : inArray(suppressions.scope, [...page.scopes]),
      ),
    )
    .orderBy(desc(suppressions.id))
    .limit(page.limit)

export async function findSuppression(
  db: Executor,
  id: string,
): Promise<(ShownSuppression & { readonly hash: Uint8Array }) | null> {
  if (!isUuid(id)) return null
  const [row] = await db
    .select({ ...shown, hash: suppressions.hash })
    .from(suppressions)
    .where(eq(suppressions.id, id))
  return row ?? null
}

/** The one suppression of this hash and reason. */
export async function suppressionWith(
  db: Executor,
  entry: { hash: Uint8Array; scope: string; reason: SuppressionReason },
): Promise<ShownSuppression | null> {
  const [row] = await db
    .select(shown)
    .from(suppressions)
    .where(
      and(
        eq(suppressions.hash, entry.hash),
        eq(suppressions.scope, entry.scope),
        eq(suppressions.reason, entry.reason),
      ),
    )
  return row ?? null
}
