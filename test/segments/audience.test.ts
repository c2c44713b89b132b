// sql · audience counts: the shortcut count equals the count person by person
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withdraw } from '../../src/consent/withdraw.ts'
import { freezeCampaigns } from '../../src/delivery/freeze/freeze.ts'
import { findList } from '../../src/lists/find.ts'
import type { List } from '../../src/lists/list.ts'
import { audience, countAudience, matches } from '../../src/segments/audience.ts'
import { everyone, type Filter } from '../../src/segments/filter.ts'
import { checkedFilter } from '../../src/segments/save.ts'
import { seedConfirmed } from '../support/seed.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
let list: List

beforeAll(async () => {
  house = await openTestApp()
  const { slug } = await house.makeList({
    purposes: [{ key: 'offers', kind: 'mail', title: 'Offers', text: 'Now and then.' }],
  })
  const whole = await findList(house.deps.db, slug)
  if (whole === null) throw new Error('no list')
  list = whole
  const people = (names: readonly string[]) => names.map((name) => ({ email: `${name}@example.pl` }))
  await seedConfirmed(
    house.deps,
    slug,
    people(['plain', 'another', 'gone', 'held', 'later', 'begun', 'over', 'until']),
  )
  await seedConfirmed(house.deps, slug, people(['both', 'both-over']), ['newsletter', 'offers'])
  await seedConfirmed(house.deps, slug, people(['offers-only']), ['offers'])
  const stand = standOn(list)
  await stand('held', 'suppressed', true)
  await stand('later', 'not_before', '2099-01-01T00:00:00Z')
  await stand('begun', 'not_before', '2020-01-01T00:00:00Z')
  await stand('over', 'sendable_until', '2020-01-01T00:00:00Z')
  await stand('both-over', 'sendable_until', '2020-01-01T00:00:00Z')
  await stand('until', 'sendable_until', '2099-01-01T00:00:00Z')
  await leave(list, 'gone')
})
afterAll(() => house.close())

const standOn = (of: List) => async (name: string, column: string, value: string | boolean) => {
  const standing = await house.subscription(of, `${name}@example.pl`)
  await house.owner`
    update subscriptions set ${house.owner(column)} = ${value} where id = ${standing?.id ?? 0}`
}

async function leave(of: List, name: string): Promise<void> {
  const gone = await house.subscription(of, `${name}@example.pl`)
  await withdraw(house.deps, { subscription: gone?.id ?? 0, channel: 'page', actor: { kind: 'subject' } })
}

const about = (purpose: string, filter: Filter, of = list) => ({
  list: of,
  purpose,
  filter,
  now: house.now(),
})

/** Size of the audience a freeze would write down, person by person. */
async function frozen(purpose: string, filter: Filter, of = list): Promise<number> {
  const rows = await house.deps.db.execute(
    sql`select s.id ${await audience(house.deps.db, about(purpose, filter, of))}`,
  )
  return rows.length
}

describe('an audience of people who said yes to more, to less, or for a time', () => {
  it.each([
    // plain, another, begun, until, both
    { purpose: 'newsletter', people: 5 },
    // both, offers-only
    { purpose: 'offers', people: 2 },
    { purpose: 'unheard_of', people: 0 },
  ])('is counted for $purpose as it would be frozen', async ({ purpose, people }) => {
    expect(await countAudience(house.deps.db, about(purpose, everyone))).toBe(people)
    expect(await frozen(purpose, everyone)).toBe(people)
    // The same people by a condition that is always true, so that each person is checked.
    expect(
      await countAudience(
        house.deps.db,
        about(purpose, { any: [{ locale: 'en' }, { not: { locale: 'en' } }] }),
      ),
    ).toBe(people)
  })
})

