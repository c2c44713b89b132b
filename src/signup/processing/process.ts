// shell · processes sealed sign-ups in batches: request, subscriber, event and mail commit together
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { type Act, recordActs } from '../../consent/record.ts'
import { ensureSubscriptions, type LockedSubscription, lockSubscriptions } from '../../consent/subscribe.ts'
import { listsById } from '../../lists/find.ts'
import { isOpen, type List, mailPurposes } from '../../lists/list.ts'
import { queueServiceMails, type ServiceMailOrder } from '../../outbox/queue.ts'
import type { Tx } from '../../platform/database/database.ts'
import { readRows } from '../../platform/database/rows.ts'
import { moment, octets } from '../../platform/database/values.ts'
import type { Deps } from '../../platform/deps.ts'
import { hexOf, textOf } from '../../platform/encoding/bytes.ts'
import type { Json } from '../../platform/encoding/jcs.ts'
import { openRow } from '../../platform/vault/fields.ts'
import { limitHash, suppressionHash } from '../../platform/vault/indexes.ts'
import { type Address, parseAddress } from '../../subscribers/address.ts'
import { ensureSubscribers } from '../../subscribers/ensure.ts'
import { type Suppression, suppressionsOf } from '../../suppression/find.ts'
import { readSignupBody, type SignupBody } from '../body.ts'
import { allowMails } from '../confirmation/mail-limits.ts'
import { openRequests } from '../tables.ts'
import { outcomeOfSignup, type SignupOutcome, stopsConfirmation } from './outcome.ts'
import { findKnownSubscriptions } from './queries.ts'

/** Requests per transaction. */
export const maxBatch = 100

interface Claimed {
  readonly id: string
  readonly at: Date
  readonly body: SignupBody
  readonly address: Address
}

const requestRow = z.object({ id: z.string(), sealed: octets, at: moment })

interface Ask {
  readonly claimed: Claimed
  readonly list: List
  readonly wanted: readonly string[]
  readonly notice: string
  readonly outcome: SignupOutcome
}

/** Processes one batch and returns how many requests were settled. Two runs at once are harmless: rows are claimed skip locked. */
export async function processSignups(
  deps: Deps,
  which: { readonly most?: number; readonly only?: string } = {},
): Promise<number> {
  return deps.db.transaction(async (tx) => {
    const rows = await readRows(
      tx,
      requestRow,
      sql`
        select id, sealed, created_at as at
        from signup_requests
        where state = 'received' and (${which.only ?? null}::uuid is null or id = ${which.only ?? null}::uuid)
        order by id
        limit ${which.most ?? maxBatch}
        for update skip locked`,
    )
    if (rows.length === 0) return 0
    const opened = rows.map((row) => ({ id: row.id, claimed: open(deps, row) }))
    const people = onePerPerson(opened.flatMap(({ claimed }) => claimed ?? []))
    const done = new Set(opened.flatMap(({ id, claimed }) => (claimed === null ? [id] : [])))
    for (const id of people.repeats) done.add(id)
    await settle(deps, tx, people.newest, done)
    const settled = opened.map(({ id }) => id).filter((id) => done.has(id))
    await tx.execute(
      sql`delete from signup_requests where state = 'received' and id = any(${pgArray(settled)}::uuid[])`,
    )
    return settled.length + people.newest.filter(({ id }) => !done.has(id)).length
  })
}

const pgArray = (values: readonly (string | number)[]): string => `{${values.join(',')}}`

/** Null for an invalid address or a broken seal: the request is dropped without an event. */
function open(deps: Deps, row: z.output<typeof requestRow>): Claimed | null {
  const plain = openRow(deps.vault, { table: 'signup_requests', id: row.id }, row.sealed)
  if (plain === null) {
    deps.log.error('signup.unreadable', { request: row.id })
    return null
  }
  const body = readSignupBody(textOf(plain))
  const address = parseAddress(body.email, { smtpUtf8: deps.mailer.can.smtpUtf8 })
  return !address.ok ? null : { id: row.id, at: row.at, body, address: address.address }
}

