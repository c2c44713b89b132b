// shell · withdraws consent, whatever the channel: one-click, page, preference page. GDPR Art. 7(3), RFC 8058
import { eq, sql } from 'drizzle-orm'
import { type Actor, nameOfActor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import { listByNumber } from '../lists/find.ts'
import { type List, mailPurposes } from '../lists/list.ts'
import type { Tx } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import { subscribers } from '../subscribers/tables.ts'
import { recordActs } from './record.ts'
import { lockSubscriptions } from './subscribe.ts'
import { subscriptions } from './tables.ts'

export type WithdrawalChannel = 'one_click' | 'page' | 'preferences' | 'operator' | 'complaint'

export type Withdrawal =
  /** Ended now; the leaf hash is the person's proof. */
  | {
      readonly kind: 'ended'
      readonly list: List
      readonly purposes: readonly string[]
      readonly leafHash: Uint8Array
    }
  /** Nothing was in force: ended before, or never confirmed. */
  | { readonly kind: 'nothing'; readonly list: List | null }

export interface WithdrawalAct {
  readonly subscription: number
  /** Keys of the purposes to end; undefined: all. */
  readonly purposes?: readonly string[]
  readonly channel: WithdrawalChannel
  /** UUID of the campaign whose mail held the link. */
  readonly campaign?: string | null
  readonly actor: Actor
  /** How the person asked an operator, in a word: `phone`. */
  readonly askedBy?: string
}

/**
 * One event ends the named purposes, or all that are granted. The trigger that updates the fold deletes the queued messages in
 * the same transaction. An act of an operator or a key is recorded in the audit log. Safe to repeat.
 */
export const withdraw = (deps: Deps, act: WithdrawalAct): Promise<Withdrawal> =>
  deps.db.transaction((tx) => withdrawWithin(deps, tx, act))

/** `withdraw` within a larger transaction. */
export async function withdrawWithin(deps: Deps, tx: Tx, act: WithdrawalAct): Promise<Withdrawal> {
  const [locked] = await lockSubscriptions(deps, tx, sql`s.id = ${act.subscription}`)
  const list = locked === undefined ? null : await listByNumber(tx, locked.list)
  if (locked === undefined || list === null || locked.key === null) return { kind: 'nothing', list }
  const ends = locked.consentState.granted.filter((purpose) => act.purposes?.includes(purpose) ?? true)
  if (ends.length === 0) return { kind: 'nothing', list }
  const [recorded] = await recordActs(deps, tx, [
    {
      subscription: locked,
      type: 'consent.withdrawn',
      purposes: ends,
      notice: null,
      payload: {
        channel: act.channel,
        campaign: act.campaign ?? null,
        actor: nameOfActor(act.actor),
        withdrawn_at: deps.clock().toISOString(),
        ...(act.askedBy === undefined ? {} : { asked_by: act.askedBy }),
      },
      list: { id: list.id, mailPurposes: mailPurposes(list) },
    },
  ])
  if (recorded === undefined) return { kind: 'nothing', list }
  if ('id' in act.actor)
    await recordAct(deps, tx, {
      actor: act.actor,
      verb: 'consent.withdraw',
      subject: { kind: 'subscriber', id: await uidOf(tx, locked.subscriber) },
      details: { list: list.id, purposes: ends, asked_by: act.askedBy ?? null },
    })
  return { kind: 'ended', list, purposes: ends, leafHash: recorded.leafHash }
}

async function uidOf(tx: Tx, subscriber: number): Promise<string> {
  const [row] = await tx
    .select({ uid: subscribers.uid })
    .from(subscribers)
    .where(eq(subscribers.id, subscriber))
  return row?.uid ?? ''
}

export interface Granted {
  readonly list: List
  readonly granted: readonly string[]
  /** The language that the person chose. */
  readonly locale: string
}

/** Null where there is no such subscription. */
export async function grantedOf(deps: Pick<Deps, 'db'>, subscription: number): Promise<Granted | null> {
  const [row] = await deps.db
    .select({ list: subscriptions.list, granted: subscriptions.granted, locale: subscribers.locale })
    .from(subscriptions)
    .innerJoin(subscribers, eq(subscribers.id, subscriptions.subscriber))
    .where(eq(subscriptions.id, subscription))
  const list = row === undefined ? null : await listByNumber(deps.db, row.list)
  return row === undefined || list === null ? null : { list, granted: row.granted, locale: row.locale }
}
