// web · setting the sending rules, by API and by screen; and the source of a person's time zone
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { batchSize, noRules, usualWarmUp } from '../../src/sending-rules/rules.ts'
import { at, text } from '../support/client.ts'
import { type ConsoleClient, signIn } from '../support/console.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let list: TestList
let desk: ConsoleClient

beforeAll(async () => {
  house = await openTestApp({ connections: 2 })
  list = await house.makeList()
  desk = await signIn(house, { role: 'owner' })
})
afterAll(() => house.close())

const rules = {
  timezone: 'Europe/Warsaw',
  warm_up: { start: '2026-05-31', people_per_day: [200, 400, 800] },
  caps: { gmail: { per_hour: 2000, per_day: null } },
  quiet_hours: { from: '21:00', to: '08:00' },
}
const saved = async () => (await house.api('GET', '/sending')).body

describe('the rules on sending', () => {
  it('are none, in UTC, until somebody makes them', async () => {
    expect(await saved()).toEqual(noRules)
  })

  it('are kept as they were sent, and are in the audit log', async () => {
    expect(await house.api('PUT', '/sending', rules)).toMatchObject({ status: 200, body: rules })
    expect(await saved()).toEqual(rules)
    const acts = await house.api('GET', '/audit?verb=settings.sending')
    expect(at(acts.body, 'data', 0)).toMatchObject({ subject: { kind: 'settings', id: 'sending' } })
  })

  it.each([
    ['timezone', { timezone: 'Europe/Atlantis' }],
    ['timezone', { timezone: '+01:00' }],
    ['timezone', { timezone: 7 }],
    ['warm_up.start', { warm_up: { start: '31 May', people_per_day: [1] } }],
    ['warm_up.people_per_day', { warm_up: { start: '2026-05-31', people_per_day: [] } }],
    ['warm_up.people_per_day.1', { warm_up: { start: '2026-05-31', people_per_day: [200, 0] } }],
    ['warm_up.people_per_day.0', { warm_up: { start: '2026-05-31', people_per_day: [2.5] } }],
    ['caps.gmail', { caps: { gmail: {} } }],
    ['caps.gmail.per_hour', { caps: { gmail: { per_hour: -1 } } }],
    ['caps.hotpost', { caps: { hotpost: { per_hour: 1 } } }],
    ['quiet_hours.from', { quiet_hours: { from: '24:00', to: '08:00' } }],
    ['quiet_hours.to', { quiet_hours: { from: '08:00', to: '08:00' } }],
    ['pace', { pace: 1 }],
  ])('are refused in words at %s, and stay what they were', async (path, change) => {
    const answer = await house.api('PUT', '/sending', { ...rules, ...change })
    expect(answer.status).toBe(422)
    expect(at(answer.body, 'errors')).toEqual([{ path, message: expect.stringMatching(/^[A-Z].*\.$/) }])
    expect(await saved()).toEqual(rules)
  })

  it('are sent whole: what is left out is not guessed', async () => {
    const { timezone: _, ...others } = rules
    expect(await house.api('PUT', '/sending', others)).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'timezone' }] },
    })
  })
})

describe('the screen of the rules', () => {
  const form = (fields: Readonly<Record<string, string>>) =>
    desk.post('/console/settings/sending', Object.entries({ timezone: 'Europe/Warsaw', ...fields }))

  it('shows them, and where today stands in the warm-up', async () => {
    await house.api('PUT', '/sending', rules)
    const html = await (await desk.get('/console/settings/sending')).text()
    expect(html).toContain('Today is day 2 of 3: 0 of 400 people so far.')
    expect(html).toMatch(/value="gmail" selected/)
    expect(html).toContain('value="21:00"')
  })

  it('saves what is typed, and clears what is emptied', async () => {
    const answer = await form({
      start: '2026-06-01',
      people_per_day: '100\r\n300\r\n',
      from: '22:00',
      to: '07:00',
      'caps.0.mailbox': 'wp',
      'caps.0.per_day': '500',
    })
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      '/console/settings/sending?done=saved',
    ])
    expect(await saved()).toEqual({
      timezone: 'Europe/Warsaw',
      warm_up: { start: '2026-06-01', people_per_day: [100, 300] },
      caps: { wp: { per_hour: null, per_day: 500 } },
      quiet_hours: { from: '22:00', to: '07:00' },
    })
    expect((await form({})).status).toBe(303)
    expect(await saved()).toEqual({ ...noRules, timezone: 'Europe/Warsaw' })
  })

  it('keeps what was typed where it needs another look, and saves none of it', async () => {
    const before = await saved()
    const answer = await form({
      start: '2026-06-01',
      people_per_day: '100\nmany',
      from: '22:00',
      'caps.0.mailbox': 'wp',
      'caps.0.per_hour': 'five',
      'caps.1.per_hour': '5',
      'caps.2.mailbox': 'wp',
      'caps.2.per_hour': '7',
    })
    expect(answer.status).toBe(422)
    const html = await answer.text()
    expect(html).toContain('100\nmany</textarea>')
    expect(html).toContain('value="22:00"')
    for (const words of [
      'Day 2: It must be a whole number of people.',
      'It must be a time such as 21:00.',
      'Choose a mailbox provider.',
      'WP already has a limit above.',
    ])
      expect(html, words).toContain(words)
    expect(await saved()).toEqual(before)
  })

  it('offers the usual plan from today on, without saving it', async () => {
    const html = await (await desk.get('/console/settings/sending?plan=usual')).text()
    expect(html).toContain('value="2026-06-01"')
    expect(html).toContain(`${usualWarmUp.join('\n')}</textarea>`)
    expect(await saved()).toMatchObject({ warm_up: null })
  })
})

