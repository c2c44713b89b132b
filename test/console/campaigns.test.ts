// web · campaigns in the console: written, previewed, tested, launched, watched, by each role and by two operators at once
// Long because these screens are one story.
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../src/audit/actor.ts'
import { inviteOperator } from '../../src/auth/operators/operators.ts'
import { findCampaign } from '../../src/campaigns/find.ts'
import { launchCampaign, scheduleCampaign } from '../../src/campaigns/launch.ts'
import { findList } from '../../src/lists/find.ts'
import { tickCampaigns } from '../../src/tick.ts'
import { act } from '../support/acts.ts'
import { text, at as valueAt } from '../support/client.ts'
import { type ConsoleClient, consoleClientOf, signIn } from '../support/console.ts'
import { unescaped, valuesOf, wordsOf } from '../support/page.ts'
import { seedConfirmed } from '../support/seed.ts'
import { besidesReading, contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let eva: ConsoleClient

beforeEach(async () => {
  house = await openTestApp()
  eva = await signIn(house, { role: 'owner', name: 'Eva Lindqvist', email: 'eva@brand.example' })
})
afterEach(() => house.close())

const fields = [
  { key: 'first_name', label: { en: 'First name' }, purpose: 'newsletter' },
  { key: 'city', label: { en: 'City' }, purpose: 'clicks' },
]
const letter = (more: object = {}): Promise<TestList> => house.makeList({ locales: ['en'], fields, ...more })

const read = async (answer: Response | Promise<Response>): Promise<string> => (await answer).text()
const words = async (answer: Response | Promise<Response>): Promise<string> => wordsOf(await read(answer))

/** The fields a campaign form posts. */
const written = (list: TestList, more: Readonly<Record<string, string>> = {}): [string, string][] =>
  Object.entries({
    list: list.id,
    purpose: 'newsletter',
    segment: '',
    subject: 'The garden in June',
    preheader: 'Peonies',
    body: 'Dear {{ subscriber.first_name | default: "friend" }},\r\nthe peonies are early.',
    ...more,
  })

const idIn = (answer: Response): string =>
  /campaigns\/([0-9a-f-]{36})/.exec(answer.headers.get('location') ?? '')?.[1] ?? ''

describe('the overview', () => {
  it('says what to do first where there is nothing yet', async () => {
    const page = await read(eva.get('/console/campaigns'))
    expect(page).toContain('No campaign yet')
    expect(page).toContain('href="/console/campaigns/new"')
    expect(await words(eva.get('/console/campaigns/new'))).toContain('You need a list first')
  })

  it('has campaigns by state, with list, segment, time and how many', async () => {
    const list = await letter()
    await seedConfirmed(house.deps, list.slug, [{ email: 'anna@example.pl', locale: 'pl' }])
    const segment = await house.api('POST', '/segments', {
      name: 'Poland',
      list: list.slug,
      filter: { locale: 'pl' },
    })
    const sent = await house.makeCampaign(list, { subject: 'Sent one', segment: text(segment.body, 'id') })
    await house.launch(sent)
    await house.rest()
    await house.makeCampaign(list, { subject: 'Drafted one' })
    const later = await house.makeCampaign(list, { subject: 'Later one' })
    await house.api('POST', `/campaigns/${later.id}/schedule`, { at: '2026-06-18T06:00:00Z' })
    const page = await words(eva.get('/console/campaigns'))
    expect(page).toMatch(
      /Scheduled.*Later one.*Drafts.*Drafted one.*Sent one.*Garden letter.*Poland.*1\s+of 1/s,
    )
    expect(page).not.toContain('In progress Subject')
  })

  it('shows only lists that an operator sees, page by page', async () => {
    const [mine, other] = [await letter(), await letter({ slug: 'other', name: 'Other letter' })]
    for (let nth = 0; nth < 26; nth += 1) await house.makeCampaign(mine, { subject: `Mine ${nth}.` })
    await house.makeCampaign(other, { subject: 'Not yours' })
    const piotr = await signIn(house, { role: 'editor', lists: [mine.number] })
    expect(await words(piotr.get('/console/campaigns'))).not.toContain('Not yours')
    const first = await read(piotr.get('/console/campaigns?show=drafts'))
    const next = /href="([^"]*after=[^"]*)"/.exec(first)?.[1] ?? ''
    const second = await words(piotr.get(unescaped(next)))
    expect(wordsOf(first)).toContain('Mine 25.')
    expect(wordsOf(first)).not.toContain('Mine 0.')
    expect(second).toContain('Mine 0.')
    expect(second).not.toContain('Mine 1.')
  })
})

describe('an author', () => {
  it('chooses a list where there are several, and writes at once where there is one', async () => {
    const list = await letter()
    expect((await eva.get('/console/campaigns/new')).headers.get('location')).toBe(
      `/console/campaigns/new?list=${list.slug}`,
    )
    await letter({ slug: 'other', name: 'Other letter' })
    expect(await words(eva.get('/console/campaigns/new'))).toContain('Other letter Garden letter Continue')
  })

  it('saves a draft, and goes on to what the button said', async () => {
    const list = await letter()
    const saved = await eva.post('/console/campaigns/new', written(list))
    expect(saved.status).toBe(303)
    expect(saved.headers.get('location')).toMatch(/\/edit\?done=created$/)
    const { body } = await house.api('GET', `/campaigns/${idIn(saved)}`)
    expect(body).toMatchObject({
      state: 'draft',
      subject: 'The garden in June',
      preheader: 'Peonies',
      version: 1,
    })
    // A browser's CRLF line ends are not part of the text.
    expect(text(body, 'content', 'body')).not.toContain('\r')
    const then = await eva.post('/console/campaigns/new', [...written(list), ['then', 'launch']])
    expect(then.headers.get('location')).toMatch(/\/launch\?done=created$/)
  })

  it('saves a text that is not finished, and is told what is missing, with the sentence and its line', async () => {
    const list = await letter()
    const body = 'Dear {{ subscriber.name }},\n\n{{ list.name | shout }}\n<b>"bold"</b>'
    const unfinished = [...written(list, { subject: '', body }), ['then', 'launch']] as const
    const saved = await eva.post('/console/campaigns/new', unfinished)
    expect(saved.headers.get('location')).toMatch(/\/edit\?done=created$/)
    const opened = await eva.get(saved.headers.get('location') ?? '')
    expect(opened.status).toBe(200)
    const page = await read(opened)
    const said = wordsOf(page)
    expect(said).toContain('The draft is saved.')
    expect(said).toContain('This draft cannot be sent yet. Please fix this')
    expect(said).toContain('It needs a subject.')
    expect(said).toContain('Line 1: There is no field "name". Known fields: email, first_name, city.')
    expect(said).toContain('Line 3: There is no filter "shout".')
    expect(page).toContain('href="#f-body"')
    expect(unescaped(/<textarea[^>]*>\n([\s\S]*?)<\/textarea>/.exec(page)?.[1] ?? '')).toBe(body)
    expect(valuesOf(page, 'preheader')).toEqual(['Peonies'])
    const id = idIn(saved)
    for (const screen of ['', '/edit', '/test', '/launch', '/delete'])
      expect((await eva.get(`/console/campaigns/${id}${screen}`)).status, screen).toBe(200)
    expect(await words(eva.get('/console/campaigns'))).toContain('No subject yet')
    const launched = await house.api('POST', `/campaigns/${id}/launch`)
    expect([launched.status, valueAt(launched.body, 'code')]).toEqual([422, 'invalid'])
    expect((await eva.post(`/console/campaigns/${id}/test`, [['to', 'eva@brand.example']])).status).toBe(422)
    const mended = await eva.post(`/console/campaigns/${id}/edit`, [...written(list), ['version', '1']])
    expect(mended.headers.get('location')).toMatch(/\/edit\?done=saved$/)
    expect(await words(eva.get(`/console/campaigns/${id}/edit`))).not.toContain('Please fix this')
  })

  it.each([
    ['a subject of 251 characters', { subject: 'x'.repeat(251) }],
    ['a NUL', { body: 'a\0b' }],
    ['more than 200 kB', { body: 'x'.repeat(200_001) }],
  ])('is refused what no draft can hold, with every word kept: %s', async (_, more) => {
    const list = await letter()
    const refused = await eva.post('/console/campaigns/new', written(list, more))
    expect(refused.status).toBe(422)
    expect(valuesOf(await read(refused), 'preheader')).toEqual(['Peonies'])
    expect(await house.owner`select 1 from campaigns`).toHaveLength(0)
  })

  it('cannot make a scheduled campaign unfinished: it would fail at its hour', async () => {
    const list = await letter()
    const { id } = await house.makeCampaign(list)
    await house.api('POST', `/campaigns/${id}/schedule`, { at: '2026-06-18T06:00:00Z' })
    const { body } = await house.api('GET', `/campaigns/${id}`)
    const version = String(valueAt(body, 'version'))
    const refused = await eva.post(`/console/campaigns/${id}/edit`, [
      ...written(list, { subject: '' }),
      ['version', version],
    ])
    expect(refused.status).toBe(422)
    expect((await house.api('GET', `/campaigns/${id}`)).body).toMatchObject({ subject: 'June' })
  })

  it('deletes a draft, or one cancelled before it was launched, and no other', async () => {
    const list = await letter()
    await seedConfirmed(house.deps, list.slug, [{ email: 'anna@example.pl' }])
    const [draft, cancelled, scheduled, sent] = await Promise.all(
      ['Draft', 'Cancelled', 'Scheduled', 'Sent'].map((subject) => house.makeCampaign(list, { subject })),
    )
    await house.api('POST', `/campaigns/${cancelled?.id}/cancel`)
    await house.api('POST', `/campaigns/${scheduled?.id}/schedule`, { at: '2026-06-18T06:00:00Z' })
    await house.launch({ id: sent?.id ?? '' })
    await house.rest()
    expect(await words(eva.get('/console/campaigns?show=sent'))).not.toMatch(/Cancelled\s+Garden/)
    expect(await words(eva.get('/console/campaigns?show=cancelled'))).toContain('Cancelled')
    for (const one of [draft, cancelled]) {
      const at = `/console/campaigns/${one?.id}`
      expect(await words(eva.get(at))).toContain('Delete draft')
      expect((await eva.post(`${at}/delete`)).headers.get('location')).toBe('/console/campaigns?done=deleted')
      expect((await eva.get(at)).status).toBe(404)
    }
    for (const one of [scheduled, sent]) {
      const at = `/console/campaigns/${one?.id}`
      expect(await words(eva.get(at))).not.toContain('Delete draft')
      expect((await eva.get(`${at}/delete`)).status).toBe(303)
      expect((await eva.post(`${at}/delete`)).status).toBe(409)
      expect((await eva.get(at)).status).toBe(200)
    }
  })

  it('never reads the source of a merge field as a title', async () => {
    const list = await letter()
    await seedConfirmed(house.deps, list.slug, [{ email: 'anna@example.pl' }])
    const subject =
      '{% if subscriber.city %}Lund{% else %}Home{% endif %} for {{ subscriber.first_name | default: "you" }}'
    const [draft, sent] = [
      await house.makeCampaign(list, { subject }),
      await house.makeCampaign(list, { subject }),
    ]
    await house.launch(sent)
    await house.rest()
    const [person] = await house.owner<{ uid: string }[]>`select uid from subscribers`
    const screens = [
      '',
      '/campaigns',
      '/lists/letter',
      '/segments/new?list=letter',
      `/people/${person?.uid}`,
      ...['', '/launch', '/test', '/edit', '/delete', '/cancel'].map((at) => `/campaigns/${draft.id}${at}`),
      ...['', '/recipients', '/explain', '/cancel'].map((at) => `/campaigns/${sent.id}${at}`),
    ]
    for (const screen of screens) {
      expect(await words(eva.get(`/console${screen}`)), screen).not.toContain('{% else %}')
    }
    expect(await words(eva.get('/console'))).toContain('Lund / Home for ‹first name›')
  })

  it('is refused a purpose that is no mail and a segment of another list', async () => {
    const [list, other] = [await letter(), await letter({ slug: 'other' })]
    const foreign = await house.api('POST', '/segments', { name: 'x', list: other.slug, filter: { all: [] } })
    const purpose = await words(eva.post('/console/campaigns/new', written(list, { purpose: 'clicks' })))
    expect(purpose).toContain('no purpose "clicks" of kind mail')
    const segment = written(list, { segment: text(foreign.body, 'id') })
    expect(await words(eva.post('/console/campaigns/new', segment))).toContain('no such segment')
  })

  it('sees what may be put in for each person, and what it gives', async () => {
    const list = await letter()
    const page = await words(eva.get(`/console/campaigns/new?list=${list.slug}`))
    expect(page).toContain('{{ subscriber.first_name | default: "friend" }}')
    expect(page).toContain('First name (for example Alice)')
    expect(page).toContain('{{ unsubscribe_url }}')
  })
})

describe('an author whose session ends while writing', () => {
  it('loses nothing: what was posted is there after signing in, and can be saved', async () => {
    const list = await letter()
    const { id } = await house.makeCampaign(list)
    const path = `/console/campaigns/${id}/edit`
    await house.owner`update sessions set ended_at = ${house.now()} where operator = ${eva.operator}`
    const over = await eva.post(path, written(list, { version: '1' }))
    await house.owner`update sessions set ended_at = null where operator = ${eva.operator}`
    expect(over.status).toBe(401)
    const kept = /assent_kept=[^;]+/.exec(over.headers.get('set-cookie') ?? '')?.[0] ?? ''
    const back = consoleClientOf(house, { cookie: `${eva.cookie}; ${kept}`, operator: eva.operator })
    const page = await read(back.get('/console/kept'))
    expect(wordsOf(page)).toContain('the peonies are early')
    expect(page).toContain(`action="${path}?kept=sent"`)
    expect((await back.post(path, written(list, { version: '1' }))).status).toBe(303)
  })
})

describe('a preview that was asked for when the session was over, and sent again after signing in', () => {
  it('is a form once more, with every word in it', async () => {
    const list = await letter()
    const answer = await house.request('/console/campaigns/preview', {
      method: 'POST',
      headers: { cookie: eva.cookie, origin: house.url, 'sec-fetch-dest': 'document' },
      body: new URLSearchParams(written(list)),
    })
    const page = await answer.text()
    expect(page).toContain('action="/console/campaigns/new"')
    expect(wordsOf(page)).toContain('the peonies are early')
  })
})

describe('two operators who write one campaign', () => {
  it('are both shown: theirs is saved, yours is in the form, and saving again is a choice', async () => {
    const list = await letter()
    const piotr = await signIn(house, { role: 'editor', name: 'Piotr' })
    const { id } = await house.makeCampaign(list)
    const edit = `/console/campaigns/${id}/edit`
    const [version = ''] = valuesOf(await read(eva.get(edit)), 'version')
    expect((await piotr.post(edit, written(list, { version, body: 'Piotr was here.' }))).status).toBe(303)

    const conflict = await eva.post(edit, written(list, { version, body: 'Eva was here.' }))
    expect(conflict.status).toBe(409)
    const page = await read(conflict)
    expect(wordsOf(page)).toMatch(/Their version is saved.*Piotr was here\..*Eva was here\./s)
    expect(valueAt((await house.api('GET', `/campaigns/${id}`)).body, 'content', 'body')).toBe(
      'Piotr was here.',
    )

    const [fresh = ''] = valuesOf(page, 'version')
    expect((await eva.post(edit, written(list, { version: fresh, body: 'Eva was here.' }))).status).toBe(303)
    expect(valueAt((await house.api('GET', `/campaigns/${id}`)).body, 'content', 'body')).toBe(
      'Eva was here.',
    )
  })

  it('do not lose a text to a launch: it can become a draft of its own', async () => {
    const list = await letter()
    await seedConfirmed(house.deps, list.slug, [{ email: 'anna@example.pl' }])
    const campaign = await house.makeCampaign(list)
    await house.launch(campaign)
    const late = await eva.post(`/console/campaigns/${campaign.id}/edit`, written(list, { version: '1' }))
    expect(late.status).toBe(409)
    const page = await read(late)
    expect(page).toContain('action="/console/campaigns/new"')
    expect(wordsOf(page)).toContain('the peonies are early')
  })

  it('by API too, where the version is sent; without one a change is taken as before', async () => {
    const list = await letter()
    const { id } = await house.makeCampaign(list)
    const first = await house.api('PATCH', `/campaigns/${id}`, { subject: 'Mine', version: 1 })
    expect(valueAt(first.body, 'version')).toBe(2)
    const stale = await house.api('PATCH', `/campaigns/${id}`, { subject: 'Yours', version: 1 })
    expect(stale.body).toMatchObject({ status: 409, code: 'conflict' })
    expect((await house.api('PATCH', `/campaigns/${id}`, { subject: 'Theirs' })).status).toBe(200)
  })
})

describe('the preview', () => {
  it('is the mail of the send in a document without any power', async () => {
    const list = await letter()
    const before = await contentsOf(house.owner)
    const answer = await eva.post('/console/campaigns/preview', written(list))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'; sandbox",
    )
    expect(answer.headers.get('set-cookie')).toBeNull()
    const page = await answer.text()
    expect(wordsOf(page)).toMatch(/The garden in June — Peonies HTML \d\.\d kB/)
    expect(wordsOf(page)).toContain('Dear Alice,')
    expect(page).not.toContain('<script')
    expect(await contentsOf(house.owner)).toEqual(before)
  })

  it('reads as it will for somebody of whom only the address is known, and as plain text', async () => {
    const list = await letter()
    const more = [
      ['as', 'text'],
      ['missing', '1'],
    ] as const
    const page = await read(eva.post('/console/campaigns/preview', [...written(list), ...more]))
    expect(page).toMatch(/<pre>Dear friend,/)
  })

  it('says what cannot be sent as it stands; a subject not yet written is none of it', async () => {
    const list = await letter()
    const answer = await eva.post(
      '/console/campaigns/preview',
      written(list, { subject: '', body: '\n{% for %}' }),
    )
    expect(answer.status).toBe(422)
    const said = await words(answer)
    expect(said).toContain('Line 2: There is no tag "for".')
    expect(said).not.toContain('subject')
  })

  it('shows no markup of an author as markup of the console', async () => {
    const list = await letter()
    const body = '<script>alert(1)</script><img src=x onerror=alert(1)>'
    const subject = '</title><script>alert(2)</script>'
    const page = await read(eva.post('/console/campaigns/preview', written(list, { subject, body })))
    expect(page).not.toMatch(/<script|<img/)
  })

  it('is nobody else’s to ask for: another site, another list, a role that does not write', async () => {
    const [list, other] = [await letter(), await letter({ slug: 'other' })]
    const piotr = await signIn(house, { role: 'editor', lists: [other.number] })
    const analyst = await signIn(house, { role: 'analyst' })
    expect((await piotr.post('/console/campaigns/preview', written(list))).status).toBe(403)
    expect((await analyst.post('/console/campaigns/preview', written(list))).status).toBe(403)
    const foreign = await house.request('/console/campaigns/preview', {
      method: 'POST',
      headers: { cookie: eva.cookie, origin: 'https://evil.example' },
      body: new URLSearchParams(written(list)),
    })
    expect(foreign.status).toBe(403)
  })
})

