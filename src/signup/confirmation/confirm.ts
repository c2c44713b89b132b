// shell · confirms a sign-up by the person's own act. GDPR Art. 7(1), UWG section 7
import { eq, sql } from 'drizzle-orm'
import { setGrades } from '../../consent/evidence/grade.ts'
import { follow } from '../../consent/ledger.ts'
import { type Act, recordActs } from '../../consent/record.ts'
import { type LockedSubscription, lockSubscriptions } from '../../consent/subscribe.ts'
import { markSuppressed } from '../../consent/suppressed.ts'
import { type List, mailPurposes } from '../../lists/list.ts'
import { type SentConfirmation, sentConfirmation } from '../../outbox/queue.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import { bytesOf, hexOf } from '../../platform/encoding/bytes.ts'
import type { Json } from '../../platform/encoding/jcs.ts'
import { forgetAllowance } from '../../platform/network/limits.ts'
import { limitHash, suppressionHash } from '../../platform/vault/indexes.ts'
import { sameBytes } from '../../platform/vault/keys.ts'
import { requestCode } from '../../platform/vault/tokens.ts'
import type { Address } from '../../subscribers/address.ts'
import { keepLanguage } from '../../subscribers/keep-language.ts'
import { saveDetails } from '../../subscribers/save-details.ts'
import { liftBounces, lockAddress } from '../../suppression/suppress.ts'
import { maxCodeTries } from '../processing/outcome.ts'
import { requestEvidence } from '../processing/process.ts'
import { type RequestedList, requestedListsOf } from '../requested-lists.ts'
import { signupRequests } from '../tables.ts'
import { closeRequest } from './close.ts'
import { lockRequest, type RequestPerson } from './lock-request.ts'
import type { SignupRequest } from './request.ts'

export type Confirmation =
  | {
      readonly kind: 'confirmed'
      readonly lists: readonly List[]
      readonly leafHash: Uint8Array
      readonly subscription: number
    }
  | { readonly kind: 'already' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'expired' }
  /** The person left after signing up: an old link does not bring them back. */
  | { readonly kind: 'left' }
  | { readonly kind: 'code_wrong' }
  | { readonly kind: 'code_used_up' }
  | { readonly kind: 'unknown' }

export interface ConfirmingAct {
  readonly ip: string | null
  readonly userAgent: string
  /** Milliseconds between the page and its button. */
  readonly dwell: number | null
  /** The code as typed; null where none was. */
  readonly code: string | null
  /** The boxes that the page showed, all ticked, and whether they were left so. Empty where it showed none. */
  readonly boxes: readonly ConfirmBox[]
}

export interface ConfirmBox {
  /** A list's id and the key of one of its optional purposes. */
  readonly list: string
  readonly purpose: string
  readonly ticked: boolean
}

/**
 * Records `confirmed` on every list of the request, with exactly the purposes that were shown and left ticked. Safe to repeat.
 */
export async function confirmSignup(deps: Deps, request: string, act: ConfirmingAct): Promise<Confirmation> {
  return deps.db.transaction(async (tx) => {
    const locked = await lockRequest(deps, tx, request)
    if (locked.state === 'confirmed') return { kind: 'already' }
    if (locked.state !== 'open') return { kind: locked.state }
    const { found, person } = locked
    if (found.expiresAt <= deps.clock()) return { kind: 'expired' }
    if (person === null) return { kind: 'unknown' }
    const wrong = await checkCode(deps, tx, found, act.code)
    return wrong ?? confirmEach(deps, tx, { found, person, how: act })
  })
}

async function checkCode(
  deps: Deps,
  tx: Tx,
  found: SignupRequest,
  code: string | null,
): Promise<Confirmation | null> {
  if (!found.lists.some((list) => list.confirm.mode === 'code')) return null
  if (found.tries >= maxCodeTries) return { kind: 'code_used_up' }
  const typed = bytesOf((code ?? '').replaceAll(/\s/g, ''))
  if (sameBytes(typed, bytesOf(requestCode(deps.vault, found.id)))) return null
  await tx
    .update(signupRequests)
    .set({ tries: sql`${signupRequests.tries} + 1` })
    .where(eq(signupRequests.id, found.id))
  return { kind: found.tries + 1 >= maxCodeTries ? 'code_used_up' : 'code_wrong' }
}

interface Confirming {
  readonly found: SignupRequest
  readonly person: RequestPerson
  readonly how: ConfirmingAct
}

