// shell · writes down what became of service mails that were handed over, fenced by the lease: a late worker changes nothing
import { type SQL, sql } from 'drizzle-orm'
import type { Deps, SendOutcome, WireMail } from '../platform/deps.ts'
import { bytesOf, hexOf } from '../platform/encoding/bytes.ts'
import { sha256 } from '../platform/encoding/jcs.ts'
import { leaseOf, patienceSeconds } from '../throttle/lease.ts'
import { pauseProvider } from '../throttle/provider-pause.ts'
import type { ServiceMail } from './send.ts'

/** Refusals of what was sent. Of any other (a key that expired, a domain not verified yet) the mails wait for the end. */
const contentFaults: ReadonlySet<number> = new Set([400, 413, 422])

export interface Claim {
  readonly batch: string
  readonly attempt: number
  /** An earlier request with this key was never answered: only the same key may be tried again. */
  readonly repeat: boolean
  /** The end of our lease, and the fence: whoever took the batch over has another. */
  readonly leaseUntil: Date
  readonly mails: readonly ServiceMail[]
}

export type Ready = { readonly id: string; readonly wire: WireMail }

/** Settles, puts back or leaves to be repeated, as the answer says. */
export async function markMails(
  deps: Deps,
  claim: Claim,
  ready: readonly Ready[],
  outcome: SendOutcome,
): Promise<void> {
  switch (outcome.kind) {
    case 'accepted': {
      await settleMails(deps, claim, settledOf(ready, outcome))
      // The others under the same key: only they are still posting.
      if (outcome.later !== undefined) await repeatIn(deps, claim, outcome.later.retryAfterSeconds)
      return
    }
    case 'conflict':
      // An earlier attempt with this key was accepted: these mails are with the provider.
      return settleMails(
        deps,
        claim,
        ready.map(({ id, wire }) => ({ id, state: 'sent', bodyHash: hexOf(sha256(bytesOf(wire))) })),
      )
    case 'busy':
      // That row says how long; the mails are ready when it opens.
      await pauseProvider(deps, outcome)
      return goBack(deps, claim, 0)
    case 'refused':
      deps.log.error('service_mail.refused', {
        batch: claim.batch,
        status: outcome.status,
        reason: outcome.reason,
      })
      if (contentFaults.has(outcome.status) && claim.mails.length === 1 && !claim.repeat)
        return settleMails(
          deps,
          claim,
          ready.map(({ id }) => ({ id, state: 'rejected', problem: outcome.reason })),
        )
      return contentFaults.has(outcome.status)
        ? goBack(deps, claim, 0, outcome.reason)
        : goBack(deps, claim, 30)
    case 'under_way':
      return repeatIn(deps, claim, outcome.retryAfterSeconds)
    case 'unknown':
      deps.log.warn('service_mail.unanswered', { batch: claim.batch, attempt: claim.attempt })
      return repeatIn(deps, claim, patienceSeconds(deps, claim.attempt))
  }
}

/** Each mail that was accepted, refused or lost on its way; not those that wait. */
function settledOf(
  ready: readonly Ready[],
  outcome: Extract<SendOutcome, { kind: 'accepted' }>,
): readonly Settled[] {
  const refused = new Map(outcome.rejected.map(({ index, reason }) => [index, reason]))
  const unknown = new Set(outcome.unknown)
  const later = new Set(outcome.later?.indexes)
  return ready.flatMap(({ id, wire }, at) => {
    if (later.has(at)) return []
    const state = refused.has(at) ? 'rejected' : unknown.has(at) ? 'unknown' : 'sent'
    const providerId = outcome.ids[at] ?? null
    return [
      { id, state, providerId, bodyHash: hexOf(sha256(bytesOf(wire))), problem: refused.get(at) ?? null },
    ]
  })
}

export interface Settled {
  readonly id: string
  readonly state: 'sent' | 'rejected' | 'dropped' | 'unknown'
  readonly providerId?: string | null
  readonly bodyHash?: string
  readonly problem?: string | null
}

export async function settleMails(deps: Deps, claim: Claim, mails: readonly Settled[]): Promise<void> {
  const rows = mails.map(({ id, state, providerId = null, bodyHash = null, problem = null }) => ({
    id,
    state,
    provider_id: providerId,
    body_hash: bodyHash,
    problem,
  }))
  await deps.db.execute(sql`
    update service_mails as m set
      state = d.state,
      provider_id = d.provider_id,
      body_hash = decode(d.body_hash, 'hex'),
      problem = d.problem,
      sent_at = case when d.state = 'sent' then now() end,
      lease_until = null
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as d (id uuid, state text, provider_id text, body_hash text, problem text)
    where m.id = d.id and ${isOurs(claim)}`)
}

const goBack = (
  deps: Deps,
  claim: Claim,
  afterSeconds: number,
  problem: string | null = null,
): Promise<void> =>
  claim.repeat
    ? repeatIn(deps, claim, Math.max(afterSeconds, 1))
    : release(deps, claim, afterSeconds, problem)

/** Nothing was accepted: the mails go back and may travel in other company. */
async function release(
  deps: Deps,
  claim: Claim,
  afterSeconds: number,
  problem: string | null,
): Promise<void> {
  await deps.db.execute(sql`
    update service_mails as m set
      state = 'queued', batch = null, position = null, first_attempt_at = null,
      problem = ${problem}::text,
      lease_until = ${leaseOf(afterSeconds)}
    where ${isOurs(claim)}`)
}

/** It may have been accepted: the same mails under the same key, later. */
async function repeatIn(deps: Deps, claim: Claim, seconds: number): Promise<void> {
  await deps.db.execute(sql`
    update service_mails as m set lease_until = ${leaseOf(seconds)}
    where ${isOurs(claim)}`)
}

/** A worker that comes late changes nothing: the batch may be with the provider under another's hand. */
const isOurs = (claim: Claim): SQL => sql`
  m.batch = ${claim.batch}::uuid and m.state = 'posting' and m.lease_until = ${claim.leaseUntil.toISOString()}::timestamptz`
