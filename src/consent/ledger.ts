// pure · the events of the consent ledger, their leaves, and the transitions that are allowed. GDPR Art. 7, docs/ledger.md 3
import { type Bytes, base64urlOf, bytesOf, concat } from '../platform/encoding/bytes.ts'
import { canonicalJson, sha256 } from '../platform/encoding/jcs.ts'

/** Events of a subscription; each is a leaf of that subscription's chain. */
export const subjectEventTypes = [
  'consent.requested',
  'consent.confirmed',
  'consent.refused',
  'consent.expired',
  'consent.renewed',
  'consent.withdrawn',
  'consent.revoked',
  'consent.invalidated',
  'consent.imported',
  'data.rectified',
  'processing.restricted',
  'processing.unrestricted',
  'objection',
  'subject.erased',
] as const
export type SubjectEventType = (typeof subjectEventTypes)[number]

/** Events of the deployment itself, without a subject. */
export type SystemEventType = 'notice.published' | 'retention.run' | 'log.origin'

export const subscriptionStates = [
  'pending',
  'active',
  'refused',
  'expired',
  'withdrawn',
  'revoked',
  'invalidated',
  'erased',
] as const
export type SubscriptionState = (typeof subscriptionStates)[number]

/** Filter word for all states other than `active` and `pending`. */
export const endedState = 'ended'

export interface ConsentEvent {
  readonly eid: string
  readonly type: SubjectEventType | SystemEventType
  readonly at: Date
  /** UUID of the list. */
  readonly list: string | null
  readonly seq: number
  /** Hash of the previous leaf, 32 bytes. */
  readonly prev: Uint8Array | null
  readonly sub: Uint8Array | null
  /** Purposes granted or ended by this event. */
  readonly purposes: readonly string[]
  /** base64url of the notice's hash. */
  readonly notice: string | null
  readonly pay: Uint8Array | null
}

/** d = JCS(event): the bytes that are hashed and stored. */
export const leafOf = (event: ConsentEvent): Bytes =>
  bytesOf(
    canonicalJson({
      v: 1,
      eid: event.eid,
      type: event.type,
      t: event.at.toISOString(),
      list: event.list,
      seq: event.seq,
      prev: event.prev && base64urlOf(event.prev),
      sub: event.sub && base64urlOf(event.sub),
      purposes: [...new Set(event.purposes)].sort(),
      notice: event.notice,
      pay: event.pay && base64urlOf(event.pay),
    }),
  )

/** leaf(d) = SHA-256(0x00 || d). @see https://www.rfc-editor.org/rfc/rfc6962#section-2.1 */
export const leafHashOf = (leaf: Uint8Array): Bytes => sha256(concat(new Uint8Array([0]), leaf))

/** The state that the events of a chain amount to. */
export interface ConsentState {
  /** Position of the last event; -1 before the first. */
  readonly seq: number
  readonly state: SubscriptionState
  /** Sorted keys of the purposes in force. */
  readonly granted: readonly string[]
  readonly restricted: boolean
}

export const beginning: ConsentState = { seq: -1, state: 'pending', granted: [], restricted: false }

/**
 * The consent state after an event, or null where the event may not follow. A `requested` while a grant is live changes neither
 * state nor grants: a stranger who types a member's address cannot end a real consent. `mail`: the list's purposes of kind
 * mail.
 */
export function follow(
  now: ConsentState,
  act: { readonly type: SubjectEventType; readonly purposes: readonly string[] },
  mail: readonly string[],
): ConsentState | null {
  if (now.state === 'erased') return null
  const begun = now.seq >= 0
  const named = [...new Set(act.purposes)]
  const joined = [...new Set([...now.granted, ...named])].sort()
  const rest = now.granted.filter((purpose) => !named.includes(purpose))
  const namesOnlyGranted = named.every((purpose) => now.granted.includes(purpose))
  const endsSome = named.length > 0 && namesOnlyGranted
  const mails = (purposes: readonly string[]): boolean => purposes.some((purpose) => mail.includes(purpose))
  const next = (moved: Partial<Omit<ConsentState, 'seq'>>): ConsentState => ({
    ...now,
    ...moved,
    seq: now.seq + 1,
  })

  switch (act.type) {
    case 'consent.requested':
      if (named.length > 0) return null
      return next(now.state === 'active' ? {} : { state: 'pending' })
    case 'consent.imported':
      return begun ? null : next({ granted: joined, state: mails(joined) ? 'active' : 'pending' })
    case 'consent.confirmed':
      if (!begun || (now.state !== 'pending' && now.state !== 'active')) return null
      return named.length > 0 && mails(joined) ? next({ granted: joined, state: 'active' }) : null
    case 'consent.renewed':
      return now.state === 'active' && named.length > 0 ? next({ granted: joined }) : null
    case 'consent.refused':
      return begun && now.state === 'pending' && namesOnlyGranted
        ? next({ granted: [], state: 'refused' })
        : null
    case 'consent.expired':
      if (begun && now.state === 'pending')
        return namesOnlyGranted ? next({ granted: rest, state: 'expired' }) : null
      if (now.state !== 'active' || !endsSome) return null
      return next({ granted: rest, state: mails(rest) ? 'active' : 'expired' })
    case 'consent.withdrawn':
    case 'consent.revoked':
    case 'objection': {
      if (!endsSome) return null
      const over = now.state === 'active' && !mails(rest)
      return next({
        granted: rest,
        ...(over ? { state: act.type === 'consent.revoked' ? 'revoked' : 'withdrawn' } : {}),
      })
    }
    case 'consent.invalidated': {
      const live = now.state === 'pending' || now.state === 'active' || now.granted.length > 0
      return begun && live && namesOnlyGranted ? next({ granted: [], state: 'invalidated' }) : null
    }
    case 'data.rectified':
      return begun && named.length === 0 ? next({}) : null
    case 'processing.restricted':
      return begun && !now.restricted && named.length === 0 ? next({ restricted: true }) : null
    case 'processing.unrestricted':
      return begun && now.restricted && named.length === 0 ? next({ restricted: false }) : null
    case 'subject.erased':
      return begun && namesOnlyGranted ? next({ granted: [], state: 'erased' }) : null
  }
}
