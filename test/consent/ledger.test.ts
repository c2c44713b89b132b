// shell · the ledger's two halves agree: the pure rule in TypeScript and the database trigger; chains, proof, tampering. I2
import { createHash, createHmac } from 'node:crypto'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { openPayload, payloadCommitment, sealPayload } from '../../src/consent/evidence/commitments.ts'
import {
  beginning,
  type ConsentState,
  follow,
  type SubjectEventType,
  type SubscriptionState,
  subjectEventTypes,
} from '../../src/consent/ledger.ts'
import { UnlawfulAct } from '../../src/consent/record.ts'
import { ensureSubscriptions, subscriptionKey } from '../../src/consent/subscribe.ts'
import { openDatabase } from '../../src/platform/database/database.ts'
import { readRows } from '../../src/platform/database/rows.ts'
import { base64urlOf } from '../../src/platform/encoding/bytes.ts'
import { canonicalJson, type Json } from '../../src/platform/encoding/jcs.ts'
import { parseAddress } from '../../src/subscribers/address.ts'
import { ensureSubscribers } from '../../src/subscribers/ensure.ts'
import { act, type LeafValues } from '../support/acts.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let list: TestList

beforeAll(async () => {
  house = await openTestApp()
  list = await house.makeList()
})
afterAll(() => house.close())

interface Act {
  readonly type: SubjectEventType
  readonly purposes: readonly string[]
}

/** A step of a history: the state before, the act, and the pure rule's result. */
interface Step {
  readonly before: ConsentState
  readonly act: Act
  readonly after: ConsentState | null
}

const mail = ['newsletter', 'offers']
/** Two mail purposes, a purpose of another kind, and a purpose the list does not have. */
const purposes = ['clicks', 'newsletter', 'offers', 'unheard_of']
const states: readonly SubscriptionState[] = [
  'pending',
  'active',
  'refused',
  'expired',
  'withdrawn',
  'revoked',
  'invalidated',
  'erased',
]

/** All subsets, sorted. */
const choices = (of: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: 2 ** of.length }, (_, bits) => of.filter((_, at) => (bits >> at) % 2 === 1))

/** Runs the same steps in the database, many in one statement. */
async function inSql(steps: readonly Step[]): Promise<readonly (ConsentState | null)[]> {
  const asked = steps.map(({ before, act }, at) => ({ at, ...before, ...act }))
  const rows = await house.app<
    { lawful: boolean; state: SubscriptionState; granted: string[]; restricted: boolean }[]
  >`
    select t.lawful, t.state, t.granted, t.restricted
    from jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb)
      as a (at int, type text, purposes text[], seq int, state text, granted text[], restricted boolean)
    cross join lateral consent_transition(a.type, a.purposes, ${mail}, a.seq, a.state, a.granted, a.restricted) as t
    order by a.at`
  return rows.map(({ lawful, ...moved }, at) =>
    lawful ? { ...moved, seq: (steps[at]?.before.seq ?? 0) + 1 } : null,
  )
}

/** Applies acts in turn; an unlawful act leaves the state unchanged. */
function unfold(acts: readonly Act[]): readonly Step[] {
  let now = beginning
  return acts.map((act) => {
    const before = now
    const after = follow(before, act, mail)
    now = after ?? before
    return { before, act, after }
  })
}

const anyAct: fc.Arbitrary<Act> = fc.record({
  type: fc.constantFrom(...subjectEventTypes),
  purposes: fc.subarray(purposes),
})

/** Acts weighted towards lawful histories: people ask, confirm, change their minds. */
const likelyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Act>({ type: 'consent.requested', purposes: [] }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom<SubjectEventType>('consent.confirmed', 'consent.withdrawn'),
      purposes: fc.subarray(purposes, { minLength: 1 }),
    }),
  },
  { weight: 3, arbitrary: anyAct },
)

