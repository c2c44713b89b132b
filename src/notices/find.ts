// sql · finding notices by their content hashes
import { and, eq, inArray } from 'drizzle-orm'
import type { Executor } from '../platform/database/database.ts'
import { base64urlOf, bytesOfBase64url } from '../platform/encoding/bytes.ts'
import type { Json } from '../platform/encoding/jcs.ts'
import { notices } from './tables.ts'

/** The bundle as shown; null for a malformed or unknown hash. */
export const findNotice = async (db: Executor, hash: string): Promise<Json | null> =>
  (await findNotices(db, [hash])).get(hash) ?? null

/** The bundles by hash, as shown; malformed and unknown hashes have no entry. */
export async function findNotices(
  db: Executor,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, Json>> {
  const asked = hashes.flatMap((hash) => {
    const bytes = bytesOfBase64url(hash)
    return bytes !== null && bytes.length === 32 ? [bytes] : []
  })
  if (asked.length === 0) return new Map()
  const rows = await db
    .select({ hash: notices.hash, bundle: notices.bundle })
    .from(notices)
    .where(inArray(notices.hash, asked))
  return new Map(
    rows.map(({ hash, bundle }) => {
      const shown: Json = JSON.parse(bundle)
      return [base64urlOf(hash), shown]
    }),
  )
}

/** Whether this list ever showed a notice with this hash. */
export async function isNoticeOf(db: Executor, list: number, hash: string): Promise<boolean> {
  const bytes = bytesOfBase64url(hash)
  if (bytes === null || bytes.length !== 32) return false
  const rows = await db
    .select({ list: notices.list })
    .from(notices)
    .where(and(eq(notices.hash, bytes), eq(notices.list, list)))
  return rows.length > 0
}
