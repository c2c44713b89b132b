// sql · the ledger of one person, oldest first, and the event behind each recipient
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRows } from '../platform/database/rows.ts'
import { octets, whole } from '../platform/database/values.ts'
import { textOf } from '../platform/encoding/bytes.ts'

/** A leaf as it stands in the ledger. @see docs/ledger.md 3.1 */
const leaf = z.object({
  eid: z.string(),
  type: z.string(),
  t: z.string(),
  list: z.string().nullable(),
  seq: z.number(),
  purposes: z.array(z.string()),
  notice: z.string().nullable(),
})

export interface LedgerEntry extends z.infer<typeof leaf> {
  readonly grade: string | null
  readonly leafHash: Uint8Array
  readonly subscription: number
}

const eventRow = z.object({
  leaf: octets,
  leaf_hash: octets,
  subscription: whole,
  grade: z.string().nullable(),
})

/** Events of a person after the cursor (an eid), in the order of their eids: UUIDv7 runs with time. */
export async function ledgerOf(
  db: Executor,
  subscriber: number,
  page: { limit: number; after: string | null },
): Promise<readonly LedgerEntry[]> {
  const rows = await readRows(
    db,
    eventRow,
    sql`
      select e.leaf, e.leaf_hash, e.subscription, s.grade
      from subscriptions as s
      join consent_events as e on e.subscription = s.id
      where s.subscriber = ${subscriber}
        and (${page.after}::uuid is null or e.eid > ${page.after}::uuid)
      order by e.eid
      limit ${page.limit}`,
  )
  return rows.map((row) => ({
    ...leaf.parse(JSON.parse(textOf(row.leaf))),
    grade: row.grade,
    leafHash: row.leaf_hash,
    subscription: row.subscription,
  }))
}
