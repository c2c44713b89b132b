// sql · finding a notice by its content hash
import { and, eq } from 'drizzle-orm'
import type { Executor } from '../platform/database/database.ts'
import { bytesOfBase64url } from '../platform/encoding/bytes.ts'
import type { Json } from '../platform/encoding/jcs.ts'
import { notices } from './tables.ts'

/** The bundle as shown; null for a malformed or unknown hash. */
export async function findNotice(db: Executor, hash: string): Promise<Json | null> {
  const bytes = bytesOfBase64url(hash)
  if (bytes === null || bytes.length !== 32) return null
  const [row] = await db.select({ bundle: notices.bundle }).from(notices).where(eq(notices.hash, bytes))
  if (row === undefined) return null
  const bundle: Json = JSON.parse(row.bundle)
  return bundle
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