describe('a test mail', () => {
  it('goes to whoever asks for it unless they choose, marked, and is written down', async () => {
    const list = await letter()
    const { id } = await house.makeCampaign(list)
    const page = await read(eva.get(`/console/campaigns/${id}/test`))
    expect(valuesOf(page, 'to')).toEqual(['eva@brand.example'])
    const sent = await eva.post(`/console/campaigns/${id}/test`, [
      ['to', 'eva@brand.example'],
      ['to', 'hello@brand.example'],
    ])
    expect(sent.headers.get('location')).toBe(`/console/campaigns/${id}/test?done=tested`)
    for (const to of ['eva@brand.example', 'hello@brand.example'])
      expect((await house.mailsTo(to)).map(({ subject }) => subject)).toContain('[Test] June')
    const acts = await house.owner`select actor_id, details from audit_log where verb = 'campaign.test'`
    expect(acts.map((one) => one['actor_id'])).toEqual([eva.operator, eva.operator])
    expect(JSON.stringify(acts)).not.toContain('@')
  })

  it('is one mail to each address, however often the same form is sent', async () => {
    const list = await letter()
    const { id } = await house.makeCampaign(list)
    const at = `/console/campaigns/${id}/test`
    const once = async () => valuesOf(await read(eva.get(at)), 'once')[0] ?? ''
    const press = (pressed: string, ...to: readonly string[]) =>
      eva.post(at, [['once', pressed], ...to.map((address): [string, string] => ['to', address])])
    const first = await once()
    for (const answer of await Promise.all([
      press(first, 'eva@brand.example', 'hello@brand.example'),
      press(first, 'eva@brand.example', 'hello@brand.example'),
    ]))
      expect(answer.status).toBe(303)
    const tests = async (to: string) =>
      (await house.mailsTo(to)).filter(({ subject }) => subject.startsWith('[Test]')).length
    expect([await tests('eva@brand.example'), await tests('hello@brand.example')]).toEqual([1, 1])
    await press(await once(), 'eva@brand.example')
    expect(await tests('eva@brand.example')).toBe(2)
  })

  it('goes to other operators, and never to a subscriber or a stranger', async () => {
    const list = await letter()
    const { id } = await house.makeCampaign(list)
    const system: Actor = { kind: 'system' }
    const address = { sendTo: 'bo@brand.example', canonical: 'bo@brand.example' }
    await inviteOperator(house.deps, system, {
      name: 'Bo',
      address,
      role: 'sender',
      lists: null,
      locale: 'en',
    })
    await seedConfirmed(house.deps, list.slug, [{ email: 'anna@example.pl' }])
    expect((await eva.post(`/console/campaigns/${id}/test`, [['other', 'bo@brand.example']])).status).toBe(
      303,
    )
    const refused = await eva.post(`/console/campaigns/${id}/test`, [['other', 'anna@example.pl']])
    expect(refused.status).toBe(422)
    const page = await read(refused)
    expect(wordsOf(page)).toContain('A test can only go to operators')
    expect(valuesOf(page, 'other')).toEqual(['anna@example.pl'])
    expect((await eva.post(`/console/campaigns/${id}/test`)).status).toBe(422)
  })
})

