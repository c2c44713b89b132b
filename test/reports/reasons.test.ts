// shell · one answer to why somebody is not mailed: gate, claim, counts before a campaign and explanation agree in every case. I1
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { campaignByNumber } from '../../src/campaigns/find.ts'
import { type SubscriptionState, subscriptionStates } from '../../src/consent/ledger.ts'
import {
  type Sendability,
  type SubscriptionReason,
  subscriptionReasons,
  whyNotSend,
} from '../../src/consent/why-not-send.ts'
import { claimBatch } from '../../src/delivery/claim.ts'
import { findList } from '../../src/lists/find.ts'
import type { List } from '../../src/lists/list.ts'
import { explainCampaign } from '../../src/reports/explain.ts'
import { countAudience } from '../../src/segments/audience.ts'
import { everyone } from '../../src/segments/filter.ts'
import { countSkipped } from '../../src/segments/left-out.ts'
import { parseAddress } from '../../src/subscribers/address.ts'
import { tickCampaigns } from '../../src/tick.ts'
import { type ActAsked, act } from '../support/acts.ts'
import { seedConfirmed } from '../support/seed.ts'
import { recipientsOf } from '../support/sender.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
beforeAll(async () => {
  house = await openTestApp()
})
afterAll(() => house.close())

const listOf = async ({ slug }: TestList): Promise<List> => {
  const found = await findList(house.deps.db, slug)
  if (found === null) throw new Error(`there is no list ${slug}`)
  return found
}

const both = ['newsletter', 'offers'] as const
/** The cross product. */
const combined = <A, B>(some: readonly A[], others: readonly B[]): readonly (A & B)[] =>
  some.flatMap((one) => others.map((other) => ({ ...one, ...other })))

describe('a subscription', () => {
  const at = new Date('2026-06-15T12:00:00.000Z')
  const moments = [null, new Date(at.getTime() - 1), at, new Date(at.getTime() + 1)]
  const grants: readonly (readonly string[])[] = [
    [],
    ['newsletter'],
    ['offers'],
    ['clicks'],
    ['clicks', 'offers'],
    ['clicks', 'newsletter', 'offers'],
  ]
  const cases: readonly Sendability[] = combined(
    combined(
      combined(
        subscriptionStates.map((state) => ({ state })),
        grants.map((granted) => ({ granted })),
      ),
      combined(
        [true, false].map((restricted) => ({ restricted })),
        [true, false].map((suppressed) => ({ suppressed })),
      ),
    ),
    combined(
      moments.map((notBefore) => ({ notBefore })),
      moments.map((sendableUntil) => ({ sendableUntil })),
    ),
  )
  const lists: TestList[] = []

  beforeAll(async () => {
    lists.push(await house.makeList({ slug: 'open' }), await house.makeList({ slug: 'archived' }))
    await house.owner`update lists set archived_at = now() where slug = 'archived'`
    const rows = JSON.stringify(cases.map((one, number) => ({ number, ...one })))
    await house.owner.begin(async (tx) => {
      // The ledger's triggers refuse people without a history.
      await tx`alter table subscriptions disable trigger user`
      await tx`
        insert into subscribers (id, uid, address_index, address, locale, mailbox_provider, created_at)
        overriding system value
        select -1 - n, gen_random_uuid(), sha256(n::text::bytea), '', 'en', 'other', now()
        from generate_series(0, ${cases.length - 1}::int) as n`
      await tx`
        insert into subscriptions (subscriber, list, state, granted, restricted, suppressed, not_before, sendable_until)
        select -1 - c.number, l.number, c.state, c.granted, c.restricted, c.suppressed, c."notBefore", c."sendableUntil"
        from jsonb_to_recordset(${rows}::text::jsonb) as c (number int, state text, granted text[], restricted boolean,
          suppressed boolean, "notBefore" timestamptz, "sendableUntil" timestamptz)
        cross join lists as l
        where l.slug in ('open', 'archived')`
      await tx`alter table subscriptions enable trigger user`
    })
  })

  /** The database's answers for every case, in order, asked in the application's role. */
  const answers = (list: TestList, purpose: string) =>
    house.app<{ why: SubscriptionReason | null; may: boolean }[]>`
      select why_not_send(s, ${purpose}, ${at}) as why, may_send(s, ${purpose}, ${at}) as may
      from subscriptions as s
      where s.list = ${list.number} and s.subscriber < 0
      order by s.subscriber desc`

  it.each([...both, 'clicks', 'unheard_of'])(
    'may be mailed for %s exactly where there is no reason against it, in SQL as in TypeScript',
    async (purpose) => {
      for (const list of lists) {
        const asked = await answers(list, purpose)
        expect(asked).toHaveLength(cases.length)
        const expected = cases.map((one) => whyNotSend(one, purpose, at))
        const wrong = cases.flatMap((one, number) =>
          asked[number]?.why === expected[number] && asked[number]?.may === (expected[number] === null)
            ? []
            : [{ ...one, expected: expected[number], ...asked[number] }],
        )
        expect(wrong).toEqual([])
      }
    },
  )

  it('meets every reason, and none', async () => {
    const [list = { number: 0, id: '', slug: '' }] = lists
    const met = new Set((await answers(list, 'newsletter')).map(({ why }) => why))
    expect(met).toEqual(new Set([...subscriptionReasons, null]))
  })

  const fine: Sendability = {
    state: 'active',
    granted: ['newsletter'],
    restricted: false,
    suppressed: false,
    notBefore: at,
    sendableUntil: new Date(at.getTime() + 1),
  }
  const heldBack = {
    restricted: true,
    suppressed: true,
    notBefore: new Date(at.getTime() + 1),
    sendableUntil: at,
  }
  it.each<[string, Partial<Sendability>, SubscriptionReason | null]>([
    ['nothing stands against it, from the first moment to the last', {}, null],
    ['nobody set a time', { notBefore: null, sendableUntil: null }, null],
    ['its state comes first', { ...heldBack, state: 'revoked', granted: [] }, 'revoked'],
    ['then the purpose', { ...heldBack, granted: ['offers'] }, 'not_granted'],
    ['then the restriction', heldBack, 'restricted'],
    ['then the suppression', { ...heldBack, restricted: false }, 'suppressed'],
    ['then the beginning of its time', { ...heldBack, restricted: false, suppressed: false }, 'not_yet'],
    ['then its end', { sendableUntil: at }, 'over'],
  ])('has the one reason that comes first: %s', (_, held, reason) => {
    expect(whyNotSend({ ...fine, ...held }, 'newsletter', at)).toBe(reason)
  })
})

