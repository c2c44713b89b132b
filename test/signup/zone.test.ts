// web · times on public pages and in mails are those of the deployment's zone, and say so
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linkIn } from '../support/client.ts'
import { wordsOf } from '../support/page.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let list: TestList
beforeAll(async () => {
  house = await openTestApp()
  list = await house.makeList()
})
afterAll(() => house.close())

const setZone = (timezone: string) =>
  house.owner`
    insert into settings (name, value, updated_at)
    values ('sending', ${house.owner.json({ timezone, warm_up: null, caps: {}, quiet_hours: null })}, now())
    on conflict (name) do update set value = excluded.value`

/** The clock stands at 09:00 UTC on 1 June 2026. */
async function asked(email: string): Promise<{ mail: string; page: string; link: string }> {
  house.later({ seconds: 2 })
  await house.signUp(list, email)
  await house.rest()
  const [mail] = await house.mailsTo(email)
  const link = linkIn(mail ?? { text: '' }, 'c')
  return { mail: mail?.text ?? '', page: wordsOf(await (await house.get(link)).text()), link }
}

describe('a deployment', () => {
  it.each([
    ['Europe/Warsaw', '1 June 2026, 11:00 UTC+2', '8 June 2026, 11:00 UTC+2'],
    ['Pacific/Auckland', '1 June 2026, 21:00 UTC+12', '8 June 2026, 21:00 UTC+12'],
    ['UTC', '1 June 2026, 09:00 UTC', '8 June 2026, 09:00 UTC'],
    ['Mars/Olympus_Mons', '1 June 2026, 09:00 UTC', '8 June 2026, 09:00 UTC'],
  ])(
    'in %s says when an address was entered, and until when the link works, by its own clock',
    async (zone, at, until) => {
      const plain = (text: string): string => text.replaceAll('\u00a0', ' ')
      await setZone(zone)
      const { mail, page } = await asked(`${zone.replaceAll(/\W/g, '').toLowerCase()}@example.pl`)
      for (const words of [mail, page]) {
        expect(plain(words)).toContain(at.replace(',', ' at'))
        expect(plain(words)).toContain(until)
      }
    },
  )

  it('says by it on which day somebody agreed, in the foot of a campaign whose zone changes while it is sent', async () => {
    await setZone('Pacific/Auckland')
    house.later({ hours: 6 })
    await house.subscribe(list, ['late@example.pl'])
    const campaign = await house.makeCampaign(list)
    await house.launch(campaign)
    await setZone('UTC')
    house.later({ seconds: 2 })
    await house.rest()
    const [mail] = await house.mailsTo('late@example.pl')
    expect(mail?.text).toContain('because you agreed to it on 2 June 2026.')
  })

  it('dates the end of a link by it', async () => {
    await setZone('Pacific/Auckland')
    const { link } = await asked('expired@example.pl')
    house.later({ days: 8 })
    expect(wordsOf(await (await house.get(link)).text())).toContain('It worked until 9 June 2026')
  })
})
