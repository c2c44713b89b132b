// shell · the other answer to a confirmation mail: this was not me, and never again if the person says so
import { eq, sql } from 'drizzle-orm'
import { follow } from '../../consent/ledger.ts'
import { type Act, recordActs } from '../../consent/record.ts'
import { lockSubscriptions } from '../../consent/subscribe.ts'
import { mailPurposes } from '../../lists/list.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import type { Json } from '../../platform/encoding/jcs.ts'
import { limitHash } from '../../platform/vault/indexes.ts'
import { parseAddress } from '../../subscribers/address.ts'
import { suppress } from '../../suppression/suppress.ts'
import { signupRequests } from '../tables.ts'
import { closeRequest } from './close.ts'
import { findRequest, type SignupRequest } from './request.ts'

export type Refusal =
  | { readonly kind: 'refused'; readonly blocked: boolean }
  | { readonly kind: 'already' }
  | { readonly kind: 'unknown' }

/**
 * Closes a request. Where nothing is in force it records `refused`; while a grant is live it closes only itself: "this was
 * not me" cannot end a real consent. With `block` no mail of this kind is sent to that person again.
 */
export async function refuseSignup(deps: Deps, request: string, act: { block: boolean }): Promise<Refusal> {
  return deps.db.transaction(async (tx) => {
    await tx
      .select({ id: signupRequests.id })
      .from(signupRequests)
      .where(eq(signupRequests.id, request))
      .for('update')
    const found = await findRequest(deps, tx, request)
    if (found === null) return { kind: 'unknown' }
    if (found.state === 'confirmed' || found.state === 'expired') return { kind: 'already' }
    if (found.state !== 'open') return { kind: 'refused', blocked: false }
    const blocked = act.block && (await block(deps, tx, found))
    await endPending(deps, tx, found, {
      type: 'consent.refused',
      payload: { channel: 'confirmation_page', blocked, actor: 'subject' },
    })
    await closeRequest(deps, tx, found.id, 'refused')
    return { kind: 'refused', blocked }
  })
}

async function block(deps: Deps, tx: Tx, found: SignupRequest): Promise<boolean> {
  const address = found.body === null ? null : parseAddress(found.body.email, { smtpUtf8: true })
  if (address === null || !address.ok) return false
  await suppress(deps, tx, {
    hash: limitHash(deps.vault, address.address.abuseKey),
    scope: 'confirmations',
    reason: 'block_me',
  })
  return true
}

/** Records the end of what only waited; an active subscription is left as it is. */
export async function endPending(
  deps: Deps,
  tx: Tx,
  found: SignupRequest,
  end: { type: 'consent.refused' | 'consent.expired'; payload: { readonly [key: string]: Json } },
): Promise<void> {
  const locked = await lockSubscriptions(
    deps,
    tx,
    sql`s.id in (select subscription from open_requests where request = ${found.id}::uuid)`,
  )
  await recordActs(
    deps,
    tx,
    locked.flatMap((subscription): readonly Act[] => {
      const list = found.lists.find((one) => one.number === subscription.list)
      if (list === undefined || subscription.standing.state !== 'pending' || subscription.key === null)
        return []
      const mail = mailPurposes(list)
      if (follow(subscription.standing, { type: end.type, purposes: [] }, mail) === null) return []
      return [
        {
          subscription,
          type: end.type,
          purposes: [],
          notice: null,
          payload: end.payload,
          list: { id: list.id, mailPurposes: mail },
        },
      ]
    }),
  )
}