/** How a person reached their state: the purposes of their first consent, and acts after the first freeze. */
const histories: Readonly<
  Record<string, { readonly first: readonly string[]; readonly acts: readonly ActAsked[] }>
> = {
  stayed: { first: both, acts: [] },
  'never agreed to the offers': { first: ['newsletter'], acts: [] },
  'never agreed to the newsletter': { first: ['offers'], acts: [] },
  'ended the offers': { first: both, acts: [{ type: 'consent.withdrawn', purposes: ['offers'] }] },
  'ended the newsletter': { first: both, acts: [{ type: 'consent.withdrawn', purposes: ['newsletter'] }] },
  withdrew: { first: both, acts: [{ type: 'consent.withdrawn', purposes: both }] },
  'withdrew the newsletter alone': {
    first: ['newsletter'],
    acts: [{ type: 'consent.withdrawn', purposes: ['newsletter'] }],
  },
  'was taken off': { first: both, acts: [{ type: 'consent.revoked', purposes: both }] },
  'had a consent that did not hold': { first: both, acts: [{ type: 'consent.invalidated', purposes: both }] },
  'let it run out': { first: both, acts: [{ type: 'consent.expired', purposes: both }] },
  'asked anew': {
    first: both,
    acts: [{ type: 'consent.withdrawn', purposes: both }, { type: 'consent.requested' }],
  },
  'said it was somebody else': {
    first: both,
    acts: [
      { type: 'consent.withdrawn', purposes: both },
      { type: 'consent.requested' },
      { type: 'consent.refused' },
    ],
  },
  'was erased': { first: both, acts: [{ type: 'subject.erased', purposes: both }] },
  'has not confirmed': { first: [], acts: [] },
  'never confirmed': { first: [], acts: [{ type: 'consent.expired' }] },
}

const future = '2099-01-01T00:00:00Z'
const past = '2020-01-01T00:00:00Z'
const times: Readonly<Record<string, readonly [notBefore: string | null, sendableUntil: string | null]>> = {
  'at any time': [null, null],
  'within a time': [past, future],
  'not yet': [future, null],
  'no longer': [null, past],
  'neither yet nor any longer': [future, past],
}