describe('the rule of which act may follow which', () => {
  it('is one rule in two languages: random histories agree step by step, in lawfulness and outcome', async () => {
    let steps = 0
    let lawful = 0
    await fc.assert(
      fc.asyncProperty(fc.array(likelyAct, { minLength: 40, maxLength: 120 }), async (acts) => {
        const history = unfold(acts)
        expect(await inSql(history)).toEqual(history.map(({ after }) => after))
        steps += history.length
        lawful += history.filter(({ after }) => after !== null).length
      }),
      { numRuns: 80, seed: 116, endOnFailure: true },
    )
    expect(steps).toBeGreaterThan(3000)
    expect(lawful, 'and went somewhere').toBeGreaterThan(1000)
  })

  it('agrees on every act from every possible state', async () => {
    const standings = states.flatMap((state) =>
      [-1, 0, 7].flatMap((seq) =>
        [true, false].flatMap((restricted) =>
          choices(purposes.slice(0, 3)).map((granted): ConsentState => ({ seq, state, granted, restricted })),
        ),
      ),
    )
    const steps = standings.flatMap((before) =>
      subjectEventTypes.flatMap((type) =>
        choices(purposes.slice(0, 3)).map((named): Step => {
          const act = { type, purposes: named }
          return { before, act, after: follow(before, act, mail) }
        }),
      ),
    )
    expect(steps.length).toBe(8 * 3 * 2 * 8 * 14 * 8)
    const answers = await inSql(steps)
    expect(steps.filter((step, at) => !sameStanding(step.after, answers[at] ?? null))).toEqual([])
  })

  it('knows no other acts: those of the deployment never follow in a person’s chain', async () => {
    const foreign = ['notice.published', 'retention.run', 'log.origin', 'consent.given', '']
    const rows = await house.app<{ lawful: boolean }[]>`
      select t.lawful
      from unnest(${foreign}::text[]) as a (type)
      cross join lateral consent_transition(a.type, '{}', ${mail}, 1, 'active', '{newsletter}', false) as t`
    expect(rows.map(({ lawful }) => lawful)).toEqual(foreign.map(() => false))
  })

  it('ends a grant by the person’s own word, and never raises one without it (GDPR Art. 7(1), 7(3); I9)', () => {
    fc.assert(
      fc.property(fc.array(likelyAct, { maxLength: 60 }), (acts) => {
        for (const { before, act, after } of unfold(acts)) {
          const raised = (after?.granted ?? []).filter((purpose) => !before.granted.includes(purpose))
          const byConsent = ['consent.confirmed', 'consent.renewed', 'consent.imported'].includes(act.type)
          if (!byConsent) expect(raised).toEqual([])
          else expect(raised.every((purpose) => act.purposes.includes(purpose))).toBe(true)
          if (before.granted.length > 0) {
            const gone = follow(before, { type: 'consent.withdrawn', purposes: before.granted }, mail)
            expect(gone).toMatchObject({ granted: [] })
          }
        }
      }),
      { numRuns: 300, seed: 73 },
    )
  })

  it('says active of those who agreed to mail, and of nobody else', () => {
    fc.assert(
      fc.property(fc.array(likelyAct, { maxLength: 60 }), (acts) => {
        for (const { after } of unfold(acts))
          if (after !== null)
            expect(after.state === 'active').toBe(after.granted.some((purpose) => mail.includes(purpose)))
      }),
      { numRuns: 300, seed: 13 },
    )
  })
})

const sameStanding = (a: ConsentState | null, b: ConsentState | null): boolean =>
  a === null || b === null
    ? a === b
    : a.seq === b.seq &&
      a.state === b.state &&
      a.restricted === b.restricted &&
      a.granted.join() === b.granted.join()

/** An event's row in the database, with its evidence. */
interface Stored {
  readonly eid: string
  readonly seq: number
  readonly leaf: Uint8Array
  readonly leaf_hash: Uint8Array
  readonly blob: Uint8Array
}

const chainOf = (subscription: number) => house.owner<Stored[]>`
  select e.eid, e.seq, e.leaf, e.leaf_hash, v.blob
  from consent_events as e
  left join evidence as v on v.eid = e.eid
  where e.subscription = ${subscription}
  order by e.seq`

const valuesOf = ({ leaf }: Stored): LeafValues => JSON.parse(Buffer.from(leaf).toString('utf8'))

