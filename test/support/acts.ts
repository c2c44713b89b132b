// adapter · ledger acts that no page offers yet, and leaves built by hand, valid or forged
import { createHash, randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { SubjectEventType } from '../../src/consent/ledger.ts'
import { type RecordedEvent, recordActs } from '../../src/consent/record.ts'
import { lockSubscriptions } from '../../src/consent/subscribe.ts'
import { listByNumber } from '../../src/lists/find.ts'
import { mailPurposes } from '../../src/lists/list.ts'
import type { Json } from '../../src/platform/encoding/jcs.ts'
import type { TestApp } from './test-app.ts'

/** One act on a subscription. */
export interface ActAsked {
  readonly type: SubjectEventType
  readonly purposes?: readonly string[]
  readonly payload?: { readonly [key: string]: Json }
}

/** Writes acts through the ledger's only writer, in one transaction. `canonicalAddress` is needed for the first act of a chain. */
export function act(
  house: TestApp,
  subscription: number,
  acts: readonly ActAsked[],
  canonicalAddress?: string,
): Promise<readonly RecordedEvent[]> {
  return house.deps.db.transaction(async (tx) => {
    const [locked] = await lockSubscriptions(house.deps, tx, sql`s.id = ${subscription}`)
    const list = locked === undefined ? null : await listByNumber(tx, locked.list)
    if (locked === undefined || list === null) throw new Error('there is no such subscription')
    return recordActs(
      house.deps,
      tx,
      acts.map(({ type, purposes = [], payload = { actor: 'system' } }) => ({
        subscription: locked,
        type,
        purposes,
        notice: list.notices.en ?? null,
        payload,
        list: { id: list.id, mailPurposes: mailPurposes(list) },
        canonicalAddress,
      })),
    )
  })
}

/** The fields of a leaf, in canonical order. @see docs/ledger.md 3.1 */
export interface LeafValues {
  readonly eid: string
  readonly list: string | null
  readonly notice: string | null
  readonly pay: string | null
  readonly prev: string | null
  readonly purposes: readonly unknown[] | string | null
  readonly seq: number
  readonly sub: string | null
  readonly t: string
  readonly type: string
  readonly v: number
}

/** A valid next leaf of a chain, with the values to write it with. */
export interface NextLeaf {
  readonly values: LeafValues
  readonly subscription: number
}

/** Returns a valid next act for a chain, built without the product's code. */
export async function nextLeaf(
  house: TestApp,
  subscription: number,
  act: { type: string; purposes: readonly string[] },
): Promise<NextLeaf> {
  const [end] = await house.owner<{ seq: number; leaf: Uint8Array; leaf_hash: Uint8Array }[]>`
    select seq, leaf, leaf_hash from consent_events where subscription = ${subscription} order by seq desc limit 1`
  if (end === undefined) throw new Error('the chain has not begun')
  const before: LeafValues = JSON.parse(Buffer.from(end.leaf).toString('utf8'))
  return {
    subscription,
    values: {
      eid: randomUUID(),
      list: before.list,
      notice: null,
      pay: createHash('sha256').update('any').digest('base64url'),
      prev: Buffer.from(end.leaf_hash).toString('base64url'),
      purposes: act.purposes,
      seq: end.seq + 1,
      sub: before.sub,
      t: house.now().toISOString(),
      type: act.type,
      v: 1,
    },
  }
}

export const leafHash = (leaf: Uint8Array): Buffer =>
  createHash('sha256')
    .update(new Uint8Array([0]))
    .update(leaf)
    .digest()