interface Person {
  readonly name: string
  readonly email: string
  readonly first: readonly string[]
  readonly acts: readonly ActAsked[]
  readonly isRestricted: boolean
  readonly isSuppressed: boolean
  readonly time: readonly [string | null, string | null]
  subscription: number
  subscriber: number
  uid: string
}

const people: readonly Person[] = Object.entries(histories)
  .flatMap(([name, history]) =>
    Object.entries(times).flatMap(([when, time]) =>
      [true, false].flatMap((isRestricted) =>
        [true, false].map((isSuppressed) => ({
          ...history,
          time,
          isRestricted,
          isSuppressed,
          name: `${name}, ${when}`,
        })),
      ),
    ),
  )
  .map((person, number) => ({
    ...person,
    email: `p${number}@example.pl`,
    subscription: 0,
    subscriber: 0,
    uid: '',
  }))

describe('people of all histories, asked about a campaign', () => {
  let list: List
  /** By purpose: campaigns to all who had agreed then, and to those who may be mailed now. */
  const before = new Map<string, { readonly id: string; readonly number: number }>()
  const after = new Map<string, { readonly id: string; readonly number: number }>()
  /** By campaign, the claim's reason for each person; null where the person is mailed. */
  const verdicts = new Map<number, Map<number, string | null>>()

  /** Freezes one campaign per purpose, and sends nothing. */
  async function freeze(campaigns: Map<string, { id: string; number: number }>): Promise<void> {
    for (const purpose of both) {
      const campaign = await house.makeCampaign(list, { purpose })
      await house.launch(campaign)
      campaigns.set(purpose, campaign)
    }
    while (await tickCampaigns(house.deps));
    house.later({ minutes: 1 })
  }

  async function claim(): Promise<void> {
    for (let batch = await claimBatch(house.deps); batch !== null; batch = await claimBatch(house.deps)) {
      const told = verdicts.get(batch.campaign) ?? new Map<number, string | null>()
      for (const [subscriber, reason] of batch.skips) told.set(subscriber, reason)
      for (const { subscriber } of batch.members) told.set(subscriber, null)
      verdicts.set(batch.campaign, told)
    }
  }

  beforeAll(async () => {
    const made = await house.makeList()
    list = await listOf(made)
    for (const first of [both, ['newsletter'], ['offers']])
      await seedConfirmed(
        house.deps,
        list.slug,
        people.filter((one) => String(one.first) === String(first)),
        first,
      )
    for (const one of people) if (one.first.length === 0) await house.signUp(made, one.email)
    await house.rest()
    for (const one of people) {
      const found = await house.subscription(made, one.email)
      one.subscription = found?.id ?? 0
      one.subscriber = found?.subscriber ?? 0
      const [row] = await house.app<
        { uid: string }[]
      >`select uid from subscribers where id = ${one.subscriber}`
      one.uid = row?.uid ?? ''
    }
    await freeze(before)
    for (const one of people) {
      const restriction: readonly ActAsked[] = one.isRestricted ? [{ type: 'processing.restricted' }] : []
      const acts = [...restriction, ...one.acts]
      if (acts.length > 0) await act(house, one.subscription, acts)
      if (one.isSuppressed) await house.api('POST', '/suppressions', { email: one.email })
      const [notBefore, sendableUntil] = one.time
      await house.owner`
        update subscriptions set not_before = ${notBefore}, sendable_until = ${sendableUntil} where id = ${one.subscription}`
    }
    house.later({ minutes: 1 })
    await freeze(after)
    await claim()
  })

  /** Reasons by subscriber. */
  async function reasonsFor(purpose: string): Promise<ReadonlyMap<number, SubscriptionReason | null>> {
    const rows = await house.app<{ subscriber: number; why: SubscriptionReason | null }[]>`
      select s.subscriber, why_not_send(s, ${purpose}, now()) as why from subscriptions as s where s.list = ${list.number}`
    return new Map(rows.map(({ subscriber, why }) => [subscriber, why]))
  }

  const toldOf = (answer: (one: Person) => unknown) =>
    Object.fromEntries(people.map((one) => [`${one.name}, ${one.email}`, answer(one)]))

  it('stand in every state there is', async () => {
    const rows = await house.app<{ state: SubscriptionState }[]>`
      select distinct state from subscriptions where list = ${list.number}`
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(subscriptionStates))
  })

  it.each(both)(
    'are left out of %s in the numbers that the reasons give, and the others are its audience',
    async (purpose) => {
      const about = { list, purpose, filter: everyone, now: house.now() }
      const skipped = await countSkipped(house.deps.db, about)
      const counted = [
        ...skipped.map(({ reason, people }) => [reason, people] as const),
        [null, await countAudience(house.deps.db, about)] as const,
      ]
      const tally = Map.groupBy((await reasonsFor(purpose)).values(), (why) => why)
      expect(new Map(counted)).toEqual(new Map(Array.from(tally, ([why, those]) => [why, those.length])))
    },
  )

  it.each(both)(
    'are recipients of what is frozen now for %s exactly where there is no reason',
    async (purpose) => {
      const why = await reasonsFor(purpose)
      const rows = await house.app<{ subscriber: number }[]>`
      select subscriber from recipients where campaign = ${after.get(purpose)?.number ?? 0}`
      const frozen = new Set(rows.map(({ subscriber }) => subscriber))
      expect(toldOf(({ subscriber }) => frozen.has(subscriber))).toEqual(
        toldOf(({ subscriber }) => why.get(subscriber) === null),
      )
    },
  )

  it.each(both)('have the same reason explained of %s, told by the ledger', async (purpose) => {
    const campaign = await campaignByNumber(house.deps.db, after.get(purpose)?.number ?? 0)
    if (campaign === null) throw new Error('there is no campaign')
    const why = await reasonsFor(purpose)
    const said = new Map<string, unknown>()
    for (const { email } of people) {
      const parsed = parseAddress(email, { smtpUtf8: true })
      if (!parsed.ok) throw new Error('this is no address')
      said.set(email, (await explainCampaign(house.deps, { campaign, list, address: parsed.address })).reason)
    }
    expect(toldOf(({ email }) => said.get(email))).toEqual(
      toldOf(({ subscriber, first }) => explained(why.get(subscriber) ?? null, first.includes(purpose))),
    )
  })

  it.each(both)(
    'are claimed for %s where there is no reason, and skipped with the reason where there is one',
    async (purpose) => {
      const why = await reasonsFor(purpose)
      const asked = people.filter(({ first }) => first.includes(purpose))
      expect(verdicts.get(before.get(purpose)?.number ?? 0)).toEqual(
        new Map(asked.map(({ subscriber }) => [subscriber, why.get(subscriber)])),
      )
    },
  )

  it('are skipped for every reason there is', () => {
    const met = new Set([...verdicts.values()].flatMap((told) => [...told.values()]))
    expect(met).toEqual(new Set([...subscriptionReasons, null]))
  })

  it.each(both)('are listed as recipients of %s with the reason as it was published', async (purpose) => {
    const why = await reasonsFor(purpose)
    const rows = await recipientsOf(house, before.get(purpose) ?? { id: '' })
    const told = new Map(rows.map(({ subscriber, outcome, reason }) => [subscriber, `${outcome} ${reason}`]))
    const asked = people.filter(({ first }) => first.includes(purpose))
    expect(told).toEqual(
      new Map(asked.map(({ uid, subscriber }) => [uid, listed(why.get(subscriber) ?? null)])),
    )
  })
})

/** The reason in GET /campaigns/{id}/recipients; a promise to API clients. */
function listed(why: SubscriptionReason | null): string {
  switch (why) {
    case null:
      return 'waiting null'
    case 'not_granted':
      return 'skipped withdrawn'
    case 'not_yet':
    case 'over':
      return 'skipped not_now'
    default:
      return `skipped ${why}`
  }
}

/** The reason in POST /campaigns/{id}/explain; a promise to API clients. */
function explained(why: SubscriptionReason | null, hadConsent: boolean): string | null {
  switch (why) {
    case 'pending':
    case 'refused':
    case 'expired':
    case 'withdrawn':
    case 'revoked':
    case 'invalidated':
      return hadConsent ? 'left_before' : 'not_confirmed_then'
    case 'not_granted':
      return hadConsent ? 'left_before' : 'purpose_not_granted'
    case 'erased':
    case 'restricted':
    case 'suppressed':
    case 'not_yet':
    case 'over':
    case null:
      return why
  }
}
