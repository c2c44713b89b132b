// shell · results of service mails, fenced by the lease: a late worker changes nothing
import { type SQL, sql } from 'drizzle-orm'
import type { Deps, SendOutcome, WireMail } from '../platform/deps.ts'
import { bytesOf, hexOf } from '../platform/encoding/bytes.ts'
import { sha256 } from '../platform/encoding/jcs.ts'
import { leaseOf, patienceSeconds } from '../throttle/lease.ts'
import { pauseProvider } from '../throttle/provider-pause.ts'
import type { ServiceMail } from './send.ts'

/** Refusals because of the content. After any other refusal (an expired key, an unverified domain) the mails wait. */
const contentFaults: ReadonlySet<number> = new Set([400, 413, 422])

export interface Claim {
  readonly batch: string
  readonly attempt: number
  /** An earlier request with this key was never answered: only the same key may be tried again. */
  readonly repeat: boolean
  /** The end of our lease, which is also the fence: a worker that took the batch over has another. */
  readonly leaseUntil: Date
  readonly mails: readonly ServiceMail[]
}

export type Ready = { readonly id: string; readonly wire: WireMail }

/** Settles the mails, puts them back, or leaves them to be repeated, depending on the answer. */
export async function markMails(
  deps: Deps,
  claim: Claim,
  ready: readonly Ready[],
  outcome: SendOutcome,
): Promise<void> {
  switch (outcome.kind) {
    case 'accepted': {
      await settleMails(deps, claim, settledOf(ready, outcome))
      // The remaining mails keep the key: only they are still in state `posting`.
      if (outcome.later !== undefined) await repeatIn(deps, claim, outcome.later.retryAfterSeconds)
      return
    }
    case 'conflict':
      // An earlier attempt with this key was accepted: the provider has these mails.
      return settleMails(
        deps,
        claim,
        ready.map(({ id, wire }) => ({ id, state: 'sent', bodyHash: hexOf(sha256(bytesOf(wire))) })),
      )
    case 'busy':
      // The pause row holds the time; the mails are ready when the pause ends.
      await pauseProvider(deps, outcome)
      return outcome.begun === true ? repeatIn(deps, claim, 0) : requeue(deps, claim, 0)
    case 'refused':
      deps.log.error('service_mail.refused', {
        batch: claim.batch,
        status: outcome.status,
        reason: outcome.reason,
      })
      if (outcome.begun === true) return repeatIn(deps, claim, 30)
      if (contentFaults.has(outcome.status) && claim.mails.length === 1 && !claim.repeat)
        return settleMails(
          deps,
          claim,
          ready.map(({ id }) => ({ id, state: 'rejected', problem: outcome.reason })),
        )
      return contentFaults.has(outcome.status)
        ? requeue(deps, claim, 0, outcome.reason)
        : requeue(deps, claim, 30)
    case 'under_way':
      return repeatIn(deps, claim, outcome.retryAfterSeconds)
    case 'unknown':
      deps.log.warn('service_mail.unanswered', { batch: claim.batch, attempt: claim.attempt })
      return repeatIn(deps, claim, patienceSeconds(deps, claim.attempt))
  }
}

/** Each mail that was accepted, refused or lost in transit; not those still waiting. */
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

const requeue = (
  deps: Deps,
  claim: Claim,
  afterSeconds: number,
  problem: string | null = null,
): Promise<void> =>
  claim.repeat
    ? repeatIn(deps, claim, Math.max(afterSeconds, 1))
    : release(deps, claim, afterSeconds, problem)

/** Nothing was accepted: the mails are queued again and may join another batch. */
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

/** The attempt may have been accepted: repeats the same mails under the same key, later. */
async function repeatIn(deps: Deps, claim: Claim, seconds: number): Promise<void> {
  await deps.db.execute(sql`
    update service_mails as m set lease_until = ${leaseOf(seconds)}
    where ${isOurs(claim)}`)
}

/** Holds only for our own lease: a late worker changes nothing, since another worker may have posted the batch. */
const isOurs = (claim: Claim): SQL => sql`
  m.batch = ${claim.batch}::uuid and m.state = 'posting' and m.lease_until = ${claim.leaseUntil.toISOString()}::timestamptz`