describe('a batch', () => {
  it.each([
    ['is of a hundred without limits', null, {}, 100],
    ['is a quarter of a small limit', [60], {}, 15],
    ['uses a limit up nearly whole', [250], {}, 62],
    ['uses up two limits', [200], { gmail: { per_hour: 150, per_day: null } }, 25],
    [
      'does not mind limits that are large',
      [10_000_000],
      { gmail: { per_hour: 123_457, per_day: null } },
      100,
    ],
    ['does not mind somebody else’s limit', null, { wp: { per_hour: 5, per_day: null } }, 100],
    ['does not mind days that are over', [5, 5, 400], {}, 100],
    ['may be of one', [1], {}, 1],
  ] as const)('%s', (_, plan, caps, size) => {
    const warm_up = plan === null ? null : { start: '2026-05-30', people_per_day: [...plan] }
    const today = plan?.length === 3 ? '2026-06-01' : '2026-05-30'
    expect(batchSize({ ...noRules, warm_up, caps }, { mailbox: 'gmail', today, most: 100 })).toBe(size)
  })
})

describe('somebody’s time zone', () => {
  let person: string
  beforeAll(async () => {
    await house.subscribe(list, ['anna@example.pl'])
    const found = await house.api('POST', '/subscribers/search', { email: 'anna@example.pl' })
    person = text(found.body, 'data', 0, 'id')
    expect(at(found.body, 'data', 0, 'timezone')).toBeNull()
  })
  const zone = async () => at((await house.api('GET', `/subscribers/${person}`)).body, 'timezone')

  it('is set and taken away by API', async () => {
    const set = await house.api('PATCH', `/subscribers/${person}`, { timezone: 'Asia/Tokyo' })
    expect([set.status, at(set.body, 'timezone')]).toEqual([200, 'Asia/Tokyo'])
    await house.api('PATCH', `/subscribers/${person}`, { tags: ['vip'] })
    expect(await zone()).toBe('Asia/Tokyo')
    await house.api('PATCH', `/subscribers/${person}`, { timezone: null })
    expect(await zone()).toBeNull()
  })

  it.each(['Mars/Olympus', '+02:00', '', 5])('is refused where it is none: %s', async (timezone) => {
    expect(await house.api('PATCH', `/subscribers/${person}`, { timezone })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'timezone' }] },
    })
    expect(await zone()).toBeNull()
  })

  it('is set on the screen, where somebody else’s change meanwhile is not lost', async () => {
    const path = `/console/people/${person}/edit`
    const version = /name="version" value="(\w+)"/.exec(await (await desk.get(path)).text())?.[1] ?? ''
    const post = (timezone: string) =>
      desk.post(path, [
        ['version', version],
        ['locale', 'en'],
        ['timezone', timezone],
        ['tags', 'vip'],
      ])
    expect((await post('Nowhere')).status).toBe(422)
    expect((await post('Europe/Kyiv')).status).toBe(303)
    expect(await zone()).toBe('Europe/Kyiv')
    expect((await post('Asia/Tokyo')).status).toBe(409)
    expect(await zone()).toBe('Europe/Kyiv')
    expect(await (await desk.get(`/console/people/${person}`)).text()).toContain('Europe/Kyiv')
  })
})

describe('a campaign that is scheduled on the screen', () => {
  it('goes out by each person’s clock where that was chosen', async () => {
    const { id } = await house.makeCampaign(list)
    const path = `/console/campaigns/${id}/launch`
    const html = await (await desk.get(path)).text()
    const hidden = (name: string): string => new RegExp(`name="${name}" value="(\\w+)"`).exec(html)?.[1] ?? ''
    const post = (moment: string) =>
      desk.post(path, [
        ['version', hidden('version')],
        ['people', hidden('people')],
        ['when', 'local'],
        ['at', moment],
      ])
    const refused = await post('yesterday')
    expect(refused.status).toBe(422)
    expect(await refused.text()).toMatch(/value="local" checked/)
    expect((await post('2026-06-05T08:00')).status).toBe(303)
    expect((await house.api('GET', `/campaigns/${id}`)).body).toMatchObject({
      state: 'scheduled',
      local_time: '2026-06-05T08:00',
    })
    expect(await (await desk.get(`/console/campaigns/${id}`)).text()).toContain(
      '2026-06-05, 08:00 in each person’s time zone',
    )
  })
})
