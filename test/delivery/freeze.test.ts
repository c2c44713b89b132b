// shell · freezing: recipients are written once, by one clock, and one campaign's failure stays its own. I1, I4
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withdraw } from '../../src/consent/withdraw.ts'
import { freezeCampaigns } from '../../src/delivery/freeze/freeze.ts'
import { tickBatches } from '../../src/tick.ts'
import { at, text } from '../support/client.ts'
import { type Seeded, seedConfirmed } from '../support/seed.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let list: TestList

beforeAll(async () => {
  house = await openTestApp()
  list = await house.makeList({
    fields: [{ key: 'town', type: 'text', label: 'Town', purpose: 'newsletter', filterable: true }],
  })
})
afterAll(() => house.close())

const recipientsOf = async (campaign: number): Promise<readonly number[]> =>
  (
    await house.owner<{ subscriber: number }[]>`
      select subscriber from recipients where campaign = ${campaign} order by subscriber`
  ).map(({ subscriber }) => subscriber)

describe('a campaign at the edge of somebody’s time', () => {
  it('goes by the database’s clock alone: one person’s hour does not stop the others’ letter', async () => {
    const people = await seedConfirmed(
      house.deps,
      list.slug,
      ['past@example.pl', 'begun@example.pl', 'other@example.pl'].map((email) => ({ email })),
    )
    const [past, begun, other] = people.map(({ subscriber }) => subscriber)
    // By this test's clock, set to last summer, neither moment has come; by the database's both have.
    expect(house.now().getTime()).toBeLessThan(Date.now())
    await house.owner`update subscriptions set sendable_until = now() where subscriber = ${past ?? 0}`
    await house.app`
      update subscriptions set not_before = now() - interval '1 day' where subscriber = ${begun ?? 0}`
    const campaign = await house.makeCampaign(list)
    await house.launch(campaign)
    await freezeCampaigns(house.deps)
    expect(await recipientsOf(campaign.number)).toEqual([begun, other])
  })
})

describe('a campaign whose segment names a field that its list no longer has', () => {
  it('stands still and says why, and the campaigns behind it go out', async () => {
    const [reader] = await house.subscribe(list, ['reader@example.pl'], { fields: { town: 'Kraków' } })
    const segment = await house.api('POST', '/segments', {
      name: 'Kraków',
      list: list.slug,
      filter: { field: 'town', is: 'Kraków' },
    })
    const broken = await house.makeCampaign(list, { segment: text(segment.body, 'id') })
    const sound = await house.makeCampaign(list)
    await house.launch(broken)
    await house.launch(sound)
    expect((await house.api('PATCH', `/lists/${list.slug}`, { fields: [] })).status).toBe(200)
    await house.rest()
    const shown = await house.api('GET', `/campaigns/${broken.id}`)
    expect(shown.body).toMatchObject({ state: 'paused', problem: expect.stringMatching(/\S/) })
    expect(await recipientsOf(broken.number)).toEqual([])
    expect(at((await house.api('GET', `/campaigns/${sound.id}`)).body, 'state')).toBe('sent')
    expect(await recipientsOf(sound.number)).toContain(reader.subscriber)
  })
})

