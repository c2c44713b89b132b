// shell · an address in clear, for an operator who asked to see it, and the line that says so
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import type { Deps } from '../platform/deps.ts'
import { openField } from '../platform/vault/fields.ts'
import type { SubscriberRow } from './find.ts'

/** Null where its key is gone. */
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
