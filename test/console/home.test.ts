// web · the first steps on the home page: ticked when they were taken, not when they were begun
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleClient, signIn } from '../support/console.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
let eva: ConsoleClient
beforeAll(async () => {
  house = await openTestApp()
  eva = await signIn(house, { role: 'owner' })
})
afterAll(() => house.close())

/** The steps that are ticked; null once none are shown. */
async function ticked(): Promise<readonly string[] | null> {
  const home = await (await eva.get('/console')).text()
  if (!home.includes('Get started')) return null
  return [...home.matchAll(/<li class="step-done">.*?<strong>(.*?)<\/strong>/gs)].map(([, what = '']) => what)
}

it('a list, somebody who confirmed, a campaign on its way; a draft is none, and what was sent ends them', async () => {
  expect(await ticked()).toEqual([])
  const list = await house.makeList()
  expect(await ticked()).toEqual(['Create a list'])
  const campaign = await house.makeCampaign(list)
  expect(await ticked()).toEqual(['Create a list'])
  await house.subscribe(list, ['anna@example.pl'])
  expect(await ticked()).toEqual(['Create a list', 'Share its sign-up form'])
  await house.launch(campaign)
  expect(await ticked()).toEqual(['Create a list', 'Share its sign-up form', 'Send a campaign'])
  await house.rest()
  expect(await ticked()).toBeNull()
})