describe('an audience on a list of one purpose', () => {
  it('is counted in two parts, of the plain and of the others, as it would be frozen', async () => {
    const { slug } = await house.makeList({
      slug: 'single',
      purposes: [],
      fields: [
        {
          key: 'land',
          type: 'choice',
          options: ['PL', 'SE'],
          label: 'Land',
          purpose: 'newsletter',
          filterable: true,
        },
      ],
    })
    const single = await findList(house.deps.db, slug)
    if (single === null) throw new Error('no list')
    expect(single.purposes).toHaveLength(1)
    const people = (names: readonly string[], land: string) =>
      names.map((name) => ({ email: `${name}@example.pl`, fields: { land } }))
    await seedConfirmed(house.deps, slug, people(['se', 'se-held', 'se-later', 'se-begun', 'se-over'], 'SE'))
    await seedConfirmed(house.deps, slug, people(['pl', 'pl-until', 'pl-gone'], 'PL'))
    const stand = standOn(single)
    await stand('se-held', 'suppressed', true)
    await stand('se-later', 'not_before', '2099-01-01T00:00:00Z')
    await stand('se-begun', 'not_before', '2020-01-01T00:00:00Z')
    await stand('se-over', 'sendable_until', '2020-01-01T00:00:00Z')
    await stand('pl-until', 'sendable_until', '2099-01-01T00:00:00Z')
    await leave(single, 'pl-gone')
    const count = (filter: Filter) => countAudience(house.deps.db, about('newsletter', filter, single))
    // se, se-begun; pl, pl-until
    expect(await count({ field: 'land', is: 'SE' })).toBe(2)
    expect(await count({ field: 'land', is: 'PL' })).toBe(2)
    const filters: readonly Filter[] = [
      { not: { field: 'land', is: 'SE' } },
      { field: 'land', is_not: 'PL' },
      { all: [{ locale: 'en' }, { purpose: 'newsletter' }] },
      { any: [{ field: 'land', is: 'SE' }, { purpose: 'offers' }] },
      { all: [{ field: 'land', exists: true }, { not: { purpose: 'newsletter' } }] },
    ]
    for (const filter of filters)
      expect({ filter, counted: await count(filter) }).toEqual({
        filter,
        counted: await frozen('newsletter', filter, single),
      })
    expect(await countAudience(house.deps.db, about('offers', { locale: 'en' }, single))).toBe(0)
  })
})

describe('those who received a campaign, and those who did not', () => {
  let letters: List
  let sent: { readonly id: string }
  let elsewhere: { readonly id: string }

  /** Freezes to the current list, and hands over to all but one. */
  async function send(of: List, but: string): Promise<{ readonly id: string }> {
    const campaign = await house.makeCampaign(of)
    await house.launch(campaign)
    await freezeCampaigns(house.deps)
    const leftOut = await house.subscription(of, `${but}@example.pl`)
    await house.owner`
      update batches set state = 'sent', left_out = array[${leftOut?.subscriber ?? 0}::bigint]
      where campaign = ${campaign.number}`
    return campaign
  }

  beforeAll(async () => {
    const { slug } = await house.makeList({
      slug: 'letters',
      purposes: [{ key: 'offers', kind: 'mail', title: 'Offers', text: 'Now and then.' }],
    })
    const whole = await findList(house.deps.db, slug)
    if (whole === null) throw new Error('no list')
    letters = whole
    const join = (names: readonly string[], purposes = ['newsletter']) =>
      seedConfirmed(
        house.deps,
        slug,
        names.map((name) => ({ email: `${name}@example.pl` })),
        purposes,
      )
    await join(['plain', 'another', 'skipped', 'gone', 'held', 'later', 'over'])
    await join(['both', 'both-over', 'both-gone'], ['newsletter', 'offers'])
    await join(['offers-only'], ['offers'])
    sent = await send(letters, 'skipped')
    elsewhere = await send(list, 'another')
    await join(['new'])
    await join(['both-new'], ['newsletter', 'offers'])
    await leave(letters, 'gone')
    await leave(letters, 'both-gone')
    const stand = standOn(letters)
    await stand('held', 'suppressed', true)
    await stand('later', 'not_before', '2099-01-01T00:00:00Z')
    await stand('over', 'sendable_until', '2020-01-01T00:00:00Z')
    await stand('both-over', 'sendable_until', '2020-01-01T00:00:00Z')
  })

  it('are counted by a condition of the filter', async () => {
    const count = (filter: Filter) => countAudience(house.deps.db, about('newsletter', filter, letters))
    // plain, another, both
    expect(await count({ received: sent.id })).toBe(3)
    // skipped, new, both-new
    expect(await count({ not: { received: sent.id } })).toBe(3)
  })

  it.each(['newsletter', 'offers'])('are as many as would be frozen for %s', async (purpose) => {
    const filters = [sent.id, elsewhere.id, '0193a8f0-0000-7ce1-8589-000000000000'].flatMap(
      (received): readonly Filter[] => [
        { received },
        { not: { received } },
        { all: [{ any: [{ received }] }] },
        { any: [{ not: { all: [{ received }] } }] },
        { not: { not: { received } } },
        { all: [{ received }, { received: sent.id }] },
        { any: [{ received }, { not: { received: sent.id } }] },
      ],
    )
    for (const filter of filters) {
      const counted = await countAudience(house.deps.db, about(purpose, filter, letters))
      expect({ filter, counted }).toEqual({ filter, counted: await frozen(purpose, filter, letters) })
    }
  })
})