/** Creates subscriptions without events. */
async function freshSubscriptions(count: number): Promise<readonly { id: number; canonical: string }[]> {
  const addresses = Array.from({ length: count }, (_, at) => {
    const parsed = parseAddress(`chain.${at}@example.pl`, { smtpUtf8: true })
    if (!parsed.ok) throw new Error(parsed.reason)
    return parsed.address
  })
  return house.deps.db.transaction(async (tx) => {
    const people = await ensureSubscribers(
      house.deps,
      tx,
      addresses.map((address) => ({ address, locale: 'en' as const })),
    )
    const ids = addresses.map(({ canonical }) => people.get(canonical)?.id ?? 0)
    await ensureSubscriptions(
      house.deps,
      tx,
      ids.map((subscriber) => ({ subscriber, list: list.number })),
    )
    const rows = await readRows(
      tx,
      z.object({ id: z.int(), subscriber: z.int() }),
      sql`select id, subscriber from subscriptions where list = ${list.number}`,
    )
    const byPerson = new Map(rows.map(({ id, subscriber }) => [subscriber, id]))
    return addresses.map(({ canonical }, at) => ({ canonical, id: byPerson.get(ids[at] ?? 0) ?? 0 }))
  })
}

const keyOf = (subscription: number): Promise<Uint8Array> =>
  house.deps.db.transaction(async (tx) => {
    const key = await subscriptionKey(house.deps, tx, subscription)
    if (key === null) throw new Error('the key was destroyed')
    return key
  })

/** HMAC(K_pay, JCS(payload)), K_pay = HMAC(K_s, "consent-log/paykey/v1" 00 eid): by docs/ledger.md 4.4, without our code. */
const commitmentTo = (payload: Json, key: Uint8Array, eid: string): string => {
  const kPay = createHmac('sha256', key).update(`consent-log/paykey/v1\0${eid}`).digest()
  return createHmac('sha256', kPay).update(canonicalJson(payload)).digest('base64url')
}

/** HMAC(K_sub, "consent-log/sub/v1" 00 list 00 address), K_sub = HMAC(K_s, "consent-log/subkey/v1" 00 list). */
const commitmentToPerson = (address: string, key: Uint8Array): string => {
  const kSub = createHmac('sha256', key).update(`consent-log/subkey/v1\0${list.id}`).digest()
  return createHmac('sha256', kSub).update(`consent-log/sub/v1\0${list.id}\0${address}`).digest('base64url')
}

