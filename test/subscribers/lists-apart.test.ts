// web · a value or tag belongs to the list it was given to: other lists neither see, change, count nor mail it. GDPR Art. 5(1)(b), 25(2)
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordActs } from '../../src/consent/record.ts'
import { lockSubscriptions } from '../../src/consent/subscribe.ts'
import { referenceToken } from '../../src/platform/vault/tokens.ts'
import { at, linkIn, text } from '../support/client.ts'
import { type ConsoleClient, signIn } from '../support/console.ts'
import { formIn } from '../support/form.ts'
import { wordsOf } from '../support/page.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

const anna = 'anna@example.pl'
const diagnosis = { key: 'diagnosis', type: 'text', filterable: true }
const note = { key: 'note', type: 'text' }
const since = { key: 'since', type: 'date', filterable: true }
const severity = { key: 'severity', type: 'number', filterable: true }
const asked = [diagnosis, note, since, severity].map((field) => ({
  ...field,
  label: field.key,
  purpose: 'newsletter',
}))
/** What Anna tells the clinic; the clinic itself adds the tag. */
const told = { diagnosis: 'melanoma', note: 'afraid of needles', since: '2024-02-29', severity: '97713.25' }
const secrets = [...Object.values(told), 'urgent case']
const secretsIn = (page: string): readonly string[] => secrets.filter((secret) => page.includes(secret))

let house: TestApp
let clinic: TestList
let garden: TestList
/** Sees the garden list only. */
let gardener: ConsoleClient
let doctor: ConsoleClient
let person: string

const list = (slug: string, fields: readonly object[] = []) =>
  house.makeList({ slug, name: `The ${slug}`, locales: ['en'], purposes: [], fields })

/** What a list knows of a person, as the API shows it. */
async function knownTo({ id }: TestList, email = anna): Promise<unknown> {
  const { body } = await house.api('POST', '/subscribers/search', { email })
  const { subscriptions } = JSON.parse(JSON.stringify(at(body, 'data', 0)))
  const { fields, tags } = subscriptions.find((one: { list: string }) => one.list === id)
  return { fields, tags }
}

const correct = (of: TestList, change: object, whose = person) =>
  house.api('PATCH', `/subscribers/${whose}`, { subscriptions: [{ list: of.slug, ...change }] })

const idOf = async (email: string): Promise<string> =>
  text((await house.api('POST', '/subscribers/search', { email })).body, 'data', 0, 'id')

beforeAll(async () => {
  house = await openTestApp({ connections: 4 })
  clinic = await list('clinic', asked)
  garden = await list('garden')
  await house.subscribe(clinic, [anna], { fields: told })
  await house.subscribe(garden, [anna])
  person = await idOf(anna)
  await correct(clinic, { tags: ['urgent case'] })
  gardener = await signIn(house, { role: 'editor', email: 'garden@brand.example', lists: [garden.number] })
  doctor = await signIn(house, { role: 'editor', email: 'clinic@brand.example', lists: [clinic.number] })
})
afterAll(() => house.close())