/**
 * Decides only the newest of several requests of one person. An earlier one for no other list is dropped, since the newest
 * counts; an earlier one for another list waits for the next batch.
 */
function onePerPerson(claimed: readonly Claimed[]): {
  newest: readonly Claimed[]
  repeats: readonly string[]
} {
  const newest = new Map<string, Claimed>()
  const repeats: string[] = []
  for (const one of claimed.toReversed()) {
    const later = newest.get(one.address.abuseKey)
    if (later === undefined) newest.set(one.address.abuseKey, one)
    else if (one.body.lists.every(({ id }) => later.body.lists.some((list) => list.id === id)))
      repeats.push(one.id)
  }
  return { newest: [...newest.values()].reverse(), repeats }
}

/** Adds the requests that end here to `done`; requests that wait for their confirmation become open. */
async function settle(deps: Deps, tx: Tx, claimed: readonly Claimed[], done: Set<string>): Promise<void> {
  const asks = await decideOutcomes(deps, tx, claimed)
  const allowed = await allowMails(
    deps,
    tx,
    asks
      .filter((ask) => ask.outcome.kind !== 'blocked')
      .map((ask) => ({ ...ask, abuseKey: ask.claimed.address.abuseKey })),
  )
  const asked = allowed.filter((ask) => ask.outcome.kind === 'ask')
  const subscribed = await linkRequests(tx, await subscribe(deps, tx, asked))
  await recordActs(
    deps,
    tx,
    subscribed.map(({ ask, locked }) => requestedAct(deps, ask, locked)),
  )
  const open = [...new Set(subscribed.map(({ ask }) => ask.claimed.id))]
  await tx.execute(sql`update signup_requests set state = 'open' where id = any(${pgArray(open)}::uuid[])`)
  await queueServiceMails(deps, tx, mailsFor(claimed, allowed, open))
  for (const { id } of claimed) if (!open.includes(id)) done.add(id)
}

/** Reads without locks. */
async function decideOutcomes(deps: Deps, tx: Tx, claimed: readonly Claimed[]): Promise<readonly Ask[]> {
  const lists = await listsById(tx, [
    ...new Set(claimed.flatMap(({ body }) => body.lists.map(({ id }) => id))),
  ])
  const hashesOf = ({ address }: Claimed, listIds: readonly string[]): readonly Uint8Array[] => [
    limitHash(deps.vault, address.abuseKey),
    suppressionHash(deps.vault, 'all', address.canonical),
    ...listIds.map((id) => suppressionHash(deps.vault, `list:${id}`, address.canonical)),
  ]
  const suppressed = await suppressionsOf(
    tx,
    claimed.flatMap((one) =>
      hashesOf(
        one,
        one.body.lists.map(({ id }) => id),
      ),
    ),
  )
  const knownSubscriptions = await findKnownSubscriptions(
    deps,
    tx,
    claimed.map(({ address }) => address.canonical),
  )
  return claimed.flatMap((one) => {
    return one.body.lists.flatMap(({ id, purposes, notice }): readonly Ask[] => {
      const list = lists.get(id)
      if (list === undefined || !isOpen(list)) return []
      const known = knownSubscriptions.get(`${one.address.canonical} ${list.number}`)
      const wanted = purposes.filter((purpose) => list.purposes.some(({ key }) => key === purpose))
      const reasons = ofHashes(suppressed, hashesOf(one, [id])).map(({ reason }) => reason)
      const outcome = outcomeOfSignup({
        known: known ?? null,
        blocked: reasons.some(stopsConfirmation),
        bounced: reasons.includes('bounce'),
        wanted,
      })
      return [{ claimed: one, list, wanted, notice, outcome }]
    })
  })
}

const ofHashes = (all: readonly Suppression[], hashes: readonly Uint8Array[]): readonly Suppression[] => {
  const hexes = hashes.map(hexOf)
  return all.filter(({ hash }) => hexes.includes(hash))
}

/**
 * Creates and locks subscribers and subscriptions; existing rows stay as they are. A subscription whose key was destroyed is
 * skipped.
 */
