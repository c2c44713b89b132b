// shell · marks the subscriptions of a suppressed address; freeze, gate and every claim obey the mark
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Tx } from '../platform/database/database.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { hexOf } from '../platform/encoding/bytes.ts'
import { addressIndex, suppressionHash } from '../platform/vault/indexes.ts'
import type { SuppressionReason } from '../suppression/find.ts'
import { lockAddress, suppress } from '../suppression/suppress.ts'

/** `all` or `list:<uuid>`. */
export type MailScope = 'all' | `list:${string}`

/** Queued messages are deleted with the mark. An address without a subscriber is marked at its confirmation. */
export async function suppressAddress(
  deps: Pick<Deps, 'vault' | 'clock' | 'ids'>,
  tx: Tx,
  entry: { canonicalAddress: string; scope: MailScope; reason: SuppressionReason },
): Promise<void> {
  const { canonicalAddress, scope, reason } = entry
  await lockAddress(deps, tx, canonicalAddress)
  await suppress(deps, tx, { hash: suppressionHash(deps.vault, scope, canonicalAddress), scope, reason })
  await markAddress(deps, tx, canonicalAddress)
}

/** Updates the marks of the subscriber with this address, where there is one. */
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
 * Sets each mark by the present suppressions: those of scope `all` and of the subscription's list. An erasure does not count
 * for a consent confirmed after it.
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