describe('a list so long that it is frozen range by range', () => {
  const maxRange = 250
  const stateOf = async ({ id }: { readonly id: string }): Promise<unknown> =>
    at((await house.api('GET', `/campaigns/${id}`)).body, 'state')

  let long: TestList
  let crowd: readonly Seeded[]
  beforeAll(async () => {
    long = await house.makeList({ slug: 'long' })
    const people = Array.from({ length: 600 }, (_, n) => ({ email: `many${n}@example.pl` }))
    crowd = await seedConfirmed(house.deps, long.slug, people)
  })

  /** Refuses writes from this subscriber on, as a full disk or a kill would. */
  const stopAt = (subscriber: number) =>
    house.owner.unsafe(`
      create or replace function stop_here() returns trigger language plpgsql as $$
      begin if new.subscriber >= ${subscriber} then raise exception 'full' using errcode = 'disk_full'; end if; return new; end $$;
      create or replace trigger stop_here before insert on recipients for each row execute function stop_here()`)
  const goOn = () => house.owner.unsafe('drop trigger if exists stop_here on recipients')

  const batchesOf = (campaign: number) =>
    house.owner<{ batch_no: number; size: number; people: number }[]>`
      select b.batch_no, b.size, (select count(*)::int from recipients as r
        where r.campaign = b.campaign and r.batch_no = b.batch_no) as people
      from batches as b where b.campaign = ${campaign} order by b.batch_no`

  /** Launches a campaign that breaks off in the second of three ranges. */
  async function brokenOff(): Promise<{ readonly id: string; readonly number: number }> {
    const campaign = await house.makeCampaign(long)
    await house.launch(campaign)
    await stopAt(crowd[400]?.subscriber ?? 0)
    await expect(freezeCampaigns(house.deps, maxRange)).rejects.toThrow()
    await goOn()
    expect(await stateOf(campaign)).toBe('freezing')
    expect(await recipientsOf(campaign.number)).toHaveLength(maxRange)
    return campaign
  }
  const everyone = () => crowd.map(({ subscriber }) => subscriber)

  it('has everybody once, in batches that are numbered on', async () => {
    const campaign = await house.makeCampaign(long)
    await house.launch(campaign)
    await freezeCampaigns(house.deps, maxRange)
    expect(await stateOf(campaign)).toBe('sending')
    expect(await recipientsOf(campaign.number)).toEqual(everyone())
    const batches = await batchesOf(campaign.number)
    expect(batches.map(({ batch_no }) => batch_no)).toEqual(batches.map((_, place) => place))
    expect(batches.map(({ size }) => size)).toEqual([100, 100, 50, 100, 100, 50, 100])
    expect(batches.filter(({ size, people }) => size !== people)).toEqual([])
    await house.api('POST', `/campaigns/${campaign.id}/cancel`)
  })

  it('goes on after a crash where it was, and nobody is sent to before it is whole (I4)', async () => {
    const campaign = await brokenOff()
    await house.request('/dev/mailbox.json', { method: 'DELETE' })
    const [before, after] = [crowd[10], crowd[590]]
    for (const one of [before, after])
      await withdraw(house.deps, {
        subscription: one?.subscription ?? 0,
        channel: 'one_click',
        actor: { kind: 'subject' },
      })
    expect(await tickBatches(house.deps)).toBe(false)
    await freezeCampaigns(house.deps, maxRange)
    const frozen = await recipientsOf(campaign.number)
    expect(frozen).toEqual(everyone().filter((one) => one !== after?.subscriber))
    await house.rest()
    expect(await stateOf(campaign)).toBe('sent')
    const mailed = (await house.mails()).map(({ to }) => to)
    expect(new Set(mailed).size).toBe(598)
    expect(mailed).toHaveLength(598)
    await seedConfirmed(
      house.deps,
      long.slug,
      [before, after].flatMap((one) => (one === undefined ? [] : [{ email: one.email }])),
    )
  })

  it('can be paused on the way, and resumed', async () => {
    const campaign = await brokenOff()
    expect((await house.api('POST', `/campaigns/${campaign.id}/pause`)).status).toBe(202)
    await freezeCampaigns(house.deps, maxRange)
    expect(await recipientsOf(campaign.number)).toHaveLength(maxRange)
    expect((await house.api('POST', `/campaigns/${campaign.id}/resume`)).status).toBe(202)
    await freezeCampaigns(house.deps, maxRange)
    expect(await recipientsOf(campaign.number)).toEqual(everyone())
    await house.api('POST', `/campaigns/${campaign.id}/cancel`)
  })

  it('can be cancelled on the way: then nobody is mailed', async () => {
    const campaign = await brokenOff()
    await house.request('/dev/mailbox.json', { method: 'DELETE' })
    expect((await house.api('POST', `/campaigns/${campaign.id}/cancel`)).status).toBe(202)
    await house.rest()
    expect(await stateOf(campaign)).toBe('cancelled')
    expect(await recipientsOf(campaign.number)).toHaveLength(maxRange)
    expect(await house.mails()).toEqual([])
  })
})
