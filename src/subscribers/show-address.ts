// shell · shows an address in clear to an operator, with a line in the audit log
import { inArray } from 'drizzle-orm'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import type { Deps } from '../platform/deps.ts'
import { openField } from '../platform/vault/fields.ts'
import type { SubscriberRow } from './find.ts'
import { maskAddress } from './mask.ts'
import { subscribers } from './tables.ts'

/** Null where no key opens the address. */
export const addressOf = (
  deps: Pick<Deps, 'vault'>,
  row: { readonly uid: string; readonly address: Uint8Array },
): string | null => openField(deps.vault, { uid: row.uid, field: 'address' }, row.address)

/** By id; people whose address no key opens are left out. */
export async function maskedAddresses(
  deps: Pick<Deps, 'db' | 'vault'>,
  uids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await deps.db
    .select({ uid: subscribers.uid, address: subscribers.address })
    .from(subscribers)
    .where(inArray(subscribers.uid, [...uids]))
  return new Map(
    rows.flatMap((row) => {
      const address = addressOf(deps, row)
      return address === null ? [] : [[row.uid, maskAddress(address)]]
    }),
  )
}

export async function showAddress(deps: Deps, actor: Actor, row: SubscriberRow): Promise<string | null> {
  await deps.db.transaction((tx) =>
    recordAct(deps, tx, {
      actor,
      verb: 'subscriber.show_address',
      subject: { kind: 'subscriber', id: row.uid },
    }),
  )
  return addressOf(deps, row)
}
