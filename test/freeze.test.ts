// shell · who gets a campaign is written down once: by one clock, and one campaign's trouble is its own. I1, I4
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freezeCampaigns } from '../src/delivery/freeze.ts'
import { at, text } from './support/client.ts'
import { type House, type HouseList, openHouse } from './support/house.ts'
import { seedConfirmed } from './support/seed.ts'

let house: House
let list: HouseList

beforeAll(async () => {
  house = await openHouse()
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
    // By the clock of this test, of last summer, neither moment has come; by the database's both have.
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