describe('a campaign of another list', () => {
  it('counts as sent to nobody, as one that does not exist, in counts and in what is frozen', async () => {
    const garden = await house.makeList({ slug: 'garden-only' })
    const hidden = await house.makeList({ slug: 'hidden' })
    await house.subscribe(garden, ['on.both@example.pl', 'on.one@example.pl'])
    await house.subscribe(hidden, ['on.both@example.pl'])
    const secret = await house.makeCampaign(hidden)
    await house.launch(secret)
    await freezeCampaigns(house.deps)
    await house.owner`update batches set state = 'sent' where campaign = ${secret.number}`
    const [seen, own] = [
      await findList(house.deps.db, 'garden-only'),
      await findList(house.deps.db, 'hidden'),
    ]
    if (seen === null || own === null) throw new Error('no list')
    const count = (filter: Filter, of: List) => countAudience(house.deps.db, about('newsletter', filter, of))
    expect(await count({ received: secret.id }, own)).toBe(1)
    const around: readonly ((received: string) => Filter)[] = [
      (received) => ({ received }),
      (received) => ({ not: { received } }),
      (received) => ({ all: [{ received }, { locale: 'en' }] }),
      (received) => ({ any: [{ received }, { tag: 'nobody' }] }),
      (received) => ({ not: { all: [{ not: { received } }] } }),
    ]
    for (const filterOf of around) {
      const nothing = filterOf('0193a8f0-0000-7ce1-8589-000000000000')
      expect(await count(filterOf(secret.id), seen)).toBe(await count(nothing, seen))
      expect(await frozen('newsletter', filterOf(secret.id), seen)).toBe(
        await frozen('newsletter', nothing, seen),
      )
    }
    expect(await count({ received: secret.id }, seen)).toBe(0)
  })
})

describe('a field that is filtered by range', () => {
  it.each([
    { key: 'points', type: 'number', range: { gte: 9600 } },
    { key: 'since', type: 'date', range: { lt: '2026-06-01' } },
  ])('is looked up in an index of its own, within the list: $type', async ({ key, type, range }) => {
    const { slug } = await house.makeList({
      slug: `by-${key}`,
      fields: [{ key, type, label: key, purpose: 'newsletter', filterable: true }],
    })
    const asked = await findList(house.deps.db, slug)
    if (asked === null) throw new Error('no list')
    const condition = await matches(house.deps.db, {
      list: asked,
      filter: checkedFilter({ field: key, ...range }, asked),
      now: house.now(),
    })
    const plan = await house.deps.db.transaction(async (tx) => {
      await tx.execute(sql`set local enable_seqscan = off`)
      return tx.execute(sql`
        explain select
        from (select ${asked.number}::bigint as list, '{newsletter}'::text[] as granted) as s
        join details as d on d.list = s.list
        where ${condition}`)
    })
    expect(JSON.stringify(plan)).toContain(`details_${type}_${key}`)
  })
})
