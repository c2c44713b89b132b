// web · the screen on which the operator says who hosts the deployment. GDPR Art. 13(1)(e)
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleClient, signIn } from '../support/console.ts'
import { wordsOf } from '../support/page.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
let owner: ConsoleClient
const path = '/console/settings/processors'

beforeAll(async () => {
  house = await openTestApp()
  owner = await signIn(house, { role: 'owner' })
})
afterAll(() => house.close())

const company = [
  ['hosting.whose', 'company'],
  ['hosting.name', 'Glesys'],
  ['hosting.country', 'se'],
  ['hosting.safeguard', ''],
] as const

describe('hosting and mail', () => {
  it('are saved by an owner, and reach the notice of each list', async () => {
    await house.makeList()
    expect(wordsOf(await (await owner.get(path)).text())).toContain('Who runs the machine')
    const saved = await owner.post(path, company)
    expect([saved.status, saved.headers.get('location')]).toEqual([303, `${path}?done=saved`])
    expect((await house.api('GET', '/processors')).body).toEqual({
      hosting: { name: 'Glesys', country: 'SE', safeguard: null },
      mail_server: null,
    })
    expect(await (await house.get('/s/letter')).text()).toContain('Glesys (Sweden)')
    expect(await (await owner.get(path)).text()).toContain('value="Glesys"')
  })

  it.each<[string, readonly (readonly [string, string])[], string]>([
    ['no answer', [['hosting.whose', '']], 'Choose one of the two.'],
    [
      'a company without a name',
      [
        ['hosting.whose', 'company'],
        ['hosting.country', 'SE'],
      ],
      'Name the company.',
    ],
    [
      'a country written out',
      [
        ['hosting.whose', 'company'],
        ['hosting.name', 'Glesys'],
        ['hosting.country', 'Sweden'],
      ],
      'two-letter code',
    ],
  ])('say what is missing with %s', async (_, fields, words) => {
    const refused = await owner.post(path, fields)
    expect(refused.status).toBe(422)
    expect(wordsOf(await refused.text())).toContain(words)
  })

  it('are not for an editor to change', async () => {
    const editor = await signIn(house, { role: 'editor' })
    expect((await editor.post(path, company)).status).toBe(403)
  })
})
