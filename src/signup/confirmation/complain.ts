// shell · a confirmation mail that was reported as spam: the sharpest way to say that it was not me
import { eq } from 'drizzle-orm'
import { suppressAddress } from '../../consent/suppressed.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import { parseAddress } from '../../subscribers/address.ts'
import { signupRequests } from '../tables.ts'
import { closeRequest } from './close.ts'
import { endPending } from './refuse.ts'
import { findRequest } from './request.ts'

/** Refuses what waits and asks nobody again for these lists. Nothing where it was answered meanwhile. */
export async function complainOfRequest(deps: Deps, tx: Tx, request: string): Promise<void> {
  await tx
    .select({ id: signupRequests.id })
    .from(signupRequests)
    .where(eq(signupRequests.id, request))
    .for('update')
  const found = await findRequest(deps, tx, request)
  const address =
    found?.body == null ? null : parseAddress(found.body.email, { smtpUtf8: deps.mailer.can.smtpUtf8 })
  if (found?.state !== 'open' || address === null || !address.ok) return
  for (const list of found.lists)
    await suppressAddress(deps, tx, {
      canonicalAddress: address.address.canonical,
      scope: `list:${list.id}`,
      reason: 'complaint',
    })
  await endPending(deps, tx, found, {
    type: 'consent.refused',
    payload: { channel: 'complaint', blocked: true, actor: 'subject' },
  })
  await closeRequest(deps, tx, found.id, 'refused')
}
