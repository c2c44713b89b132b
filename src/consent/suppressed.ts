// shell · what a suppression does to the subscriptions of a person: the mark that freeze, gate and every claim obey
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Tx } from '../platform/database/database.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { hexOf } from '../platform/encoding/bytes.ts'
import { addressIndex, suppressionHash } from '../platform/vault/indexes.ts'
import type { SuppressionReason } from '../suppression/find.ts'
import { holdAddress, suppress } from '../suppression/suppress.ts'

/** `all` or `list:<uuid>`. */
export type MailScope = 'all' | `list:${string}`

/**
 * Adds a suppression and marks what it concerns in the same transaction; queued messages go with the mark. Somebody we do
 * not know yet is marked when they confirm.
 */
export async function suppressAddress(
  deps: Pick<Deps, 'vault' | 'clock' | 'ids'>,
  tx: Tx,
  entry: { canonicalAddress: string; scope: MailScope; reason: SuppressionReason },
): Promise<void> {
  const { canonicalAddress, scope, reason } = entry
  await holdAddress(deps, tx, canonicalAddress)
  await suppress(deps, tx, { hash: suppressionHash(deps.vault, scope, canonicalAddress), scope, reason })
  await markAddress(deps, tx, canonicalAddress)
}

/** The same mark for whoever has this address, where anybody does. */
export async function markAddress(
  deps: Pick<Deps, 'vault'>,
  tx: Tx,
  canonicalAddress: string,
): Promise<void> {
  const index = hexOf(addressIndex(deps.vault, canonicalAddress))
  const person = await readRow(
    tx,
    personRow,
    sql`select id from subscribers where address_index = decode(${index}, 'hex')`,
  )
  if (person !== undefined) await markSuppressed(deps, tx, { subscriber: person.id, canonicalAddress })
}

const personRow = z.object({ id: whole })

/**
 * Makes the mark on each subscription of a person say what the suppressions say now: those of scope `all` and of its own
 * list. An erasure counts only for what was not confirmed after it.
 */
export async function markSuppressed(
  deps: Pick<Deps, 'vault'>,
  tx: Tx,
  person: { subscriber: number; canonicalAddress: string },
): Promise<void> {
  await tx.execute(
    sql`select from subscriptions where subscriber = ${person.subscriber} order by id for update`,
  )
  const lists = await readRows(
    tx,
    listRow,
    sql`
      select l.number, l.id
      from subscriptions as s
      join lists as l on l.number = s.list
      where s.subscriber = ${person.subscriber}`,
  )
  const hashes = lists.flatMap(({ number, id }) =>
    ['all', `list:${id}`].map((scope) => ({
      list: number,
      hash: hexOf(suppressionHash(deps.vault, scope, person.canonicalAddress)),
    })),
  )
  await tx.execute(sql`
    with stands as (
      select s.id, exists (
        select
        from jsonb_to_recordset(${JSON.stringify(hashes)}::jsonb) as h (list bigint, hash text)
        join suppressions as x on x.hash = decode(h.hash, 'hex')
        where h.list = s.list and x.scope <> 'confirmations'
          and (x.reason <> 'erasure' or s.confirmed_at is null or s.confirmed_at < x.since)
      ) as suppressed
      from subscriptions as s
      where s.subscriber = ${person.subscriber}
    )
    update subscriptions as s set suppressed = n.suppressed
    from stands as n
    where s.id = n.id and s.suppressed <> n.suppressed`)
}

const listRow = z.object({ number: whole, id: z.string() })
