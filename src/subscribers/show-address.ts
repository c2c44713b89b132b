// shell · shows an address in clear to an operator, with a line in the audit log
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import type { Deps } from '../platform/deps.ts'
import { openField } from '../platform/vault/fields.ts'
import type { SubscriberRow } from './find.ts'

/** Null where no key opens the address. */
export const addressOf = (
  deps: Pick<Deps, 'vault'>,
  row: Pick<SubscriberRow, 'uid' | 'address'>,
): string | null => openField(deps.vault, { uid: row.uid, field: 'address' }, row.address)

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