describe('an operator of one list who adds the fields of a list that they cannot see', () => {
  beforeAll(async () => {
    const changed = await house.api('PATCH', '/lists/garden', { fields: asked })
    expect(changed.status, JSON.stringify(changed.body)).toBe(200)
  })

  it('finds them free: a refusal would tell what the other list asks, and its type may be another', async () => {
    const other = { ...diagnosis, type: 'number', label: 'diagnosis', purpose: 'newsletter' }
    const made = await house.api('POST', '/lists', {
      ...JSON.parse(JSON.stringify((await house.api('GET', '/lists/garden')).body)),
      ...{ slug: 'third', id: undefined, notices: undefined, created_at: undefined, archived_at: undefined },
      fields: [other],
    })
    expect(made.status, JSON.stringify(made.body)).toBe(201)
  })

  it.each([
    ['the page of the person', () => `/console/people/${person}`],
    ['the form of their details', () => `/console/people/${person}/edit`],
    ['the table of people', () => '/console/people'],
    ['the page of the list', () => '/console/lists/garden'],
    ['the audit log of the console', () => '/console/settings/audit'],
  ])('reads nothing on %s', async (_, path) => {
    const page = await (await gardener.get(path())).text()
    expect(secretsIn(page)).toEqual([])
  })

  const filters: readonly (readonly [object, number])[] = [
    [{ field: 'diagnosis', is: 'melanoma' }, 0],
    [{ field: 'diagnosis', in: ['melanoma', 'eczema'] }, 0],
    [{ field: 'diagnosis', is_not: 'melanoma' }, 1],
    [{ not: { field: 'diagnosis', is: 'melanoma' } }, 1],
    [{ field: 'diagnosis', exists: true }, 0],
    [{ field: 'diagnosis', exists: false }, 1],
    [{ field: 'note', exists: true }, 0],
    [{ field: 'since', lte: '2030-01-01' }, 0],
    [{ field: 'since', is: '2024-02-29' }, 0],
    [{ field: 'severity', gt: 0 }, 0],
    [{ any: [{ field: 'severity', is: 97713.25 }, { tag: 'urgent case' }] }, 0],
    [{ tag: 'urgent case' }, 0],
    [{ not: { tag: 'urgent case' } }, 1],
  ]

  it.each(filters)('counts by what the own list was told alone: %j', async (filter, count) => {
    const counted = await house.api('POST', '/segments/preview', { list: 'garden', filter })
    expect([counted.status, counted.body]).toEqual([200, { count }])
    const found = await house.api('POST', '/subscribers/search', { list: 'garden', filter })
    expect(at(found.body, 'data')).toHaveLength(count)
  })

  it('mails and previews the default instead, and is told that the value is lacking', async () => {
    const body = asked.map(({ key }) => `${key}: {{ subscriber.${key} | default: "none" }}`).join(', ')
    const campaign = await house.makeCampaign(garden, { content: { format: 'markdown', body } })
    const checks = await (await gardener.get(`/console/campaigns/${campaign.id}`)).text()
    const preview = await (await gardener.get(`/console/campaigns/${campaign.id}/edit`)).text()
    expect(secretsIn(checks + preview)).toEqual([])
    await house.launch(campaign)
    await house.rest()
    const [mail] = (await house.mailsTo(anna)).filter(({ subject }) => subject === 'June')
    expect(mail?.text).toContain('diagnosis: none, note: none, since: none, severity: none')
    expect(secretsIn(JSON.stringify(mail))).toEqual([])
  })

  it('gets nothing by the API, nor by the preference page and the form of the list', async () => {
    expect(await knownTo(garden)).toEqual({ fields: {}, tags: [] })
    const subscription = (await house.subscription(garden, anna))?.id ?? 0
    const token = referenceToken(house.deps.vault, 'pref', { subscription, campaign: 0 })
    for (const path of [`/p/${token}`, '/s/garden', `/s/garden?email=${encodeURIComponent(anna)}`]) {
      const page = await (await house.get(path)).text()
      expect(secretsIn(page), path).toEqual([])
    }
  })

  it('changes nothing of the other list by changing the own', async () => {
    const before = await knownTo(clinic)
    const form = formIn(await (await gardener.get(`/console/people/${person}/edit`)).text(), 'form[/edit]')
    const sent = Object.entries({
      ...Object.fromEntries(Array.from(form, ([name, [value = '']]) => [name, value])),
      [`${garden.id}.fields.diagnosis`]: 'eczema',
      [`${garden.id}.tags`]: 'roses',
      // Names of the list that they do not see, as a forged form would hold them.
      [`${clinic.id}.fields.diagnosis`]: '',
      [`${clinic.id}.tags`]: 'mine',
    })
    const saved = await gardener.post(`/console/people/${person}/edit`, sent)
    expect(saved.headers.get('location')).toContain('?done=changed')
    expect(await knownTo(garden)).toEqual({ fields: { diagnosis: 'eczema' }, tags: ['roses'] })
    expect(await knownTo(clinic)).toEqual(before)
    expect(wordsOf(await (await doctor.get(`/console/people/${person}`)).text())).not.toContain('roses')
  })

  it('does not learn of a change by a list that they cannot see: the form stays good', async () => {
    const path = `/console/people/${person}/edit`
    const form = formIn(await (await gardener.get(path)).text(), 'form[/edit]')
    await correct(clinic, { fields: { severity: 97714.5 }, tags: ['urgent case', 'called'] })
    const sent = Array.from(form, ([name, [value = '']]) => [name, value] as const)
    expect((await gardener.post(path, sent)).status).toBe(303)
  })
})

