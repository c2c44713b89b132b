// shell · a confirmation mail that was reported as spam: the sharpest way to say that it was not me
import { suppressAddress } from '../../consent/suppressed.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import { closeRequest } from './close.ts'
import { lockRequest } from './lock-request.ts'
import { endPending } from './refuse.ts'

/** Refuses what waits and asks nobody again for these lists. Nothing where it was answered meanwhile. */
export async function complainOfRequest(deps: Deps, tx: Tx, request: string): Promise<void> {
  const locked = await lockRequest(deps, tx, request)
  if (locked.state !== 'open' || locked.person === null) return
  const { found, person } = locked
  for (const list of found.lists)
    await suppressAddress(deps, tx, {
      canonicalAddress: person.address.canonical,
      scope: `list:${list.id}`,
      reason: 'complaint',
    })
  await endPending(deps, tx, found, {
    type: 'consent.refused',
    payload: { channel: 'complaint', blocked: true, actor: 'subject' },
  })
  await closeRequest(deps, tx, found.id, 'refused')
}
