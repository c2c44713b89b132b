// shell · the other answer to a confirmation mail: this was not me, and never again if the person says so
import { sql } from 'drizzle-orm'
import { follow } from '../../consent/ledger.ts'
import { type Act, recordActs } from '../../consent/record.ts'
import { lockSubscriptions } from '../../consent/subscribe.ts'
import { mailPurposes } from '../../lists/list.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import type { Json } from '../../platform/encoding/jcs.ts'
import { limitHash } from '../../platform/vault/indexes.ts'
import { suppress } from '../../suppression/suppress.ts'
import { closeRequest } from './close.ts'
import { lockRequest, type RequestPerson } from './lock-request.ts'
import type { SignupRequest } from './request.ts'

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
    const locked = await lockRequest(deps, tx, request)
    if (locked.state !== 'open') return whenClosed[locked.state]
    const { found, person } = locked
    const blocked = act.block && person !== null
    if (blocked) await block(deps, tx, person)
    await endPending(deps, tx, found, {
      type: 'consent.refused',
      payload: { channel: 'confirmation_page', blocked, actor: 'subject' },
    })
    await closeRequest(deps, tx, found.id, 'refused')
    return { kind: 'refused', blocked }
  })
}

const whenClosed = {
  unknown: { kind: 'unknown' },
  confirmed: { kind: 'already' },
  expired: { kind: 'already' },
  refused: { kind: 'refused', blocked: false },
} as const satisfies Readonly<Record<string, Refusal>>

async function block(deps: Deps, tx: Tx, { address }: RequestPerson): Promise<void> {
  await suppress(deps, tx, {
    hash: limitHash(deps.vault, address.abuseKey),
    scope: 'confirmations',
    reason: 'block_me',
  })
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