describe('two lists with one key', () => {
  const bo = 'bo@example.se'
  let coast: TestList
  let north: TestList

  beforeAll(async () => {
    const city = { key: 'city', label: 'City', purpose: 'newsletter', type: 'text', filterable: true }
    coast = await list('coast', [city])
    north = await list('north', [city])
    await house.subscribe(coast, [bo], { fields: { city: 'Malmö' } })
    await house.subscribe(north, [bo], { fields: { city: 'Kiruna' } })
  })

  const count = async (slug: string, is: string) =>
    at(
      (await house.api('POST', '/segments/preview', { list: slug, filter: { field: 'city', is } })).body,
      'count',
    )
  const letterOf = async (of: TestList): Promise<string> => {
    const content = { format: 'markdown', body: 'Weather in {{ subscriber.city | default: "the land" }}.' }
    const subject = `Weather of ${of.slug}`
    await house.launch(await house.makeCampaign(of, { subject, content }))
    await house.rest()
    return (await house.mailsTo(bo)).find((mail) => mail.subject === subject)?.text ?? ''
  }

  it('keep, count and mail each its own value', async () => {
    expect(await knownTo(coast, bo)).toEqual({ fields: { city: 'Malmö' }, tags: [] })
    expect(await knownTo(north, bo)).toEqual({ fields: { city: 'Kiruna' }, tags: [] })
    expect([await count('coast', 'Malmö'), await count('coast', 'Kiruna')]).toEqual([1, 0])
    expect([await count('north', 'Malmö'), await count('north', 'Kiruna')]).toEqual([0, 1])
    expect(await letterOf(coast)).toContain('Weather in Malmö.')
    expect(await letterOf(north)).toContain('Weather in Kiruna.')
  })

  it('correct and remove each its own, and tag for themselves', async () => {
    const id = await idOf(bo)
    expect((await correct(coast, { fields: { city: null }, tags: ['vip'] }, id)).status).toBe(200)
    expect(await knownTo(coast, bo)).toEqual({ fields: {}, tags: ['vip'] })
    expect(await knownTo(north, bo)).toEqual({ fields: { city: 'Kiruna' }, tags: [] })
    await correct(north, { fields: { city: 'Luleå' } }, id)
    expect(await knownTo(coast, bo)).toEqual({ fields: {}, tags: ['vip'] })
    expect(await knownTo(north, bo)).toEqual({ fields: { city: 'Luleå' }, tags: [] })
  })

  it('on one form: the list whose form asked has the value, and the page before confirming says so', async () => {
    const eva = 'eva@example.se'
    await house.signUp(coast, eva, { also: ['north'], fields: { city: 'Lund' } })
    await house.rest()
    const [mail] = await house.mailsTo(eva)
    const page = await (await house.get(linkIn(mail ?? { text: '' }, 'c'))).text()
    expect(page.split('Lund')).toHaveLength(2)
    await house.confirm(eva)
    expect(await knownTo(coast, eva)).toEqual({ fields: { city: 'Lund' }, tags: [] })
    expect(await knownTo(north, eva)).toEqual({ fields: {}, tags: [] })
  })

  it('a value of a field that is taken off the form is not read, and is there when the field comes back', async () => {
    const { body } = await house.api('GET', '/lists/north')
    const fields = at(body, 'fields')
    const before = await knownTo(north, bo)
    await house.api('PATCH', '/lists/north', { fields: [] })
    expect(await knownTo(north, bo)).toEqual({ fields: {}, tags: [] })
    await house.api('PATCH', '/lists/north', { fields })
    expect(await knownTo(north, bo)).toEqual(before)
  })
})