async function subscribe(deps: Deps, tx: Tx, asks: readonly Ask[]): Promise<readonly Subscribed[]> {
  if (asks.length === 0) return []
  const people = new Map(asks.map(({ claimed }) => [claimed.address.canonical, claimed]))
  const ids = await ensureSubscribers(
    deps,
    tx,
    [...people.values()].map(({ address, body }) => ({ address, locale: body.locale })),
  )
  const pairs = asks.flatMap((ask) => {
    const person = ids.get(ask.claimed.address.canonical)
    return person === undefined ? [] : [{ ask, subscriber: person.id, list: ask.list.number }]
  })
  await ensureSubscriptions(
    deps,
    tx,
    pairs.map(({ subscriber, list }) => ({ subscriber, list })),
  )
  const locked = await lockSubscriptions(
    deps,
    tx,
    sql`(s.subscriber, s.list) in (
      select * from unnest(${pgArray(pairs.map(({ subscriber }) => subscriber))}::bigint[], ${pgArray(pairs.map(({ list }) => list))}::bigint[]))`,
  )
  const byPair = new Map(locked.map((one) => [`${one.subscriber} ${one.list}`, one]))
  return pairs.flatMap(({ ask, subscriber, list }) => {
    const found = byPair.get(`${subscriber} ${list}`)
    return found === undefined || found.key === null ? [] : [{ ask, locked: found }]
  })
}

type Subscribed = { readonly ask: Ask; readonly locked: LockedSubscription }

/** Links the new request to each subscription in place of an earlier one, whose link then confirms nothing. */
async function linkRequests(tx: Tx, subscribed: readonly Subscribed[]): Promise<readonly Subscribed[]> {
  if (subscribed.length === 0) return []
  await tx.execute(sql`
    delete from open_requests
    where subscription = any(${pgArray(subscribed.map(({ locked }) => locked.id))}::bigint[])`)
  const linked = await tx
    .insert(openRequests)
    .values(subscribed.map(({ ask, locked }) => ({ subscription: locked.id, request: ask.claimed.id })))
    .onConflictDoNothing()
    .returning({ subscription: openRequests.subscription })
  return subscribed.filter(({ locked }) => linked.some(({ subscription }) => subscription === locked.id))
}

function requestedAct(deps: Deps, ask: Ask, locked: LockedSubscription): Act {
  return {
    subscription: locked,
    type: 'consent.requested',
    purposes: [],
    notice: ask.notice,
    payload: { ...requestEvidence(ask.claimed), mailer: deps.mailer.name },
    list: { id: ask.list.id, mailPurposes: mailPurposes(ask.list) },
    canonicalAddress: ask.claimed.address.canonical,
  }
}

/** The form's input as evidence. EDPB 05/2020 para 108: the session in which consent was expressed. */
export function requestEvidence(claimed: { at: Date; body: SignupBody; address: Address }): {
  readonly [key: string]: Json
} {
  const { body, address } = claimed
  return {
    address_as_typed: address.asTyped,
    address_canonical: address.canonical,
    controls: body.controls.map(({ name, ticked }) => ({
      name,
      type: 'checkbox',
      default: false,
      submitted: ticked,
    })),
    purposes_asked: body.lists.map(({ id, purposes }) => ({ list: id, purposes })),
    language: body.locale,
    method: body.method,
    page: body.page,
    source: body.source,
    requested_at: claimed.at.toISOString(),
    request_ip: body.ip,
    request_user_agent: body.userAgent,
    dwell_ms: body.dwell,
    actor: body.actor,
    workflow: 'doi/1',
  }
}

/** At most one mail per request: a confirmation, else a mail to a member. */
function mailsFor(
  claimed: readonly Claimed[],
  asks: readonly Ask[],
  open: readonly string[],
): readonly ServiceMailOrder[] {
  return claimed.flatMap(({ id, body: { locale } }): readonly ServiceMailOrder[] => {
    if (open.includes(id)) return [{ kind: 'confirmation', request: id, locale }]
    const outcomes = asks.filter((ask) => ask.claimed.id === id).map((ask) => ask.outcome)
    for (const outcome of outcomes)
      if (outcome.kind === 'member')
        return [{ kind: 'already_subscribed', subscription: outcome.subscription, locale }]
    return []
  })
}
