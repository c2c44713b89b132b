// web · feedback in the console: figures that open, why (not) this person, suppressions
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countsOf, totalsOf } from '../../src/reports/figures.ts'
import { type Outcome, outcomes, recipientsOf } from '../../src/reports/outcomes.ts'
import { text } from '../support/client.ts'
import { type ConsoleClient, signIn } from '../support/console.ts'
import { hookEnv, hookEvents, postEvent } from '../support/hooks.ts'
import { wordsOf } from '../support/page.ts'
import { type Seeded, seedConfirmed } from '../support/seed.ts'
import { listSettings, openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let eva: ConsoleClient
let list: TestList
let other: TestList
let people: readonly Seeded[] = []
const campaign = { id: '', number: 0 }
const mail = (nth: number): string => `reader${nth}@example.pl`

beforeAll(async () => {
  house = await openTestApp({ env: hookEnv })
  eva = await signIn(house, { role: 'owner', name: 'Eva', email: 'eva@brand.example' })
  list = await house.makeList()
  other = await house.makeList({ ...listSettings, slug: 'other', name: 'Other letter' })
  people = await seedConfirmed(
    house.deps,
    list.slug,
    Array.from({ length: 5 }, (_, nth) => ({ email: mail(nth) })),
  )
  await seedConfirmed(house.deps, other.slug, [{ email: 'stranger@example.pl' }])
  house.later({ hours: 1 })
  Object.assign(campaign, await house.makeCampaign(list))
  await house.launch(campaign)
  await house.rest()
  house.later({ minutes: 1 })
  for (const [nth, event] of [
    [0, hookEvents.delivered],
    [1, hookEvents.delivered],
    [2, hookEvents.hard],
    [3, hookEvents.delivered],
    [3, hookEvents.complained],
  ] as const)
    await postEvent(house, tagOf(nth), event)
})
afterAll(() => house.close())

const tagOf = (nth: number) =>
  ({
    kind: 'campaign',
    subscription: people.find(({ email }) => email === mail(nth))?.subscription ?? 0,
    campaign: campaign.number,
  }) as const

const read = async (answer: Response | Promise<Response>): Promise<string> => (await answer).text()
const words = async (answer: Response | Promise<Response>): Promise<string> =>
  wordsOf(await read(answer)).replace(/\s+/g, ' ')
const page = (rest = ''): string => `/console/campaigns/${campaign.id}${rest}`
const screen = '/console/settings/suppressions'

describe('what the provider said of a campaign', () => {
  it('stands with its denominators, each opening into exactly its people (I10)', async () => {
    const said = await words(eva.get(page()))
    expect(said).toContain('Delivered 3 of 5 sent')
    expect(said).toContain('Bounced 1 of 5 sent')
    expect(said).toContain('Complained 1 of 3 delivered')
    for (const [heard, people] of [
      ['delivered', 3],
      ['bounced', 1],
      ['complained', 1],
      ['failed', 0],
    ] as const) {
      const rows = await read(eva.get(page(`/recipients?heard=${heard}`)))
      expect(rows.match(/href="\/console\/people\/[0-9a-f-]{36}"/g) ?? []).toHaveLength(people)
    }
    expect(await words(eva.get(page('/recipients?heard=bounced')))).toContain('Bounced: hard 5.1.1')
  })

  it('stands beside the person too', async () => {
    const found = await house.api('POST', '/subscribers/search', { email: mail(2) })
    const said = await words(eva.get(`/console/people/${text(found.body, 'data', 0, 'id')}`))
    expect(said).toContain('bounced 1 Jun 2026')
    expect(said).toContain('This address is suppressed')
  })

  it('is one count in the overview of many, in the totals of one and in the rows', async () => {
    const second = await house.makeCampaign(list)
    await house.launch(second)
    await house.rest()
    const now = new Date(house.now().getTime() + 80 * 3_600_000)
    const check = async (): Promise<readonly (readonly [string, number])[]> => {
      const many = await countsOf(house.deps.db, [campaign.number, second.number], now)
      for (const { number } of [campaign, second]) {
        expect(await totalsOf(house.deps.db, number, now)).toMatchObject({ ...many.get(number) })
        const counted = await Promise.all(outcomes.map(async (one) => [one, await rowsOf(number, one, now)]))
        const { recipients = 0, ...others } = many.get(number) ?? {}
        expect(Object.fromEntries(counted.filter(([one]) => one !== 'waiting'))).toEqual(others)
        expect(counted.reduce((sum, [, people]) => sum + Number(people), 0)).toBe(recipients)
      }
      return Object.entries(many.get(campaign.number) ?? {})
    }
    expect(await check()).toContainEqual(['sent', 5])
    // Inferred, and without feedback for one of the five in three days.
    await house.owner`update batches set inferred = true where campaign = ${campaign.number}`
    expect(await check()).toContainEqual(['unknown', 1])
    // Unanswered: feedback settles all but one.
    await house.owner`
      update batches set state = 'unknown', inferred = false, sent_at = null, unknowns = r.all, left_out = r.all
      from (select array_agg(subscriber) as all from recipients where campaign = ${campaign.number}) as r
      where campaign = ${campaign.number}`
    expect(await check()).toContainEqual(['sent', 4])
    await house.owner`
      update batches set state = 'sent', sent_at = ${house.now()}, unknowns = '{}', left_out = '{}'
      where campaign = ${campaign.number}`
  })

  const rowsOf = async (number: number, outcome: Outcome, now: Date): Promise<number> =>
    (await recipientsOf(house.deps.db, { campaign: number, outcome, limit: 200, after: null, now })).length
})

describe('why (not) this person', () => {
  const explain = (desk: ConsoleClient, email: string) => desk.post(page('/explain'), [['email', email]])

  it('is told of somebody who got it, with the consent, and what came of it', async () => {
    expect(await read(eva.get(page()))).toContain(`action="${page('/explain')}"`)
    const answer = await explain(eva, mail(3))
    expect(answer.status).toBe(200)
    const said = await words(answer)
    expect(said).toContain('It was sent to them It arrived, and this person reported it as spam.')
    expect(said).toContain('Consent given 1 Jun 2026')
    expect(said).toContain('Delivery Complained')
    expect(said).toContain('Withdrew consent.')
  })

  it('does not call it got where it came back', async () => {
    const said = await words(explain(eva, mail(2)))
    expect(said).toContain('It was sent, but did not reach them')
    expect(said).toContain('Delivery Bounced: hard 5.1.1')
  })

  it('is told of a stranger, without a word on where else they are', async () => {
    const html = await read(explain(eva, 'stranger@example.pl'))
    expect(wordsOf(html)).toContain('It was not sent to them')
    expect(wordsOf(html)).toContain('This person was never on the list.')
    expect(html).not.toMatch(/href="\/console\/people\/[0-9a-f-]{36}"/)
  })

  it('asks again for half an address, and keeps what was typed', async () => {
    const answer = await explain(eva, 'reader3@')
    expect(answer.status).toBe(422)
    const html = await read(answer)
    expect(wordsOf(html)).toContain('This is not a complete email address.')
    expect(html).toContain('value="reader3@"')
  })

  it('is for those who may see people, on their lists; the address is in no log', async () => {
    const sender = await signIn(house, { role: 'sender' })
    expect(await read(sender.get(page()))).not.toContain('/explain')
    expect((await explain(sender, mail(0))).status).toBe(403)
    const scoped = await signIn(house, {
      role: 'editor',
      lists: [other.number],
      email: 'scoped@brand.example',
    })
    expect((await explain(scoped, mail(0))).status).toBe(403)
    expect(house.logged.join('\n')).not.toContain('reader')
  })
})

describe('suppressions', () => {
  const add = (desk: ConsoleClient, email: string, scope = 'all') =>
    desk.post(screen, [
      ['email', email],
      ['scope', scope],
    ])
  const newest = async (): Promise<string> =>
    (await house.owner<{ id: string }[]>`select id from suppressions order by id desc limit 1`)[0]?.id ?? ''

  it('stand by scope, reason and time, and never by address', async () => {
    const html = await read(eva.get(screen))
    expect(wordsOf(html)).toMatch(/All email bounced/)
    expect(wordsOf(html)).toMatch(/Garden letter reported as spam/)
    expect(html).not.toMatch(/reader\d/)
  })

  it('are added by address, hold at once, and are lifted after a page that says what follows', async () => {
    expect((await add(eva, mail(0))).headers.get('location')).toBe(`${screen}?done=added`)
    expect(await house.subscription(list, mail(0))).toMatchObject({ suppressed: true })
    const id = await newest()
    expect(await words(eva.get(`${screen}/${id}/lift`))).toMatch(
      /Suppressed for All email Reason added by hand .*not added to any list/,
    )
    expect((await eva.post(`${screen}/${id}/lift`)).headers.get('location')).toBe(`${screen}?done=lifted`)
    expect(await house.subscription(list, mail(0))).toMatchObject({ suppressed: false })
    expect((await eva.post(`${screen}/${id}/lift`)).status).toBe(404)
    const acts = await house.owner`
      select verb, details from audit_log where actor_id = ${eva.operator} and verb like 'suppression.%' order by id`
    expect(acts.map((one) => one['verb'])).toEqual(['suppression.add', 'suppression.remove'])
    expect(JSON.stringify(acts)).not.toContain('@')
  })

  it('keep what was typed where it is no address', async () => {
    const answer = await add(eva, 'nobody', 'confirmations')
    expect(answer.status).toBe(422)
    const html = await read(answer)
    expect(html).toContain('value="nobody"')
    expect(html).toMatch(/value="confirmations" selected/)
    expect((await add(eva, 'a@example.pl', 'list:none')).status).toBe(422)
  })

  it('of a person’s own word are not lifted by hand', async () => {
    const [row] = await house.owner<{ id: string }[]>`select id from suppressions where reason = 'complaint'`
    expect(await read(eva.get(screen))).not.toContain(`${row?.id}/lift`)
    expect((await eva.get(`${screen}/${row?.id}/lift`)).status).toBe(409)
    expect((await eva.post(`${screen}/${row?.id}/lift`)).status).toBe(409)
  })

  it('are seen by those who see people, and changed by those who may change people', async () => {
    const auditor = await signIn(house, { role: 'auditor' })
    const html = await read(auditor.get(screen))
    expect(wordsOf(html)).toContain('All email')
    expect(html).not.toContain('<form method="post" action="/console/settings/suppressions"')
    expect((await add(auditor, mail(1))).status).toBe(403)
    const analyst = await signIn(house, { role: 'analyst' })
    expect((await analyst.get(screen)).status).toBe(403)
  })

  it('of all lists are not for somebody who sees one of them', async () => {
    const scoped = await signIn(house, {
      role: 'editor',
      lists: [other.number],
      email: 'one@brand.example',
    })
    expect(await words(scoped.get(screen))).toContain('No suppressions')
    expect((await add(scoped, mail(1))).status).toBe(422)
    expect((await add(scoped, mail(1), `list:${list.id}`)).status).toBe(422)
    expect((await add(scoped, 'stranger@example.pl', `list:${other.id}`)).status).toBe(303)
    expect(await words(scoped.get(screen))).toContain('Other letter added by hand')
    const [row] = await house.owner<{ id: string }[]>`select id from suppressions where reason = 'bounce'`
    expect((await scoped.get(`${screen}/${row?.id}/lift`)).status).toBe(404)
    expect((await scoped.post(`${screen}/${row?.id}/lift`)).status).toBe(404)
  })

  it('are not changed by anybody who looks at them', async () => {
    const before = await house.owner`select id from suppressions order by id`
    for (const path of [
      screen,
      `${screen}?after=${await newest()}`,
      page('/explain'),
      page('/recipients?heard=x'),
    ])
      expect((await eva.get(path)).status).toBe(200)
    expect(await house.owner`select id from suppressions order by id`).toEqual(before)
  })
})
