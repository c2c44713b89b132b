// web · segments in the console: built without scripts, counted, saved, renamed, deleted; permissions
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, text } from '../support/client.ts'
import { type ConsoleClient, signIn } from '../support/console.ts'
import { formIn } from '../support/form.ts'
import { wordsOf } from '../support/page.ts'
import { seedConfirmed } from '../support/seed.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let letter: TestList
let seeds: TestList
let owner: ConsoleClient
let sender: ConsoleClient
let analyst: ConsoleClient

const label = (words: string) => ({ en: words, pl: words, sv: words, ru: words })

beforeAll(async () => {
  house = await openTestApp()
  letter = await house.makeList({
    fields: [
      {
        key: 'country',
        label: label('Country'),
        purpose: 'newsletter',
        type: 'choice',
        filterable: true,
        options: [
          { value: 'PL', label: label('Poland') },
          { value: 'SE', label: label('Sweden') },
        ],
      },
      { key: 'age', label: label('Age'), purpose: 'newsletter', type: 'number', filterable: true },
      { key: 'vegan', label: label('Vegan'), purpose: 'newsletter', type: 'boolean', filterable: true },
    ],
  })
  seeds = await house.makeList({ slug: 'seeds', name: 'Seed exchange' })
  await seedConfirmed(
    house.deps,
    letter.slug,
    Array.from({ length: 12 }, (_, n) => ({
      email: `p${n}@example.pl`,
      fields: { country: n < 9 ? 'PL' : 'SE' },
    })),
  )
  owner = await signIn(house, { role: 'owner' })
  sender = await signIn(house, { role: 'sender' })
  analyst = await signIn(house, { role: 'analyst' })
})
afterAll(() => house.close())

const read = async (answer: Response | Promise<Response>) => {
  const response = await answer
  const html = await response.text()
  return { status: response.status, html, words: wordsOf(html), to: response.headers.get('location') }
}
type Pairs = readonly (readonly [string, string])[]

/** Presses a button of the page with its form's fields, some of them changed. */
function press(
  desk: ConsoleClient,
  html: string,
  act: string,
  change: Readonly<Record<string, string>> = {},
) {
  const form = formIn(html, 'form[data-segment]')
  const kept = [...form].flatMap(([name, values]) =>
    Object.hasOwn(change, name) ? [] : values.map((value) => [name, value] as const),
  )
  const pairs: Pairs = [...kept, ...Object.entries(change), ['do', act]]
  const action = /<form[^>]*action="([^"]+)"[^>]*data-segment/.exec(html)?.[1] ?? ''
  return read(desk.post(action, pairs))
}

const saved = async (filter: unknown, name = 'Any'): Promise<string> =>
  text((await house.api('POST', '/segments', { name, list: 'letter', filter })).body, 'id')
const filterOf = async (id: string): Promise<unknown> =>
  at((await house.api('GET', `/segments/${id}`)).body, 'filter')

