// sql · finding a notice by its content hash
import { eq } from 'drizzle-orm'
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
