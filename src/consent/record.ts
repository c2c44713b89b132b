// shell · the one writer of the ledger: events with their leaves and sealed evidence, many at once. docs/ledger.md 5.2

import type { Tx } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import { bytesOfBase64url } from '../platform/encoding/bytes.ts'
import type { Json } from '../platform/encoding/jcs.ts'
import { payloadCommitment, sealPayload, subjectCommitment } from './evidence/commitments.ts'
import {
  type ConsentEvent,
  type ConsentState,
  follow,
  leafHashOf,
  leafOf,
  type SubjectEventType,
  type SystemEventType,
} from './ledger.ts'
import type { LockedSubscription } from './subscribe.ts'
import { consentEvents, evidence } from './tables.ts'

/** An act to record. The subscription is locked by this transaction. */
export interface Act {
  readonly subscription: LockedSubscription
  readonly type: SubjectEventType
  readonly purposes: readonly string[]
  /** base64url of the hash of the notice that was shown. */
  readonly notice: string | null
  readonly payload: { readonly [key: string]: Json }
  /** UUID of the list and its purposes of kind mail. */
  readonly list: { readonly id: string; readonly mailPurposes: readonly string[] }
  /** Required for the first event of a chain. */
  readonly canonicalAddress?: string | undefined
}

export interface RecordedEvent {
  readonly eid: string
  readonly leafHash: Uint8Array
  readonly consentState: ConsentState
}

/** An act that may not follow: a bug in the caller, which has to check with `follow` first. */
export class UnlawfulAct extends Error {
  override readonly name = 'UnlawfulAct'
}

/** Events made before other work of this process gets its turn: a hundred in one go hold up every visitor. */
const actsPerTurn = 8

/**
 * Appends events in the order given; several may concern one subscription. The database checks every leaf again and updates the
 * fold.
 */
export async function recordActs(
  deps: Pick<Deps, 'clock' | 'ids' | 'randomBytes'>,
  tx: Tx,
  acts: readonly Act[],
): Promise<readonly RecordedEvent[]> {
  if (acts.length === 0) return []
  const ends = new Map<
    number,
    { consentState: ConsentState; lastLeaf: Uint8Array | null; sub: Uint8Array | null }
  >()
  const at = deps.clock()
  const made: ReturnType<typeof eventOf>[] = []
  for (const act of acts) {
    if (made.length % actsPerTurn === actsPerTurn - 1) await new Promise((resolve) => setImmediate(resolve))
    const { subscription } = act
    const end = ends.get(subscription.id) ?? {
      consentState: subscription.consentState,
      lastLeaf: subscription.lastLeaf,
      sub: subscription.sub === null ? null : bytesOfBase64url(subscription.sub),
    }
    const next = eventOf(deps, act, end, at)
    ends.set(subscription.id, {
      consentState: next.consentState,
      lastLeaf: next.leafHash,
      sub: next.event.sub,
    })
    made.push(next)
  }
  await tx.insert(consentEvents).values(
    made.map(({ event, subscription, leaf, leafHash }) => ({
      eid: event.eid,
      subscription,
      seq: event.seq,
      leaf,
      leafHash,
    })),
  )
  await tx.insert(evidence).values(made.map(({ event, blob }) => ({ eid: event.eid, blob })))
  return made.map(({ event, leafHash, consentState }) => ({ eid: event.eid, leafHash, consentState }))
}

function eventOf(
  deps: Pick<Deps, 'ids' | 'randomBytes'>,
  act: Act,
  end: { consentState: ConsentState; lastLeaf: Uint8Array | null; sub: Uint8Array | null },
  at: Date,
) {
  const { subscription } = act
  const consentState = follow(end.consentState, act, act.list.mailPurposes)
  if (consentState === null)
    throw new UnlawfulAct(`${act.type} may not follow in state ${end.consentState.state}`)
  if (subscription.key === null) throw new UnlawfulAct('the key of this subscription was destroyed')
  const sub =
    end.sub ??
    (act.canonicalAddress === undefined
      ? null
      : subjectCommitment(subscription.key, act.list.id, act.canonicalAddress))
  if (sub === null) throw new UnlawfulAct('a chain begins with an address')
  const eid = deps.ids()
  const event: ConsentEvent = {
    eid,
    type: act.type,
    at,
    list: act.list.id,
    seq: consentState.seq,
    prev: end.lastLeaf,
    sub,
    purposes: act.purposes,
    notice: act.notice,
    pay: payloadCommitment(subscription.key, eid, act.payload),
  }
  const leaf = leafOf(event)
  const blob = sealPayload(subscription.key, eid, deps.randomBytes(12), act.payload)
  return { event, subscription: subscription.id, leaf, leafHash: leafHashOf(leaf), blob, consentState }
}

/** Events without a subject, such as `notice.published`. */
export async function recordSystemEvents(
  deps: Pick<Deps, 'clock' | 'ids'>,
  tx: Tx,
  events: readonly {
    readonly type: SystemEventType
    readonly list: string | null
    readonly notice: string | null
  }[],
): Promise<void> {
  if (events.length === 0) return
  const rows = events.map((event) => {
    const eid = deps.ids()
    const leaf = leafOf({
      eid,
      at: deps.clock(),
      seq: 0,
      prev: null,
      sub: null,
      purposes: [],
      pay: null,
      ...event,
    })
    return { eid, subscription: null, seq: 0, leaf, leafHash: leafHashOf(leaf) }
  })
  await tx.insert(consentEvents).values(rows)
}