describe('a marketer who builds a segment without scripts', () => {
  it('adds sentences one by one, counts, names it and saves', async () => {
    let page = await read(owner.get('/console/segments/new?list=letter'))
    expect(page.words).toMatch(/12 people can be emailed now, of 12 on Garden letter\s*\./)
    expect(page.html).toContain('href="/console/people?list=letter&amp;state=active"')
    page = await press(owner, page.html, 'add', { add: 'field:country' })
    page = await press(owner, page.html, 'add', { add: 'confirmed', 'row.0.value': 'PL' })
    page = await press(owner, page.html, 'count', { 'row.1.value': '30' })
    expect(page.status).toBe(200)
    expect(page.words).toContain('9 people can be emailed now, of 12 on Garden letter')
    expect(page.words).toContain(
      'People on Garden letter whose country is Poland and who confirmed in the last 30 days.',
    )
    const made = await press(owner, page.html, 'save', { name: 'Poland, lately' })
    expect(made.status).toBe(303)
    expect(made.to).toMatch(/^\/console\/segments\/[0-9a-f-]{36}\?done=created$/)
    const id = made.to?.slice(18, 54) ?? ''
    expect(await filterOf(id)).toEqual({
      all: [{ field: 'country', is: 'PL' }, { confirmed: { within_days: 30 } }],
    })
    const again = await read(owner.get(made.to ?? ''))
    expect(again.words).toContain('The segment is saved.')
    expect(formIn(again.html, 'form[data-segment]').get('row.1.value')).toEqual(['30'])
    const [act] =
      await house.owner`select actor_id from audit_log where verb = 'segment.create' and subject_id = ${id}`
    expect(act).toEqual({ actor_id: owner.operator })
  })

  it('groups conditions, changes the verb, removes rows; what is typed stays, nothing is saved meanwhile', async () => {
    const before = await house.api('GET', '/segments')
    let page = await read(owner.get('/console/segments/new?list=letter'))
    page = await press(owner, page.html, 'group', { name: 'Half' })
    page = await press(owner, page.html, 'add:0', { 'add.0': 'field:age' })
    page = await press(owner, page.html, 'add:0', { 'add.0': 'tag', 'row.0.0.value': '41' })
    page = await press(owner, page.html, 'add', { add: 'field:country', 'row.0.1.value': 'vip' })
    page = await press(owner, page.html, 'count', { 'row.1.how': 'in', join: 'any' })
    expect(page.status).toBe(200)
    const form = formIn(page.html, 'form[data-segment]')
    expect([
      form.get('name'),
      form.get('row.0.0.value'),
      form.get('row.0.1.value'),
      form.get('join'),
    ]).toEqual([['Half'], ['41'], ['vip'], ['any']])
    expect(page.html).toMatch(/type="checkbox" name="row\.1\.value" value="PL" checked/)
    page = await press(owner, page.html, 'remove:0.0')
    expect(page.html).not.toContain('row.0.1.what')
    page = await press(owner, page.html, 'remove:0')
    expect(formIn(page.html, 'form[data-segment]').get('row.0.what')).toEqual(['field:country'])
    expect(await house.api('GET', '/segments')).toMatchObject({ body: before.body })
  })

  const added: readonly (readonly [what: string, count: string])[] = [
    ['tag', 'Not counted yet'],
    ['locale', '12 people can be emailed now'],
    ['purpose', '12 people can be emailed now'],
    ['mailbox', '0 people can be emailed now'],
    ['grade', '0 people can be emailed now'],
    ['confirmed', 'Not counted yet'],
    ['received', 'Not counted yet'],
    ['field:country', '9 people can be emailed now'],
    ['field:age', 'Not counted yet'],
    ['field:vegan', '0 people can be emailed now'],
  ]
  it.each(added)('adds %s without a word of fault, its first option chosen: %s', async (what, count) => {
    const empty = await read(owner.get('/console/segments/new?list=letter'))
    const grouped = await press(owner, empty.html, 'group')
    const pages = [
      await press(owner, empty.html, 'add', { add: what }),
      await press(owner, grouped.html, 'add:0', { 'add.0': what }),
    ]
    for (const page of pages) {
      expect(page.status).toBe(200)
      expect(page.html).not.toMatch(/class="(?:fault|summary)|condition-faulty|aria-invalid/)
      expect(page.words).toContain(count)
      const further = await press(owner, page.html, 'group')
      expect(further.html).not.toContain('condition-faulty')
      const isWhole = count !== 'Not counted yet'
      expect((await press(owner, page.html, 'count')).status).toBe(isWhole ? 200 : 422)
      const saved = await press(owner, page.html, 'save', { name: `With ${what}` })
      expect(saved.status).toBe(isWhole ? 303 : 422)
    }
  })

  it('is told in its own words that a value is missing, once it counts', async () => {
    let page = await read(owner.get('/console/segments/new?list=letter'))
    for (const add of ['tag', 'received', 'field:age']) page = await press(owner, page.html, 'add', { add })
    page = await press(owner, page.html, 'count')
    expect(page.words).toContain('Tag: It needs a value.')
    expect(page.words).toContain('Campaigns sent to them: Choose a campaign.')
    expect(page.words).toContain('Age: It needs a value.')
  })

  it('turns to JSON and back without a fault before there is something to check', async () => {
    let page = await read(owner.get('/console/segments/new?list=letter'))
    page = await press(owner, page.html, 'add', { add: 'tag' })
    page = await press(owner, page.html, 'as-json')
    expect(page.status).toBe(200)
    expect(page.html).not.toMatch(/class="(?:fault|summary)|aria-invalid/)
    page = await press(owner, page.html, 'as-rows')
    expect(page.words).toContain('Please fix this')
  })

  it('is told by row what needs another look, with a link to it, and keeps it all', async () => {
    let page = await read(owner.get('/console/segments/new?list=letter'))
    page = await press(owner, page.html, 'add', { add: 'field:age' })
    page = await press(owner, page.html, 'save', { 'row.0.value': 'many', name: '' })
    expect(page.status).toBe(422)
    expect(page.words).toContain('Age: It must be a number.')
    expect(page.words).toContain('Name: It must not be empty.')
    expect(page.html).toContain('href="#f-row.0.value"')
    expect(page.words).toContain('Not counted')
    expect(formIn(page.html, 'form[data-segment]').get('row.0.value')).toEqual(['many'])
  })

  it('is not offered clicks, which nothing answers yet', async () => {
    expect((await read(owner.get('/console/segments/new?list=letter'))).html).not.toContain('value="clicked"')
  })

  it('is asked for which list, where there are several', async () => {
    const { html, words } = await read(owner.get('/console/segments/new'))
    expect(words).toContain('Choose the list that the segment belongs to.')
    expect(html).toContain('href="/console/segments/new?list=seeds"')
    const one = await signIn(house, { role: 'editor', email: 'one@brand.example', lists: [seeds.number] })
    expect((await one.get('/console/segments/new')).headers.get('location')).toBe(
      '/console/segments/new?list=seeds',
    )
  })
})

describe('a filter that sentences cannot hold', () => {
  const deep = { all: [{ not: { tag: 'vip' } }, { any: [{ all: [{ locale: 'pl' }, { grade: 'B' }] }] }] }

  it('is shown in words and as JSON, and saved as it was', async () => {
    const id = await saved(deep)
    const page = await read(owner.get(`/console/segments/${id}`))
    expect(page.words).toContain('This filter is too complex for the form')
    expect(page.words).toContain(
      '(who are not among those who have the tag “vip”) and (whose language is Polish',
    )
    expect(JSON.parse(formIn(page.html, 'form[data-segment]').get('json')?.[0] ?? '')).toEqual(deep)
    const stays = await press(owner, page.html, 'as-rows')
    expect(stays.words).toContain('This filter is too complex for the form')
    expect((await press(owner, page.html, 'save')).status).toBe(303)
    expect(await filterOf(id)).toEqual(deep)
  })

  it('is edited as JSON, with faults by their paths; sentences become JSON and come back', async () => {
    const id = await saved({ all: [{ locale: 'pl' }] })
    let page = await press(owner, (await read(owner.get(`/console/segments/${id}`))).html, 'as-json')
    const broken = await press(owner, page.html, 'count', { json: '{"all": [{"locale": "xx"}]}' })
    expect(broken.status).toBe(422)
    expect(broken.words).toContain('all.0.locale: It must be one of en, pl, sv, ru.')
    expect((await press(owner, page.html, 'count', { json: '{"all": [' })).words).toContain(
      'This is not JSON.',
    )
    page = await press(owner, page.html, 'as-rows', { json: '{"any": [{"tag": "vip"}]}' })
    expect(formIn(page.html, 'form[data-segment]').get('row.0.value')).toEqual(['vip'])
    expect(formIn(page.html, 'form[data-segment]').get('join')).toEqual(['any'])
  })

  it('whose field the list has no more is mended as JSON, and never flattened', async () => {
    const id = await saved({ all: [{ field: 'age', gte: 40 }] }, 'Over forty')
    await house.owner`update segments set filter = '{"all":[{"field":"shoe","is":1}]}' where id = ${id}`
    const page = await read(owner.get(`/console/segments/${id}`))
    expect(page.words).toContain('This filter uses something that the list no longer has')
    expect(page.words).toContain('There is no field "shoe" on this list.')
    expect((await read(owner.get('/console/segments'))).words).toContain('Open it to fix it')
  })
})

describe('a saved segment', () => {
  it('is renamed and changed, with both versions in sight where somebody was quicker', async () => {
    const id = await saved({ all: [{ locale: 'pl' }] }, 'Polish')
    const mine = await read(owner.get(`/console/segments/${id}`))
    house.later({ seconds: 5 })
    expect((await press(sender, mine.html, 'save', { name: 'Readers of Polish' })).to).toContain(
      'done=changed',
    )
    const clash = await press(owner, mine.html, 'save', { name: 'My Polish' })
    expect(clash.status).toBe(409)
    expect(clash.words).toContain(
      'Saved version: “Readers of Polish”. People on Garden letter whose language is Polish.',
    )
    expect(formIn(clash.html, 'form[data-segment]').get('name')).toEqual(['My Polish'])
    expect((await read(owner.get('/console/segments'))).words).not.toContain('My Polish')
    expect((await press(owner, clash.html, 'save')).status).toBe(303)
    expect((await read(owner.get('/console/segments'))).words).toContain('My Polish')
  })

  it('is deleted after a page that says which campaigns still go to it', async () => {
    const id = await saved({ all: [] }, 'Everybody')
    await house.makeCampaign(letter, { subject: 'July letter', segment: id })
    const page = await read(owner.get(`/console/segments/${id}/delete`))
    expect(page.words).toContain('1 unsent campaign uses it')
    expect(page.words).toContain('July letter')
    expect((await house.api('GET', `/segments/${id}`)).status).toBe(200)
    expect((await owner.post(`/console/segments/${id}/delete`)).headers.get('location')).toBe(
      '/console/segments?done=deleted',
    )
    expect((await house.api('GET', `/segments/${id}`)).status).toBe(404)
    expect((await owner.get(`/console/segments/${id}`)).status).toBe(404)
  })

  it('stands in the list of segments in words', async () => {
    await saved({ all: [{ field: 'country', in: ['PL', 'SE'] }] }, 'Baltic')
    expect((await read(sender.get('/console/segments'))).words).toMatch(
      /Baltic\s+Garden letter\s+People on Garden letter whose country is one of Poland, Sweden\./,
    )
  })
})

describe('who may do what with segments', () => {
  it('an analyst builds and counts, and saves nothing', async () => {
    let page = await read(analyst.get('/console/segments/new?list=letter'))
    expect(page.html).not.toContain('value="save"')
    expect(page.html).not.toContain('/console/people')
    page = await press(analyst, page.html, 'add', { add: 'field:country' })
    page = await press(analyst, page.html, 'count', { 'row.0.value': 'SE' })
    expect(page.words).toContain('3 people can be emailed now, of 12')
    expect((await press(analyst, page.html, 'save', { name: 'Sweden' })).status).toBe(403)
    const id = await saved({ all: [] })
    expect((await analyst.get(`/console/segments/${id}/delete`)).status).toBe(403)
    expect((await analyst.post(`/console/segments/${id}/delete`)).status).toBe(403)
  })

  it('an auditor has no segments', async () => {
    const auditor = await signIn(house, { role: 'auditor' })
    for (const path of ['/console/segments', '/console/segments/new?list=letter'])
      expect((await auditor.get(path)).status).toBe(403)
  })

  it('somebody with one list sees and changes the segments of that list alone', async () => {
    const id = await saved({ all: [] }, 'Of the letter')
    await house.api('POST', '/segments', { name: 'Of the seeds', list: 'seeds', filter: { all: [] } })
    const gardener = await signIn(house, {
      role: 'editor',
      email: 'seeds@brand.example',
      lists: [seeds.number],
    })
    const { words } = await read(gardener.get('/console/segments'))
    expect(words).toContain('Of the seeds')
    expect(words).not.toContain('Of the letter')
    for (const path of [
      `/console/segments/${id}`,
      `/console/segments/${id}/delete`,
      '/console/segments/new?list=letter',
    ])
      expect((await gardener.get(path)).status).toBe(403)
    expect((await gardener.post(`/console/segments/${id}/delete`)).status).toBe(403)
    expect(
      (
        await gardener.post('/console/segments/new', [
          ['list', 'letter'],
          ['do', 'save'],
          ['name', 'x'],
        ])
      ).status,
    ).toBe(403)
  })
})
