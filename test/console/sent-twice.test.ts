// web · a form that arrives twice makes one thing, and a draft saves itself while it is written
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { text } from '../support/client.ts'
import { type ConsoleClient, signIn } from '../support/console.ts'
import { valuesOf } from '../support/page.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let eva: ConsoleClient
let list: TestList

beforeEach(async () => {
  house = await openTestApp({ connections: 4 })
  eva = await signIn(house, { role: 'owner', name: 'Eva Lindqvist', email: 'eva@brand.example' })
  list = await house.makeList()
})
afterEach(() => house.close())

type Pairs = readonly (readonly [string, string])[]

const page = async (path: string): Promise<string> => (await eva.get(path)).text()
const onceIn = async (path: string, name = 'once'): Promise<string> =>
  valuesOf(await page(path), name)[0] ?? ''
const written = (more: Readonly<Record<string, string>> = {}): Pairs =>
  Object.entries({
    list: list.id,
    purpose: 'newsletter',
    segment: '',
    subject: 'June',
    preheader: '',
    body: 'Hi',
    ...more,
  })
const countOf = async (table: string): Promise<number> => {
  const [row] = await house.owner<{ count: number }[]>`
    select count(*)::int as count from ${house.owner(table)}`
  return row?.count ?? 0
}

const newList: Pairs = Object.entries({
  do: 'save',
  name: 'The Garden Letter',
  slug: '',
  locales: 'en',
  default_locale: 'en',
  'sender.name': 'Garden',
  'sender.email': 'news@brand.example',
  'controller.name': 'Brand AB',
  'controller.address': 'Storgatan 1',
  'controller.contact_email': 'privacy@brand.example',
  'controller.jurisdiction': 'SE',
  'confirm.mode': 'button',
  'confirm.ttl_hours': '168',
  minimum_age: '16',
  ip_storage: 'none',
  'retention.inactive_months': '36',
  'retention.evidence_years': '3',
  'retention.deliveries_months': '13',
})

const forms = {
  campaign: {
    table: 'campaigns',
    path: '/console/campaigns/new',
    read: () => onceIn(`/console/campaigns/new?list=${list.slug}`),
    pairs: (once: string, name: string): Pairs => [...written({ subject: name }), ['once', once]],
  },
  list: {
    table: 'lists',
    path: '/console/lists/new',
    read: () => onceIn('/console/lists/new'),
    pairs: (once: string, name: string): Pairs => [
      ...newList.filter(([key]) => key !== 'name'),
      ['name', name],
      ['once', once],
    ],
  },
  segment: {
    table: 'segments',
    path: '/console/segments/new',
    read: () => onceIn(`/console/segments/new?list=${list.slug}`, 'version'),
    pairs: (once: string, name: string): Pairs => [
      ['list', list.slug],
      ['mode', 'json'],
      ['json', '{"locale":"pl"}'],
      ['name', name],
      ['version', once],
      ['do', 'save'],
    ],
  },
} as const

describe.each(Object.entries(forms))('a form that makes a %s, without scripts', (_, form) => {
  it('makes one where it is pressed twice, and both answers lead to it', async () => {
    const before = await countOf(form.table)
    const once = await form.read()
    expect(once).not.toBe('')
    const press = () => eva.post(form.path, form.pairs(once, 'June'))
    const answers = [...(await Promise.all([press(), press()])), await press()]
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]))
    expect(new Set(answers.map(({ headers }) => headers.get('location')?.split('?')[0])).size).toBe(1)
    expect(await countOf(form.table)).toBe(before + 1)
  })

  it('makes another where the words are others: Back leads to the old form', async () => {
    const before = await countOf(form.table)
    const once = await form.read()
    await eva.post(form.path, form.pairs(once, 'June'))
    expect((await eva.post(form.path, form.pairs(once, 'July'))).status).toBe(303)
    expect(await countOf(form.table)).toBe(before + 2)
  })
})

describe('a campaign that is duplicated', () => {
  it('has one copy, however often the button was pressed', async () => {
    const { id } = await house.makeCampaign(list)
    const once = await onceIn(`/console/campaigns/${id}`)
    const press = () => eva.post(`/console/campaigns/${id}/duplicate`, [['once', once]])
    expect(new Set([await press(), await press()].map((one) => one.headers.get('location'))).size).toBe(1)
    expect(await countOf('campaigns')).toBe(2)
  })
})

describe('a draft that saves itself', () => {
  const autosave = async (path: string, pairs: Pairs) => {
    const answer = await eva.post(path, [...pairs, ['then', 'autosave']])
    return { status: answer.status, body: await answer.json() }
  }

  it('becomes a campaign at the first save and is changed by the next, unfinished as it is', async () => {
    const once = await onceIn(`/console/campaigns/new?list=${list.slug}`)
    const first = await autosave('/console/campaigns/new', [...written({ body: '{% if' }), ['once', once]])
    expect(first).toMatchObject({ status: 200, body: { href: `/console/campaigns/${once}/edit` } })
    const next = await autosave(text(first.body, 'href'), [
      ...written({ body: 'The beans are up.' }),
      ['version', String(first.body.version)],
    ])
    expect(next).toMatchObject({ status: 200, body: { version: first.body.version + 1 } })
    const saved = await house.api('GET', `/campaigns/${once}`)
    expect(saved.body).toMatchObject({ state: 'draft', content: { body: 'The beans are up.' } })
  })

  it('overwrites nobody: what a colleague saved meanwhile ends it, and the button shows both', async () => {
    const { id } = await house.makeCampaign(list)
    const version = await onceIn(`/console/campaigns/${id}/edit`, 'version')
    await house.api('PATCH', `/campaigns/${id}`, { subject: 'Theirs' })
    const mine = [...written({ subject: 'Mine' }), ['version', version] as const]
    expect((await autosave(`/console/campaigns/${id}/edit`, mine)).status).toBe(409)
    expect((await house.api('GET', `/campaigns/${id}`)).body).toMatchObject({ subject: 'Theirs' })
    expect((await eva.post(`/console/campaigns/${id}/edit`, mine)).status).toBe(409)
  })

  it('is no scheduled campaign: what is saved there is sent', async () => {
    const { id } = await house.makeCampaign(list)
    await house.api('POST', `/campaigns/${id}/schedule`, { at: '2026-06-03T08:00:00Z' })
    expect(await page(`/console/campaigns/${id}/edit`)).not.toContain('data-autosave=')
    const version = await onceIn(`/console/campaigns/${id}/edit`, 'version')
    const answer = await autosave(`/console/campaigns/${id}/edit`, [...written(), ['version', version]])
    expect(answer).toMatchObject({ status: 409, body: { message: 'This campaign is not a draft any more.' } })
  })

  it('fills no audit log: one line an hour for a row of saves', async () => {
    const { id } = await house.makeCampaign(list)
    const changes = async (): Promise<number> => {
      const audit = await house.api('GET', '/audit?limit=50')
      return JSON.stringify(audit.body).split('campaign.change').length - 1
    }
    const save = async (body: string): Promise<void> => {
      const version = await onceIn(`/console/campaigns/${id}/edit`, 'version')
      expect(
        (await autosave(`/console/campaigns/${id}/edit`, [...written({ body }), ['version', version]]))
          .status,
      ).toBe(200)
    }
    for (const body of ['a', 'ab', 'abc']) await save(body)
    expect(await changes()).toBe(1)
    house.later({ minutes: 61 })
    await save('abcd')
    expect(await changes()).toBe(2)
  })
})
