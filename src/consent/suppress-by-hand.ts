// shell · suppressions that an operator adds or takes away; both are written down
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import { readRows } from '../platform/database/rows.ts'
import { octets, whole } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError, notFound } from '../platform/errors.ts'
import { openField } from '../platform/vault/fields.ts'
import { limitHash, suppressionHash } from '../platform/vault/indexes.ts'
import { sameBytes } from '../platform/vault/keys.ts'
import { type Address, parseAddress } from '../subscribers/address.ts'
import {
  findSuppression,
  type ShownSuppression,
  type SuppressionReason,
  suppressionWith,
} from '../suppression/find.ts'
import { holdAddress, removeSuppression, suppress } from '../suppression/suppress.ts'
import { type MailScope, markAddress } from './suppressed.ts'

/** The one reason that a person may give. */
export const byHand = 'operator'

/** Marks every subscription that it concerns in the same transaction. Adding it once more answers the first. */
export async function addByHand(
  deps: Deps,
  actor: Actor,
  entry: { address: Address; scope: MailScope | 'confirmations' },
): Promise<ShownSuppression> {
  const { address, scope } = entry
  const hash =
    scope === 'confirmations'
      ? limitHash(deps.vault, address.abuseKey)
      : suppressionHash(deps.vault, scope, address.canonical)
  return deps.db.transaction(async (tx) => {
    await holdAddress(deps, tx, address.canonical)
    const known = await suppressionWith(tx, { hash, scope, reason: byHand })
    if (known !== null) return known
    await suppress(deps, tx, { hash, scope, reason: byHand })
    await markAddress(deps, tx, address.canonical)
    const added = await suppressionWith(tx, { hash, scope, reason: byHand })
    if (added === null) throw notFound('suppression')
    await recordAct(deps, tx, {
      actor,
      verb: 'suppression.add',
      subject: { kind: 'suppression', id: added.id },
      details: { scope, reason: byHand },
    })
    return added
  })
}

export const mayBeLifted = (reason: SuppressionReason): boolean => reason === byHand || reason === 'bounce'

/** Throws `not_found`, and `conflict` for what a person said themselves: only they can take that back. */
export async function removeByHand(deps: Deps, actor: Actor, id: string): Promise<void> {
  const found = await findSuppression(deps.db, id)
  if (found === null) throw notFound('suppression')
  if (!mayBeLifted(found.reason))
    throw new DomainError(
      'conflict',
      `This suppression stands because of ${whatHappened[found.reason] ?? found.reason}; it cannot be lifted by hand.`,
    )
  const canonicalAddress = await addressBehind(deps, found)
  await deps.db.transaction(async (tx) => {
    if (canonicalAddress !== null) await holdAddress(deps, tx, canonicalAddress)
    if (!(await removeSuppression(tx, id))) throw notFound('suppression')
    if (canonicalAddress !== null) await markAddress(deps, tx, canonicalAddress)
    await recordAct(deps, tx, {
      actor,
      verb: 'suppression.remove',
      subject: { kind: 'suppression', id },
      details: { scope: found.scope, reason: found.reason },
    })
  })
}

const whatHappened: Readonly<Record<string, string>> = {
  complaint: 'a complaint',
  erasure: 'an erasure',
  block_me: 'the wish of the person',
}

const pageRows = 1000

/**
 * Who a hash is about, among those who are marked: a hash leads back to nobody, so each of their addresses is hashed and
 * compared (about 10 microseconds each). Null where it is nobody we know: then there is no mark to take away.
 */
async function addressBehind(
  deps: Deps,
  { hash, scope }: { hash: Uint8Array; scope: string },
): Promise<string | null> {
  if (scope === 'confirmations') return null
  for (let after: number | null = 0; after !== null; ) {
    const rows: readonly z.output<typeof markedRow>[] = await readRows(
      deps.db,
      markedRow,
      sql`
        select s.id, p.uid, p.address
        from subscriptions as s
        join subscribers as p on p.id = s.subscriber
        where s.suppressed and s.id > ${after}
        order by s.id
        limit ${pageRows}`,
    )
    for (const { uid, address } of rows) {
      const sendTo = openField(deps.vault, { uid, field: 'address' }, address)
      const parsed = sendTo === null ? null : parseAddress(sendTo, { smtpUtf8: true })
      if (parsed?.ok !== true) continue
      const { canonical } = parsed.address
      if (sameBytes(suppressionHash(deps.vault, scope, canonical), hash)) return canonical
    }
    after = rows.length < pageRows ? null : (rows.at(-1)?.id ?? null)
  }
  return null
}

const markedRow = z.object({ id: whole, uid: z.string(), address: octets })