describe('people with whom anything lawful has happened', () => {
  const histories = fc.sample(fc.array(likelyAct, { minLength: 10, maxLength: 40 }), { numRuns: 25, seed: 2 })
  const payloadOf = (history: number, seq: number) => ({ history, seq, note: `ą ß 🦊 ${seq}` })
  let people: readonly { readonly id: number; readonly canonical: string; readonly steps: readonly Step[] }[]

  beforeAll(async () => {
    const fresh = await freshSubscriptions(histories.length)
    people = fresh.map((person, at) => ({
      ...person,
      steps: unfold(histories[at] ?? []).filter(({ after }) => after !== null),
    }))
    // By the owner: histories may begin with an import, which the application's role may not record.
    const byOwner = openDatabase(house.database.ownerUrl, { connections: 1 })
    const owners: TestApp = { ...house, deps: { ...house.deps, db: byOwner.db } }
    for (const [at, { id, canonical, steps }] of people.entries()) {
      const acts = steps.map(({ act }, seq) => ({ ...act, payload: payloadOf(at, seq) }))
      // Some in one transaction, some in several: a chain is the same.
      const parts = at % 2 === 0 ? [acts] : acts.map((one) => [one])
      for (const part of parts) await act(owners, id, part, canonical)
    }
    await byOwner.close()
    expect(people.reduce((sum, { steps }) => sum + steps.length, 0)).toBeGreaterThan(150)
  })

  it('have exactly the row that their events lead to', async () => {
    for (const { id, steps } of people) {
      const chain = await chainOf(id)
      const folded = chain.reduce<ConsentState | null>((standing, stored) => {
        const { type, purposes } = valuesOf(stored)
        const known = subjectEventTypes.find((one) => one === type)
        if (known === undefined || standing === null || !Array.isArray(purposes)) return null
        return follow(standing, { type: known, purposes }, mail)
      }, beginning)
      const [row] = await house.owner<(ConsentState & { last_leaf: Uint8Array })[]>`
        select state, granted, restricted, seq, last_leaf from subscriptions where id = ${id}`
      const { last_leaf, ...standing } = row ?? { last_leaf: null }
      expect(standing).toEqual(folded)
      expect(standing).toEqual(steps.at(-1)?.after)
      expect(last_leaf).toEqual(chain.at(-1)?.leaf_hash)
    }
  })

  it('have chains without a gap, each leaf naming the hash of the one before (RFC 6962, 2.1)', async () => {
    for (const { id, canonical } of people) {
      const chain = await chainOf(id)
      const sub = commitmentToPerson(canonical, await keyOf(id))
      for (const [at, stored] of chain.entries()) {
        const hash = createHash('sha256')
          .update(new Uint8Array([0]))
          .update(stored.leaf)
          .digest()
        expect(Buffer.from(stored.leaf_hash)).toEqual(hash)
        const before = chain[at - 1]
        expect(valuesOf(stored)).toMatchObject({
          v: 1,
          eid: stored.eid,
          seq: at,
          prev: before === undefined ? null : Buffer.from(before.leaf_hash).toString('base64url'),
          sub,
          list: list.id,
        })
        expect(stored.seq).toBe(at)
        expect(Buffer.from(stored.leaf).toString('utf8')).toBe(
          canonicalJson(JSON.parse(String(Buffer.from(stored.leaf)))),
        )
      }
    }
  })

  it('have evidence that opens, and is what the leaf committed to (GDPR Art. 7(1), 5(2))', async () => {
    for (const [at, { id }] of people.entries()) {
      const key = await keyOf(id)
      for (const stored of await chainOf(id)) {
        const payload = openPayload(key, stored.eid, stored.blob)
        expect(payload).toEqual(payloadOf(at, stored.seq))
        expect(commitmentTo(payload, key, stored.eid)).toBe(valuesOf(stored).pay)
      }
    }
  })

  it('show it when one byte of their evidence was changed, whichever it is', async () => {
    const [person] = people
    const key = await keyOf(person?.id ?? 0)
    const [first, second] = await chainOf(person?.id ?? 0)
    if (first === undefined || second === undefined) throw new Error('the chain is too short for this')
    for (const at of first.blob.keys()) {
      const changed = Uint8Array.from(first.blob, (byte, place) => (place === at ? byte ^ 1 : byte))
      expect(openPayload(key, first.eid, changed)).toBeNull()
    }
    expect(openPayload(key, first.eid, first.blob.subarray(0, -1)), 'cut').toBeNull()
    expect(openPayload(key, first.eid, second.blob), 'taken from another event').toBeNull()
    expect(
      openPayload(await keyOf(people[1]?.id ?? 0), first.eid, first.blob),
      'another person’s key',
    ).toBeNull()
  })

  it('show it when their evidence was written anew by somebody who holds the key', async () => {
    const [person] = people
    const key = await keyOf(person?.id ?? 0)
    const [first] = await chainOf(person?.id ?? 0)
    if (first === undefined) throw new Error('there is no chain')
    const lie = { ...payloadOf(0, 0), note: 'they agreed to everything' }
    const opened = openPayload(key, first.eid, sealPayload(key, first.eid, house.deps.randomBytes(12), lie))
    expect(opened, 'the lie can be read').toEqual(lie)
    expect(base64urlOf(payloadCommitment(key, first.eid, lie))).not.toBe(valuesOf(first).pay)
  })

  it('are done nothing unlawful: it is a bug of the caller, and leaves no trace', async () => {
    for (const { id, steps } of people.slice(0, 8)) {
      const standing = steps.at(-1)?.after ?? beginning
      const unlawful = subjectEventTypes
        .map((type) => ({ type, purposes: ['unheard_of'] }))
        .filter((one) => follow(standing, one, mail) === null)
      expect(unlawful.length).toBeGreaterThan(3)
      const before = await chainOf(id)
      for (const one of unlawful) await expect(act(house, id, [one])).rejects.toBeInstanceOf(UnlawfulAct)
      expect(await chainOf(id)).toEqual(before)
    }
  })
})