describe('an answer', () => {
  const advice = { key: 'advice', kind: 'data', title: 'Advice', text: 'A doctor reads what you write.' }
  const ill = (change: object) => ({
    key: 'ill',
    label: 'What hurts?',
    purpose: 'advice',
    type: 'text',
    protected: true,
    ...change,
  })
  const dan = 'dan@example.se'
  let practice: TestList
  let answered: string

  const save = (fields: readonly object[]) => house.api('PATCH', '/lists/practice', { fields })

  beforeAll(async () => {
    practice = await list('practice')
    await house.api('PATCH', '/lists/practice', { purposes: [advice], fields: [ill({})] })
    await house.subscribe(practice, [dan], { purposes: ['advice'], fields: { ill: 'the back' } })
    answered = await idOf(dan)
    expect(await knownTo(practice, dan)).toEqual({ fields: { ill: 'the back' }, tags: [] })
  })

  const meanings: readonly (readonly [string, object, string])[] = [
    ['another purpose', { purpose: 'newsletter' }, 'fields.0.purpose'],
    ['no protection', { protected: false }, 'fields.0.key'],
    ['another type', { protected: false, type: 'number' }, 'fields.0.key'],
  ]

  it.each(meanings)('keeps its field from coming back with %s', async (_, change, place) => {
    expect((await save([])).status).toBe(200)
    const back = await save([ill(change)])
    expect([back.status, at(back.body, 'errors', 0, 'path')]).toEqual([422, place])
    expect(text(back.body, 'errors', 0, 'message')).toBe(
      'People gave answers to "ill", as protected text for the purpose "advice". Keep this, or choose another key.',
    )
    expect((await save([ill({})])).status).toBe(200)
    expect(await knownTo(practice, dan)).toEqual({ fields: { ill: 'the back' }, tags: [] })
  })

  it('keeps the purpose of its field', async () => {
    const changed = await save([ill({ purpose: 'newsletter' })])
    expect([changed.status, at(changed.body, 'errors', 0, 'path')]).toEqual([422, 'fields.0.purpose'])
  })

  it('that was asked for one purpose is not kept where the field has another before it is confirmed', async () => {
    await correct(practice, { fields: { ill: null } }, answered)
    const late = 'late@example.se'
    await house.signUp(practice, late, { purposes: ['advice'], fields: { ill: 'the knee' } })
    await house.rest()
    const changed = await save([ill({ purpose: 'newsletter' })])
    expect(changed.status, 'nobody has an answer any more').toBe(200)
    await house.confirm(late)
    expect(await knownTo(practice, late)).toEqual({ fields: {}, tags: [] })
  })
})

describe('erasure from one list (GDPR Art. 17)', () => {
  it('takes what this list knew, in the same transaction, and what no list asked for once no list is left', async () => {
    const cid = 'cid@example.pl'
    const [one] = await house.subscribe(clinic, [cid], { fields: told })
    const [two] = await house.subscribe(garden, [cid])
    await correct(garden, { tags: ['roses'] }, await idOf(cid))
    await house.owner`update subscribers set unassigned = '{"fields": {"old": 1}}' where id = ${one.subscriber}`
    const kept = () => house.owner<{ list: number }[]>`
      select list from details where subscriber = ${one.subscriber} order by list`
    const unassigned = async () =>
      (await house.owner`select unassigned from subscribers where id = ${one.subscriber}`)[0]?.['unassigned']
    expect(await kept()).toHaveLength(2)
    await erase(one.id, clinic)
    expect(await kept()).toEqual([{ list: garden.number }])
    expect(await unassigned()).toEqual({ fields: { old: 1 } })
    await erase(two.id, garden)
    expect(await kept()).toEqual([])
    expect(await unassigned()).toBeNull()
    const refused = await correct(clinic, { tags: ['back'] }, await idOf(cid))
    expect([refused.status, at(refused.body, 'errors', 0, 'path')]).toEqual([422, 'subscriptions.0.list'])
  })

  const erase = (subscription: number, { id }: TestList) =>
    house.deps.db.transaction(async (tx) => {
      const [locked] = await lockSubscriptions(house.deps, tx, sql`s.id = ${subscription}`)
      if (locked === undefined) throw new Error('there is no such subscription')
      await recordActs(house.deps, tx, [
        {
          subscription: locked,
          type: 'subject.erased',
          purposes: [],
          notice: null,
          payload: { actor: 'subject' },
          list: { id, mailPurposes: ['newsletter'] },
          canonicalAddress: 'cid@example.pl',
        },
      ])
    })
})