/** Ten people: five have a first name, one of those left, one is suppressed, one is pending. */
async function crowd(list: TestList) {
  const seeded = await seedConfirmed(
    house.deps,
    list.slug,
    Array.from({ length: 10 }, (_, nth) => ({
      email: `reader${nth}@example.com`,
      fields: nth < 5 ? { first_name: 'Ann' } : {},
    })),
  )
  const [left, bounced] = ['reader0@example.com', 'reader1@example.com'].map((email) =>
    seeded.find((one) => one.email === email),
  )
  await act(house, left?.subscription ?? 0, [{ type: 'consent.withdrawn', purposes: ['newsletter'] }])
  await house.owner`update subscriptions set suppressed = true where id = ${bounced?.subscription ?? 0}`
  await house.signUp(list, 'waits@example.com')
  await house.rest()
  return seeded
}

describe('the page before sending', () => {
  it('counts who gets it, and everybody else of the list by the reason', async () => {
    const list = await letter()
    await crowd(list)
    const { id } = await house.makeCampaign(list, {
      content: {
        format: 'markdown',
        body: 'Dear {{ subscriber.first_name | default: "friend" }} of {{ subscriber.city }}',
      },
    })
    const page = await read(eva.get(`/console/campaigns/${id}/launch`))
    const said = wordsOf(page).replace(/\s+/g, ' ')
    expect(said).toContain('8 people will get this. 3 will not:')
    expect(said).toMatch(/1 unsubscribed/)
    expect(said).toMatch(/1 suppressed: /)
    expect(said).toMatch(/1 not confirmed yet/)
    expect(page).toContain('/console/people?list=letter&amp;state=withdrawn')
    expect(said).toContain('5 people have no value for “First name”: they see “friend”.')
    expect(said).toContain('8 people have no value for “City”: the merge field stays empty for them.')
    expect(said).toContain('One-click unsubscribe is set up.')
    expect(said).toContain('The email has a plain text version.')
    expect(said).toContain('Send to 8 people')
  })

  it('does not call those left out whom the segment does not name', async () => {
    const list = await letter()
    await crowd(list)
    const segment = await house.api('POST', '/segments', {
      name: 'Poland',
      list: list.slug,
      filter: { locale: 'pl' },
    })
    const { id } = await house.makeCampaign(list, { segment: text(segment.body, 'id') })
    const said = await words(eva.get(`/console/campaigns/${id}/launch`))
    expect(said).toContain('0 people')
    expect(said).not.toContain('will not:')
    expect(said).toContain('Nobody would get this')
    await house.api('DELETE', `/segments/${text(segment.body, 'id')}`)
    expect(await words(eva.get(`/console/campaigns/${id}/launch`))).toContain(
      'The segment of this campaign was deleted',
    )
  })

  it('warns of a mail that mailboxes cut off', async () => {
    const list = await letter()
    await crowd(list)
    const { id } = await house.makeCampaign(list, {
      content: { format: 'markdown', body: 'A long letter. '.repeat(8000) },
    })
    expect(await words(eva.get(`/console/campaigns/${id}/launch`))).toMatch(
      /Above 100 kB some mailbox providers cut it off/,
    )
  })

  const pressed = (more: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries({ when: 'now', people: '8', version: '1', ...more })

  it('sends at the press', async () => {
    const list = await letter()
    await crowd(list)
    const { id } = await house.makeCampaign(list)
    const sent = await eva.post(`/console/campaigns/${id}/launch`, pressed({}))
    expect(sent.headers.get('location')).toBe(`/console/campaigns/${id}?done=launched`)
    await house.rest()
    expect((await house.api('GET', `/campaigns/${id}`)).body).toMatchObject({
      state: 'sent',
      totals: { sent: 8 },
    })
  })

  it('is shown once more where the number moved, or somebody changed the text; nothing is sent', async () => {
    const list = await letter()
    await crowd(list)
    const { id } = await house.makeCampaign(list)
    const more = await eva.post(`/console/campaigns/${id}/launch`, pressed({ people: '7' }))
    expect(more.status).toBe(409)
    expect(await words(more)).toContain('The number of people changed while you were looking at this page.')
    await house.api('PATCH', `/campaigns/${id}`, { subject: 'Another' })
    const changed = await eva.post(`/console/campaigns/${id}/launch`, pressed({}))
    expect(changed.status).toBe(409)
    expect(await words(changed)).toContain('A colleague changed this campaign while you were looking at it.')
    expect((await house.api('GET', `/campaigns/${id}`)).body).toMatchObject({ state: 'draft' })
  })

  it('never launches or schedules words that came between the look and the press', async () => {
    const list = await letter()
    await crowd(list)
    const { id } = await house.makeCampaign(list)
    const [seen, whole] = [await findCampaign(house.deps.db, id), await findList(house.deps.db, list.slug)]
    if (seen === null || whole === null) throw new Error('it is not there')
    await house.api('PATCH', `/campaigns/${id}`, { subject: 'Another' })
    const actor: Actor = { kind: 'operator', id: eva.operator }
    const inTime = new Date('2026-06-04T06:00:00Z')
    await expect(launchCampaign(house.deps, actor, seen, whole)).rejects.toMatchObject({ code: 'conflict' })
    await expect(scheduleCampaign(house.deps, actor, seen, { at: inTime })).rejects.toMatchObject({
      code: 'conflict',
    })
    expect((await house.api('GET', `/campaigns/${id}`)).body).toMatchObject({ state: 'draft' })
  })

  it('takes a time by the operator’s own clock', async () => {
    const list = await letter()
    await crowd(list)
    await house.owner`update operators set timezone = 'Europe/Stockholm'`
    const { id } = await house.makeCampaign(list)
    const later = (at: string) => eva.post(`/console/campaigns/${id}/launch`, pressed({ when: 'later', at }))
    for (const when of ['', 'never'])
      expect((await eva.post(`/console/campaigns/${id}/launch`, pressed({ when }))).status, when).toBe(422)
    expect((await house.api('GET', `/campaigns/${id}`)).body).toMatchObject({ state: 'draft' })
    const past = await later('2026-06-01T08:00')
    expect(past.status).toBe(422)
    const page = await read(past)
    expect(wordsOf(page)).toContain('This time is in the past')
    expect(valuesOf(page, 'at')).toEqual(['2026-06-01T08:00'])
    expect(await words(later('2027-03-28T02:30'))).toContain('that exist in Europe/Stockholm')
    expect((await later('2026-06-04T08:00')).headers.get('location')).toMatch(/done=scheduled$/)
    const { body } = await house.api('GET', `/campaigns/${id}`)
    expect(body).toMatchObject({ state: 'scheduled', scheduled_at: '2026-06-04T06:00:00.000Z' })
  })

  it('tells an editor who can send, and takes no press of theirs', async () => {
    const list = await letter()
    await crowd(list)
    const piotr = await signIn(house, { role: 'editor', name: 'Piotr' })
    const { id } = await house.makeCampaign(list)
    const said = await words(piotr.get(`/console/campaigns/${id}/launch`))
    expect(said).toContain('You can edit this campaign but not send it. Eva Lindqvist can send it.')
    expect(said).not.toContain('Send to')
    expect((await piotr.post(`/console/campaigns/${id}/launch`, pressed({}))).status).toBe(403)
  })
})

describe('a campaign under way', () => {
  async function halfway() {
    const list = await letter()
    const people = Array.from({ length: 250 }, (_, nth) => ({ email: `reader${nth}@example.com` }))
    const seeded = await seedConfirmed(house.deps, list.slug, people)
    const campaign = await house.makeCampaign(list)
    await house.launch(campaign)
    while (await tickCampaigns(house.deps));
    await act(house, seeded[0]?.subscription ?? 0, [{ type: 'consent.withdrawn', purposes: ['newsletter'] }])
    return { list, campaign }
  }

  it('is paused, goes on and is done; each step is told, by whom and when', async () => {
    const { campaign } = await halfway()
    const path = `/console/campaigns/${campaign.id}`
    expect((await eva.post(`${path}/pause`)).headers.get('location')).toBe(`${path}?done=paused`)
    expect(await words(eva.get(path))).toContain('Sent to 0 of 250 people. 250 are waiting until you resume.')
    await eva.post(`${path}/resume`)
    const moving = await read(eva.get(path))
    expect(wordsOf(moving)).toContain('Sent to 0 of 250 people, 250 to go.')
    expect(moving).toContain(`data-again="${path}/progress"`)
    expect(await read(eva.get(`${path}/progress`))).toMatch(/^<section class="panel" id="progress"/)
    await house.rest()
    const said = (await words(eva.get(path))).replace(/\s+/g, ' ')
    expect(said).toContain('Sent to 249 of 250 people.')
    expect(said).toMatch(/Skipped 1 of 250/)
    expect(said).toMatch(/Unsubscribed 1 of 250/)
    expect(said).toMatch(/unsubscribed before it was sent 1/)
    expect(said).toContain(
      'Delivered, bounced, complained unknown: provider events are not received, because RESEND_WEBHOOK_SECRET is not set',
    )
    expect(said.match(/RESEND_WEBHOOK_SECRET/g)).toHaveLength(1)
    expect(said).toMatch(/Eva Lindqvist paused it\..*Eva Lindqvist resumed it\./)
  })

  it('says how long it takes at the pace of the provider', async () => {
    await house.close()
    house = await openTestApp({ env: { SEND_RATE: '1' } })
    eva = await signIn(house, { role: 'owner', email: 'eva@brand.example' })
    const list = await letter()
    const { id, number } = await house.makeCampaign(list)
    await house.owner`alter table campaigns disable trigger user`
    await house.owner`update campaigns set state = 'sending', frozen_at = now() where id = ${id}`
    await house.owner`insert into batches (campaign, batch_no, size) select ${number}, n, 100 from generate_series(0, 199) as n`
    // At 100 people a second, 20,000 take 200 seconds.
    expect(await words(eva.get(`/console/campaigns/${id}`))).toContain(
      'Sent to 0 of 20,000 people, about 3 minutes left at the provider’s rate.',
    )
    // Measured rate: 50 a second.
    await house.owner`
      update batches set state = 'sent', sent_at = ${house.now()}::timestamptz - (10 - batch_no) * interval '2 seconds'
      where batch_no < 10`
    expect(await words(eva.get(`/console/campaigns/${id}`))).toContain(
      'Sent to 1,000 of 20,000 people, about 7 minutes left',
    )
  })

  it('is cancelled after a page that says what will happen, and says afterwards who did not get it', async () => {
    const { campaign } = await halfway()
    const path = `/console/campaigns/${campaign.id}`
    expect(await words(eva.get(`${path}/cancel`))).toContain('250 people will not get it')
    await eva.post(`${path}/cancel`)
    const said = (await words(eva.get(path))).replace(/\s+/g, ' ')
    expect(said).toContain('Cancelled before anything was sent.')
    expect(said).toMatch(/campaign cancelled before their turn 250/)
    expect((await eva.post(`${path}/resume`)).status).toBe(409)
  })

  it('opens each figure into its people, for those who may see people', async () => {
    const { campaign } = await halfway()
    await house.rest()
    const path = `/console/campaigns/${campaign.id}`
    const skipped = await read(eva.get(`${path}/recipients?outcome=skipped`))
    expect(wordsOf(skipped)).toContain('unsubscribed before it was sent')
    expect(skipped.match(/href="\/console\/people\/[0-9a-f-]{36}"/g)).toHaveLength(1)
    const seen = new Set<string>()
    let next = `${path}/recipients?outcome=sent`
    while (next !== '') {
      const page = await read(eva.get(next))
      for (const [, id = ''] of page.matchAll(/\/console\/people\/([0-9a-f-]{36})/g)) seen.add(id)
      next = unescaped(/href="([^"]*after=[^"]*)"/.exec(page)?.[1] ?? '')
    }
    expect(seen.size).toBe(249)
  })

  it('shows figures and no single person to a sender and an analyst, who act as far as they may', async () => {
    const { campaign } = await halfway()
    await house.rest()
    const path = `/console/campaigns/${campaign.id}`
    for (const role of ['sender', 'analyst'] as const) {
      const desk = await signIn(house, { role })
      const page = await read(desk.get(path))
      expect(wordsOf(page)).toContain('Sent to 249 of 250 people.')
      expect(page).not.toContain('/console/people')
      expect(page).not.toContain('/recipients')
      expect((await desk.get(`${path}/recipients`)).status).toBe(403)
    }
    const analyst = await signIn(house, { role: 'analyst', email: 'other@brand.example' })
    expect(await read(analyst.get(path))).not.toContain('Duplicate')
    expect((await analyst.post(`${path}/duplicate`)).status).toBe(403)
  })

  it('is not changed by anybody who looks at it (I3), and shows no address of a subscriber', async () => {
    const { list, campaign } = await halfway()
    const draft = await house.makeCampaign(list)
    const before = await contentsOf(house.owner)
    for (const { id } of [campaign, draft])
      for (const screen of [
        '',
        '/edit',
        '/test',
        '/launch',
        '/cancel',
        '/copy',
        '/copy?as=text',
        '/progress',
        '/recipients',
      ])
        expect(await read(eva.get(`/console/campaigns/${id}${screen}`))).not.toMatch(/reader\d+@/)
    for (const screen of ['', '?show=sent', '/new', `/new?list=${list.slug}`, '/preview'])
      expect((await eva.get(`/console/campaigns${screen}`)).status).toBeLessThan(400)
    expect(besidesReading(await contentsOf(house.owner))).toEqual(besidesReading(before))
  })

  it('says in plain words what stands in the way', async () => {
    const { campaign } = await halfway()
    const path = `/console/campaigns/${campaign.id}`
    await house.owner`
      insert into pace (provider, next_slot_at, closed_until) values ('mailbox', now(), now() + interval '1 hour')
      on conflict (provider) do update set closed_until = excluded.closed_until`
    expect(await words(eva.get(path))).toContain(
      'The provider asked to wait. Sending continues automatically.',
    )
    await house.owner`update campaigns set state = 'paused', problem = 'The provider refused a batch (403): no.'`
    expect(await words(eva.get(path))).toContain(
      'Sending has stopped: The provider refused a batch (403): no.',
    )
  })

  it('shows what was sent, also where a field of it is gone since', async () => {
    const list = await letter()
    await seedConfirmed(house.deps, list.slug, [{ email: 'anna@example.pl' }])
    const content = { format: 'markdown', body: 'Dear {{ subscriber.first_name | default: "you" }}' }
    const [sent, draft] = [
      await house.makeCampaign(list, { content }),
      await house.makeCampaign(list, { content }),
    ]
    await house.launch(sent)
    await house.rest()
    await house.owner`delete from fields`
    expect(await words(eva.get(`/console/campaigns/${sent.id}/copy?as=text`))).toContain('Dear you')
    expect((await eva.get(`/console/campaigns/${draft.id}/copy`)).status).toBe(422)
    const copied = await eva.post(`/console/campaigns/${sent.id}/duplicate`)
    expect(copied.status).toBe(303)
    expect(await words(eva.get(copied.headers.get('location') ?? ''))).toMatch(
      /There is no field "first_name".*Dear {{/s,
    )
  })

  it('becomes a new draft with the same words', async () => {
    const { campaign } = await halfway()
    const copied = await eva.post(`/console/campaigns/${campaign.id}/duplicate`)
    expect(copied.headers.get('location')).toMatch(/\/edit\?done=duplicated$/)
    const { body } = await house.api('GET', `/campaigns/${idIn(copied)}`)
    expect(body).toMatchObject({ state: 'draft', subject: 'June', content: { body: 'The garden in June.' } })
  })
})

describe('a campaign to 20,000 people', () => {
  const people = 20_000

  /** The rows after freezing and sending: one person of each batch left before, every other person since. */
  async function sentToMany() {
    const list = await letter()
    const { id, number } = await house.makeCampaign(list)
    await house.owner.begin(async (tx) => {
      for (const table of ['campaigns', 'subscriptions', 'recipients'])
        await tx`alter table ${tx(table)} disable trigger user`
      await tx`
        insert into subscribers (id, uid, address_index, address, locale, mailbox_provider, created_at)
        overriding system value
        select n, gen_random_uuid(), sha256(n::text::bytea), '', 'en', 'other', now()
        from generate_series(1, ${people}::int) as n`
      await tx`
        insert into subscriptions (id, subscriber, list, state, granted, seq, withdrawn_at)
        overriding system value
        select n, n, ${list.number}, case when n % 2 = 0 then 'withdrawn' else 'active' end, '{newsletter}', 1,
          case when n % 2 = 0 then now() end
        from generate_series(1, ${people}::int) as n`
      await tx`
        insert into recipients (campaign, batch_no, subscriber, consent_seq)
        select ${number}, (n - 1) / 100, n, 1 from generate_series(1, ${people}::int) as n`
      await tx`
        insert into batches (campaign, batch_no, size, state, sent_at, skips, left_out)
        select ${number}, n, 100, 'sent', now(), jsonb_build_array(jsonb_build_array(n * 100 + 1, 'withdrawn')),
          array[n * 100 + 1]
        from generate_series(0, ${people / 100 - 1}::int) as n`
      await tx`
        update campaigns set state = 'sent', launched_at = '2026-06-01', frozen_at = '2026-06-01', finished_at = now()
        where number = ${number}`
    })
    await house.owner`analyze`
    return { list, path: `/console/campaigns/${id}` }
  }

  /** Rows of recipients read by all statements so far. */
  const rowsRead = async (): Promise<number> => {
    await house.deps.db.execute(sql`select pg_stat_force_next_flush()`)
    await house.deps.db.execute(sql`select 1`)
    const [row] = await house.owner<{ rows: number }[]>`
      select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows
      from pg_stat_user_tables where relname = 'recipients'`
    return row?.rows ?? 0
  }

  it('reads of the recipients only those who left afterwards, and a page; its totals are sums of batches', async () => {
    const { path } = await sentToMany()
    const said = (await words(eva.get(path))).replace(/\s+/g, ' ')
    expect(said).toContain('Sent to 19,800 of 20,000 people.')
    expect(said).toMatch(/Skipped 200 of 20,000/)
    expect(said).toMatch(/Unsubscribed 10,000 of 20,000/)
    const screens = [
      '',
      '/progress',
      '/recipients',
      '/recipients?outcome=skipped',
      '/recipients?after=150.15050',
    ]
    for (const screen of [...screens.map((one) => path + one), '/console/campaigns']) {
      const before = await rowsRead()
      expect((await eva.get(screen)).status).toBe(200)
      expect((await rowsRead()) - before, screen).toBeLessThan(people / 2 + 200)
    }
  })
})

describe('a campaign of a list that an operator does not see', () => {
  it('is refused on every screen', async () => {
    const [list, other] = [await letter(), await letter({ slug: 'other' })]
    const piotr = await signIn(house, { role: 'sender', email: 'piotr@brand.example', lists: [other.number] })
    const { id } = await house.makeCampaign(list)
    const path = `/console/campaigns/${id}`
    for (const screen of ['', '/edit', '/test', '/launch', '/cancel', '/copy', '/progress', '/recipients'])
      expect([screen, (await piotr.get(`${path}${screen}`)).status]).toEqual([screen, 403])
    for (const verb of ['edit', 'test', 'launch', 'pause', 'resume', 'cancel', 'duplicate'])
      expect([verb, (await piotr.post(`${path}/${verb}`)).status]).toEqual([verb, 403])
    expect((await piotr.get(`/console/campaigns/new?list=${list.slug}`)).status).toBe(403)
    expect((await eva.get('/console/campaigns/019e8269-4e80-7ef9-a8e3-baa7ee241d55')).status).toBe(404)
    expect((await eva.get('/console/campaigns/nonsense')).status).toBe(404)
  })
})