async function confirmEach(deps: Deps, tx: Tx, confirming: Confirming): Promise<Confirmation> {
  const { found, person, how } = confirming
  const { body, address } = person
  // Locks in the order of processing: limits, subscriptions, person. All subscriptions of the person: a mail that arrives for
  // one list shows that the mailbox works for all.
  await lockAddress(deps, tx, address.canonical)
  await forgetAllowance(tx, limitHash(deps.vault, address.abuseKey), 'mails:month')
  const locked = await lockSubscriptions(
    deps,
    tx,
    sql`s.subscriber in (
      select a.subscriber
      from open_requests as o join subscriptions as a on a.id = o.subscription
      where o.request = ${found.id}::uuid)`,
  )
  const shown = await requestedListsOf(tx, found)
  const confirmable = locked.flatMap((subscription) => {
    const list = found.lists.find((one) => one.number === subscription.list)
    if (list === undefined) return []
    // Only purposes that the notice showed: any other was never asked for, whatever the form sent.
    const purposes = (shown.find((one) => one.list.number === list.number)?.purposes ?? [])
      .filter(({ key, optional }) => !optional || !isUnticked(how.boxes, list, key))
      .map(({ key }) => key)
      .filter((purpose) => list.purposes.some(({ key }) => key === purpose))
    const next = follow(
      subscription.consentState,
      { type: 'consent.confirmed', purposes },
      mailPurposes(list),
    )
    return next === null || subscription.key === null ? [] : [{ subscription, list, purposes }]
  })
  if (confirmable.length === 0) return { kind: 'left' }
  const mail = await sentConfirmation(tx, found.id)
  const payload = confirmationEvidence(deps, confirming, mail)
  const recorded = await recordActs(
    deps,
    tx,
    confirmable.map((one) => confirmedAct(one, { payload, notice: noticeOf(body, one.list), address })),
  )
  await setGrades(
    tx,
    confirmable.map(({ subscription }) => subscription.id),
    mail?.deliveredAt == null ? 'B' : 'A',
  )
  await welcome(deps, tx, confirmable, { ...person, found, shown })
  await closeRequest(deps, tx, found.id, 'confirmed')
  const [first] = recorded
  const [own] = confirmable
  if (first === undefined || own === undefined) return { kind: 'left' }
  return {
    kind: 'confirmed',
    lists: confirmable.map(({ list }) => list),
    leafHash: first.leafHash,
    subscription: own.subscription.id,
  }
}

const isUnticked = (boxes: readonly ConfirmBox[], list: List, key: string): boolean =>
  boxes.some(({ list: id, purpose, ticked }) => id === list.id && purpose === key && !ticked)

type Confirmable = { subscription: LockedSubscription; list: List; purposes: readonly string[] }

const noticeOf = (body: { lists: readonly { id: string; notice: string }[] }, list: List): string | null =>
  body.lists.find(({ id }) => id === list.id)?.notice ?? null

const confirmedAct = (
  { subscription, list, purposes }: Confirmable,
  shown: { payload: { readonly [key: string]: Json }; notice: string | null; address: Address },
): Act => ({
  subscription,
  type: 'consent.confirmed',
  purposes,
  notice: shown.notice,
  payload: shown.payload,
  list: { id: list.id, mailPurposes: mailPurposes(list) },
  canonicalAddress: shown.address.canonical,
})

/** Evidence of both acts and of the mail between them, as a court asks for. */
function confirmationEvidence(
  deps: Deps,
  { found, person, how }: Confirming,
  mail: SentConfirmation | null,
): { readonly [key: string]: Json } {
  const now = deps.clock()
  return {
    ...requestEvidence({ at: found.createdAt, ...person }),
    lawful_basis: 'consent',
    confirmed_at: now.toISOString(),
    confirm_ip: how.ip,
    confirm_user_agent: how.userAgent,
    confirm_method: found.lists.some((list) => list.confirm.mode === 'code') ? 'code' : 'button',
    confirm_dwell_ms: how.dwell,
    confirm_controls: how.boxes.map(({ list, purpose, ticked }) => ({
      list,
      name: purpose,
      type: 'checkbox',
      default: true,
      submitted: ticked,
    })),
    seconds_since_mail: mail === null ? null : Math.round((now.getTime() - mail.sentAt.getTime()) / 1000),
    mail: mail && {
      provider: deps.mailer.name,
      provider_id: mail.providerId,
      sent_at: mail.sentAt.toISOString(),
      body_sha256: mail.bodyHash === null ? null : hexOf(mail.bodyHash),
      delivered_at: mail.deliveredAt?.toISOString() ?? null,
      delayed_at: mail.delayedAt?.toISOString() ?? null,
      bounced_at: mail.bouncedAt?.toISOString() ?? null,
      bounce: mail.bounce,
    },
  }
}

/** The list without fields that mean something else by now: an answer is for the purpose that its notice named. */
const asAsked = ({ list, asked }: RequestedList): Pick<List, 'number' | 'fields'> => ({
  number: list.number,
  fields: list.fields.filter(({ key, type, purpose }) =>
    asked.some((one) => one.key === key && one.type === type && one.purpose === purpose),
  ),
})

/**
 * Stores the typed fields and lifts bounces, since the mailbox works. Fields were asked for by the list whose form was used: a
 * further list on that form gets none of them, though it may have a field of the same name. GDPR Art. 5(1)(b).
 */
async function welcome(
  deps: Deps,
  tx: Tx,
  confirmed: readonly Confirmable[],
  person: RequestPerson & { readonly found: SignupRequest; readonly shown: readonly RequestedList[] },
): Promise<void> {
  const [first] = confirmed
  if (first === undefined) return
  const subscriber = await keepLanguage(tx, first.subscription.subscriber, person.found.locale)
  const asking = person.shown.find(({ list }) => list.number === person.found.list)
  if (asking !== undefined && confirmed.some(({ list }) => list.number === asking.list.number))
    await saveDetails(deps, tx, { subscriber, list: asAsked(asking), values: person.body.fields })
  const hashes = [
    suppressionHash(deps.vault, 'all', person.address.canonical),
    ...confirmed.map(({ list }) => suppressionHash(deps.vault, `list:${list.id}`, person.address.canonical)),
  ]
  await liftBounces(tx, hashes)
  await markSuppressed(deps, tx, {
    subscriber: first.subscription.subscriber,
    canonicalAddress: person.address.canonical,
  })
}
