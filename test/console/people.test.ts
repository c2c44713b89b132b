// web · people in the console: who sees whom, addresses only on request, every fact of consent in words, no errors
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LedgerEntry } from '../../src/consent/timeline.ts'
import { factOf } from '../../src/console/person/facts.ts'
import { deliveriesOf } from '../../src/reports/deliveries.ts'
import { maskAddress } from '../../src/subscribers/mask.ts'
import { type ConsoleClient, signIn } from '../support/console.ts'
import { formIn } from '../support/form.ts'
import { wordsOf } from '../support/page.ts'
import { seedConfirmed } from '../support/seed.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let letter: TestList
let seeds: TestList
let owner: ConsoleClient
let editor: ConsoleClient
let auditor: ConsoleClient
/** Sees the seed list only. */
let gardener: ConsoleClient

const anna = 'anna.kowalska@example.pl'
const sven = 'sven@post.example.se'

beforeAll(async () => {
  house = await openTestApp()
  letter = await house.makeList({
    fields: [
      { key: 'first_name', label: text('First name'), purpose: 'newsletter', type: 'text', protected: true },
      { key: 'age', label: text('Age'), purpose: 'newsletter', type: 'number', filterable: true },
    ],
  })
  seeds = await house.makeList({ slug: 'seeds', name: 'Seed exchange' })
  await house.subscribe(letter, [anna], {
    purposes: ['clicks', 'offers'],
    locale: 'pl',
    fields: { first_name: 'Anna', age: '41' },
  })
  await house.subscribe(seeds, [sven], { locale: 'sv' })
  await house.subscribe(seeds, [anna])
  await house.signUp(letter, 'waiting@example.pl')
  await house.rest()
  await house.launch(await house.makeCampaign(letter, { subject: 'What to sow in June' }))
  await house.rest()
  owner = await signIn(house, { role: 'owner' })
  editor = await signIn(house, { role: 'editor' })
  auditor = await signIn(house, { role: 'auditor' })
  gardener = await signIn(house, { role: 'editor', email: 'seeds@brand.example', lists: [seeds.number] })
})
afterAll(() => house.close())

const text = (words: string) => ({ en: words, pl: words, sv: words, ru: words })

const find = (desk: ConsoleClient, email: string) => desk.post('/console/people/search', [['email', email]])
/** The address of a person's page. */
const pageOf = async (email: string): Promise<string> =>
  (await find(owner, email)).headers.get('location') ?? ''
const read = async (answer: Response | Promise<Response>) => {
  const response = await answer
  const html = await response.text()
  return { status: response.status, html, words: wordsOf(html) }
}
const acts = (verb: string) =>
  house.owner<{ actor_id: string; subject_id: string; details: Record<string, unknown> }[]>`
    select actor_id, subject_id, details from audit_log where verb = ${verb} order by id`

describe('the people', () => {
  it('are told apart by masked addresses, with lists, states and purposes; no address stands in the page', async () => {
    const { status, html, words } = await read(owner.get('/console/people'))
    expect(status).toBe(200)
    expect(words).toContain('3 people, newest first.')
    expect(words).toContain('a…@example.pl')
    expect(words).toContain('Garden letter active')
    expect(words).toContain('Garden letter awaiting confirmation')
    expect(words).toContain('newsletter, clicks, offers')
    for (const address of [anna, sven, 'Anna']) expect(html).not.toContain(address)
  })

  it.each([
    ['?list=letter', '2 of 3 people', ['a…@example.pl', 'w…@example.pl']],
    ['?list=letter&state=active', '1 of 3 people', ['a…@example.pl']],
    ['?state=pending', '1 of 3 people', ['w…@example.pl']],
    ['?purpose=offers', '1 of 3 people', ['a…@example.pl']],
    ['?list=seeds&purpose=offers', '0 of 3 people', []],
  ])('are chosen by a sentence: %s', async (query, counts, shown) => {
    const { words } = await read(owner.get(`/console/people${query}`))
    expect(words).toContain(counts)
    expect(words.match(/\w…@[\w.]+/g) ?? []).toEqual(expect.arrayContaining([...shown]))
    expect((words.match(/\w…@[\w.]+/g) ?? []).length).toBe(shown.length)
  })

  it('come page by page, each once', async () => {
    const crowded = await openTestApp()
    const list = await crowded.makeList()
    const { seedConfirmed } = await import('../support/seed.ts')
    await seedConfirmed(
      crowded.deps,
      list.slug,
      Array.from({ length: 120 }, (_, at) => ({ email: `p${at}@h${at}.example` })),
    )
    const desk = await signIn(crowded, { role: 'auditor' })
    const seen: string[] = []
    for (let path: string | undefined = '/console/people?list=letter'; path !== undefined; ) {
      const html = await (await desk.get(path)).text()
      seen.push(...(wordsOf(html).match(/p…@h\d+\.example/g) ?? []))
      path = /href="([^"]+)"[^>]*>\s*Older/.exec(html)?.[1]?.replaceAll('&amp;', '&')
      expect(path ?? '').not.toContain('@')
    }
    expect(new Set(seen).size).toBe(120)
    expect(seen).toHaveLength(120)
    await crowded.close()
  })

  it('are nobody yet, with the way to the form, or to the first list', async () => {
    const empty = await openTestApp()
    const desk = await signIn(empty, { role: 'owner' })
    expect((await read(desk.get('/console/people'))).html).toContain('href="/console/lists/new"')
    await empty.makeList()
    expect((await read(desk.get('/console/people'))).html).toContain('href="/console/lists/letter"')
    await empty.close()
  })
})

describe('a search by address', () => {
  it('leads to the person, by an id that says nothing', async () => {
    const answer = await find(owner, ' Anna.Kowalska@EXAMPLE.pl ')
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toMatch(/^\/console\/people\/[0-9a-f-]{36}$/)
  })

  it('finds nobody in plain words, keeps what was typed, and needs the whole address', async () => {
    const nobody = await read(find(owner, 'anna@example.pl'))
    expect(nobody.status).toBe(404)
    expect(nobody.words).toContain('Nobody has this address.')
    expect(formIn(nobody.html, 'form[search]').get('email')).toEqual(['anna@example.pl'])
    const part = await read(find(owner, 'anna.kow'))
    expect(part.status).toBe(422)
    expect(part.words).toContain('This is not a complete email address.')
    expect((await read(find(owner, ''))).words).toContain('Enter an email address.')
  })

  it('cannot be made by a link', async () => {
    expect((await owner.get(`/console/people/search?email=${anna}`)).status).toBe(404)
  })
})

describe('who may see people', () => {
  it.each(['sender', 'analyst'] as const)('the %s sees no person, and is told so plainly', async (role) => {
    const desk = await signIn(house, { role })
    const path = await pageOf(anna)
    for (const answer of [
      desk.get('/console/people'),
      desk.get(path),
      find(desk, anna),
      desk.post(`${path}/address`),
      desk.get(`${path}/edit`),
      desk.get(`${path}/end?list=letter`),
      desk.get(`${path}/evidence?list=letter`),
    ]) {
      const { status, words, html } = await read(answer)
      expect(status).toBe(403)
      expect(words).toContain(`The role ${role} may not do this`)
      expect(html).not.toContain(anna)
    }
    expect((await read(desk.get('/console'))).html).not.toContain('href="/console/people"')
  })

  it('an editor opens no evidence; an auditor changes and ends nothing', async () => {
    const path = await pageOf(anna)
    expect((await editor.get(`${path}/evidence?list=letter`)).status).toBe(403)
    expect(
      (
        await editor.post(`${path}/evidence`, [
          ['list', 'letter'],
          ['reason', 'Any'],
        ])
      ).status,
    ).toBe(403)
    expect((await auditor.get(`${path}/edit`)).status).toBe(403)
    expect((await auditor.post(`${path}/edit`, [['version', 'x']])).status).toBe(403)
    expect(
      (
        await auditor.post(`${path}/end`, [
          ['list', 'letter'],
          ['purpose', 'offers'],
          ['asked_by', 'phone'],
        ])
      ).status,
    ).toBe(403)
    const { html } = await read(auditor.get(path))
    expect(html).toContain('/evidence?list=letter')
    expect(html).not.toContain(`${path}/edit`)
    expect(html).not.toContain(`${path}/end`)
  })

  it('somebody with one list sees its people, and of them that list alone', async () => {
    const people = await read(gardener.get('/console/people'))
    expect(people.words).toContain('2 people, newest first.')
    expect(people.words).not.toContain('Garden letter')
    expect((await gardener.get('/console/people?list=letter')).status).toBe(404)
    const path = await pageOf(anna)
    const { words } = await read(gardener.get(path))
    expect(words).toContain('Seed exchange')
    for (const foreign of ['Garden letter', 'offers', 'What to sow in June', 'First name', 'Age'])
      expect(words).not.toContain(foreign)
    expect((await gardener.get(`${path}/end?list=letter`)).status).toBe(403)
    expect(
      (
        await gardener.post(`${path}/evidence`, [
          ['list', 'letter'],
          ['reason', 'Any'],
        ])
      ).status,
    ).toBe(403)
  })

  it('whoever is on no list of theirs does not exist for them', async () => {
    const path = await pageOf('waiting@example.pl')
    for (const answer of [gardener.get(path), gardener.post(`${path}/address`), gardener.get(`${path}/edit`)])
      expect((await answer).status).toBe(404)
    const sought = await read(find(gardener, 'waiting@example.pl'))
    expect(sought.status).toBe(404)
    expect(sought.words).toContain('Nobody on the lists you can see has this address.')
    expect((await find(gardener, sven)).status).toBe(303)
  })
})

describe('one person', () => {
  it('is shown with states, facts in words, fields and deliveries, but masked', async () => {
    const { status, html, words } = await read(owner.get(await pageOf(anna)))
    expect(status).toBe(200)
    expect(words).toContain('Can be emailed on 2 lists.')
    expect(words).toContain('Signed up with the form.')
    expect(words).toMatch(/Confirmed “newsletter”, “clicks” and “offers” with the button/)
    expect(words).toContain('evidence grade B')
    expect(words).toContain('Anna (encrypted)')
    expect(words).toMatch(/What to sow in June.*Garden letter.*Sent.*given 1 Jun 2026/)
    expect(html).toMatch(/href="\/n\/[\w-]{43}"/)
    expect(html).not.toContain(anna)
  })

  it('shows leaf hashes that stand in the ledger', async () => {
    const { html } = await read(owner.get(await pageOf(anna)))
    const shown = [...html.matchAll(/<code class="code">([\w-]{43})<\/code>/g)].map(([, hash]) => hash)
    const stored = await house.owner<{ hash: string }[]>`
      select translate(rtrim(encode(e.leaf_hash, 'base64'), '='), '+/', '-_') as hash
      from consent_events as e join subscriptions as s on s.id = e.subscription
      where s.subscriber = (select subscriber from subscriptions where id = ${(await house.subscription(letter, anna))?.id ?? 0})`
    expect(shown.toSorted()).toEqual(stored.map(({ hash }) => hash).toSorted())
    expect(shown).toHaveLength(4)
  })

  it('has their address shown on request, and the audit log says by whom', async () => {
    const path = await pageOf(anna)
    const answer = await editor.post(`${path}/address`)
    expect(answer.headers.get('location')).toBeNull()
    expect((await read(answer)).html).toContain(anna)
    const [act] = (await acts('subscriber.show_address')).slice(-1)
    expect(act).toMatchObject({ actor_id: editor.operator, subject_id: path.split('/').at(-1) })
    expect(JSON.stringify(await acts('subscriber.show_address'))).not.toContain('@')
  })

  it('is not there under another id', async () => {
    for (const id of ['0193a8f0-0000-7ce1-8589-392cef22bc5c', 'nobody', '1'])
      expect((await owner.get(`/console/people/${id}`)).status).toBe(404)
  })
})

describe('what somebody was sent', () => {
  it('comes campaign by campaign, the newest first, each with the consent behind it', async () => {
    const crowded = await openTestApp()
    const list = await crowded.makeList()
    const [{ subscriber }] = await crowded.subscribe(list, [anna])
    for (const subject of ['First', 'Second', 'Third']) {
      await crowded.launch(await crowded.makeCampaign(list, { subject }))
      await crowded.rest()
    }
    const page = (before: string | null) =>
      deliveriesOf(crowded.deps.db, subscriber, { limit: 2, before, lists: null, now: crowded.now() })
    const newest = await page(null)
    const oldest = await page(newest.at(-1)?.campaign ?? null)
    expect([...newest, ...oldest].map(({ subject }) => subject)).toEqual(['Third', 'Second', 'First'])
    expect(newest[0]).toMatchObject({
      outcome: 'sent',
      reason: null,
      consentAt: crowded.now(),
      inferred: false,
    })
    expect(
      await deliveriesOf(crowded.deps.db, subscriber, {
        limit: 2,
        before: null,
        lists: [],
        now: crowded.now(),
      }),
    ).toEqual([])
    await crowded.close()
  })
})

describe('an address outside ASCII, which sign-up took', () => {
  // RFC 6531: letters of any script before the @; browsers refuse them in `type="email"`.
  it.each(['żółw@example.pl', 'наташа@почта.example', 'anna@żółw.example'])(
    'is found, explained and suppressed by the forms as they are: %s',
    async (address) => {
      await seedConfirmed(house.deps, letter.slug, [{ email: address }])
      const found = await owner.post('/console/people/search', [['email', address]])
      expect(found.headers.get('location')).toMatch(/^\/console\/people\/[0-9a-f-]{36}$/)
      const { id } = await house.makeCampaign(letter)
      const explained = await owner.post(`/console/campaigns/${id}/explain`, [['email', address]])
      expect(explained.status).toBe(200)
      for (const page of ['/people', `/campaigns/${id}/explain`, '/settings/suppressions'])
        expect((await read(owner.get(`/console${page}`))).html, page).not.toContain('type="email"')
    },
  )
})

describe('correcting a person', () => {
  const formOf = async (desk: ConsoleClient, path: string) => {
    const { html } = await read(desk.get(`${path}/edit`))
    return formIn(html, 'form[/edit]')
  }
  const sent = (form: ReadonlyMap<string, readonly string[]>, change: Readonly<Record<string, string>>) =>
    Object.entries({
      ...Object.fromEntries(Array.from(form, ([name, [value = '']]) => [name, value])),
      ...change,
    })

  it('saves what was changed, protected fields as ciphertext, and writes down who', async () => {
    const path = await pageOf(anna)
    const form = await formOf(editor, path)
    expect(form.get(`${letter.id}.fields.first_name`)).toEqual(['Anna'])
    const saved = await editor.post(
      `${path}/edit`,
      sent(form, {
        [`${letter.id}.fields.first_name`]: 'Ania',
        [`${letter.id}.tags`]: 'vip, , met in Lund\r\nvip,',
      }),
    )
    expect(saved.headers.get('location')).toBe(`${path}?done=changed`)
    const { words } = await read(owner.get(`${path}?done=changed`))
    expect(words).toContain('Details saved.')
    expect(words).toContain('Ania (encrypted)')
    const [tagged] = await house.owner`
      select array(select name from tags where id = any (d.tags) order by name) as names, attributes::text
      from details as d join subscribers as p on p.id = d.subscriber
      where p.uid = ${path.split('/').at(-1) ?? ''} and d.list = ${letter.number}`
    expect(tagged?.['names']).toEqual(['met in Lund', 'vip'])
    expect(String(tagged?.['attributes'])).not.toContain('Ania')
    const [act] = (await acts('subscriber.change')).slice(-1)
    expect(act).toMatchObject({
      actor_id: editor.operator,
      details: { changed: ['fields', 'tags'], lists: [letter.id] },
    })
  })

  it('keeps what was typed where it is wrong, and says it at the field', async () => {
    const path = await pageOf(anna)
    const refused = await read(
      editor.post(
        `${path}/edit`,
        sent(await formOf(editor, path), {
          [`${letter.id}.fields.age`]: 'many',
          [`${letter.id}.tags`]: `x${'y'.repeat(70)}`,
        }),
      ),
    )
    expect(refused.status).toBe(422)
    expect(refused.words).toContain('Tags (Garden letter): “xyyyy')
    const again = await read(
      editor.post(`${path}/edit`, sent(await formOf(editor, path), { [`${letter.id}.fields.age`]: 'many' })),
    )
    expect(again.status).toBe(422)
    expect(again.words).toContain('Age (Garden letter): This is not a valid number.')
    expect(again.html).toContain(`href="#f-${letter.id}.fields.age"`)
    expect(formIn(again.html, 'form[/edit]').get(`${letter.id}.fields.age`)).toEqual(['many'])
  })

  it('loses nothing of two operators: the second sees both, and decides', async () => {
    const path = await pageOf(anna)
    const form = await formOf(editor, path)
    await owner.post(`${path}/edit`, sent(form, { [`${letter.id}.fields.age`]: '42' }))
    const clash = await read(editor.post(`${path}/edit`, sent(form, { [`${letter.id}.fields.age`]: '43' })))
    expect(clash.status).toBe(409)
    expect(clash.words).toContain('Age (Garden letter): saved “42”, yours “43”.')
    expect((await read(owner.get(path))).words).toMatch(/Age 42/)
    const again = await editor.post(`${path}/edit`, sent(formIn(clash.html, 'form[/edit]'), {}))
    expect(again.status).toBe(303)
    expect((await read(owner.get(path))).words).toMatch(/Age 43/)
  })
})

describe('opening sealed evidence', () => {
  it('asks why, shows what it holds as facts, and stays in the audit log', async () => {
    const path = await pageOf(anna)
    const opened = await read(
      auditor.post(`${path}/evidence`, [
        ['list', 'letter'],
        ['reason', 'Complaint 2026/118'],
      ]),
    )
    expect(opened.status).toBe(200)
    expect(opened.words).toContain(`Address as typed ${anna}`)
    expect(opened.words).toContain(
      'Checkboxes on the form clicks: unticked by default, ticked; offers: unticked by default, ticked',
    )
    expect(opened.words).toContain('Confirmation method button')
    const [act] = (await acts('evidence.open')).slice(-1)
    expect(act).toMatchObject({
      actor_id: auditor.operator,
      details: { list: letter.id, reason: 'Complaint 2026/118', events: 2 },
    })
  })

  it('opens nothing without a reason, nor for one that names an address', async () => {
    const path = await pageOf(anna)
    const before = (await acts('evidence.open')).length
    for (const reason of ['', '  ', `because of ${anna}`]) {
      const refused = await read(
        auditor.post(`${path}/evidence`, [
          ['list', 'letter'],
          ['reason', reason],
        ]),
      )
      expect(refused.status).toBe(422)
      expect(refused.words).toContain('Not opened yet')
      expect(refused.words).not.toContain('Address as typed')
    }
    expect(await acts('evidence.open')).toHaveLength(before)
  })

  it('answers for a list that the person was never on as not there', async () => {
    expect((await auditor.get(`${await pageOf(sven)}/evidence?list=letter`)).status).toBe(404)
  })
})

describe('ending a consent for somebody who asked (GDPR Art. 7(3))', () => {
  it('says first what will happen, and ends nothing by looking', async () => {
    const { words } = await read(editor.get(`${await pageOf(anna)}/end?list=letter`))
    expect(words).toContain('What will happen')
    expect(words).toContain('You cannot undo it.')
    expect((await house.subscription(letter, anna))?.granted).toEqual(['clicks', 'newsletter', 'offers'])
  })

  it('needs something to end and how it was asked', async () => {
    const refused = await read(editor.post(`${await pageOf(anna)}/end`, [['list', 'letter']]))
    expect(refused.status).toBe(422)
    expect(refused.words).toContain('Choose at least one consent to withdraw.')
    expect(refused.words).toContain('Choose how they asked.')
  })

  it('ends what was chosen with the name of the operator, and can raise nothing (I9)', async () => {
    const path = await pageOf(anna)
    const asked = [
      ['list', 'letter'],
      ['asked_by', 'phone'],
    ] as const
    const ended = await editor.post(`${path}/end`, [...asked, ['purpose', 'offers'], ['purpose', 'no_such']])
    expect(ended.headers.get('location')).toBe(`${path}?done=ended`)
    expect((await house.subscription(letter, anna))?.granted).toEqual(['clicks', 'newsletter'])
    const { words } = await read(owner.get(path))
    expect(words).toContain('Consent to “offers” withdrawn by Eva the editor, as asked by phone.')
    const [act] = (await acts('consent.withdraw')).slice(-1)
    expect(act).toMatchObject({
      actor_id: editor.operator,
      subject_id: path.split('/').at(-1),
      details: { list: letter.id, purposes: ['offers'], asked_by: 'phone' },
    })
    const again = await editor.post(`${path}/end`, [...asked, ['purpose', 'offers']])
    expect(again.headers.get('location')).toBe(`${path}?done=nothing`)
    expect(await acts('consent.withdraw')).toHaveLength(1)
    await editor.post(`${path}/end`, [...asked, ['purpose', 'newsletter'], ['purpose', 'clicks']])
    expect(await house.subscription(letter, anna)).toMatchObject({ granted: [], state: 'withdrawn' })
    expect((await editor.get(`${path}/end?list=letter`)).headers.get('location')).toBe(`${path}?done=nothing`)
  })
})

describe('an address in the console', () => {
  it('stands in no line of the log, no audit row, and no redirect (I6)', async () => {
    expect(house.logged.filter((line) => line.includes('@example.pl') || line.includes('kowalska'))).toEqual(
      [],
    )
    const [rows] = await house.owner<
      { all: string }[]
    >`select coalesce(string_agg(details::text, ' '), '') as all from audit_log`
    expect(rows?.all).not.toContain('@')
  })

  it.each([
    ['anna@example.pl', 'a…@example.pl'],
    ['x@y.example', 'x…@y.example'],
    ['żaneta@example.pl', 'ż…@example.pl'],
    ['', '…'],
  ])('is masked: %s', (address, masked) => {
    expect(maskAddress(address)).toBe(masked)
  })
})

describe('a fact of the ledger, in words', () => {
  const entry = (type: string, purposes: readonly string[] = []): LedgerEntry => ({
    eid: '0193a8f0-0000-7ce1-8589-392cef22bc5c',
    type,
    t: '2026-05-03T10:02:00.000Z',
    list: null,
    seq: 0,
    purposes: [...purposes],
    notice: null,
    grade: null,
    leafHash: new Uint8Array([0]),
    subscription: 1,
  })
  const operators = new Map([['0193a8f0-0000-7ce1-8589-392cef22bc5d', 'Eva']])

  it.each([
    [
      'consent.requested',
      [],
      { method: 'form', page: 'https://brand.example/kontakt' },
      'Signed up with the form on brand.example/kontakt.',
    ],
    ['consent.requested', [], { method: 'api', actor: 'key 1' }, 'Signed up through the API, by an API key.'],
    [
      'consent.confirmed',
      ['newsletter'],
      { confirm_method: 'button', seconds_since_mail: 94 },
      'Confirmed “newsletter” with the button, 94 s after the email.',
    ],
    [
      'consent.confirmed',
      ['newsletter'],
      { confirm_method: 'code', seconds_since_mail: 7300 },
      'Confirmed “newsletter” with the code from the email, 2 h after the email.',
    ],
    [
      'consent.withdrawn',
      ['clicks'],
      { channel: 'preferences', actor: 'subject' },
      'Withdrew consent to “clicks” on the preference page.',
    ],
    [
      'consent.withdrawn',
      ['newsletter'],
      { channel: 'one_click' },
      'Withdrew consent to “newsletter” with one-click unsubscribe in their email app.',
    ],
    [
      'consent.withdrawn',
      ['newsletter'],
      { channel: 'operator', actor: 'operator 0193a8f0-0000-7ce1-8589-392cef22bc5d', asked_by: 'letter' },
      'Consent to “newsletter” withdrawn by Eva, as asked by letter.',
    ],
    ['consent.refused', [], { blocked: true }, 'Said they did not sign up, and blocked further sign-ups.'],
    ['consent.expired', [], { reason: 'not_confirmed' }, 'Did not confirm in time.'],
    ['subject.erased', [], {}, 'Erased.'],
  ])('%s', (type, purposes, payload, sentence) => {
    expect(factOf(entry(type, purposes), payload, { operators, list: undefined }).sentence).toBe(sentence)
  })

  it('stands without its evidence', () => {
    expect(
      factOf(entry('consent.confirmed', ['newsletter']), null, { operators, list: undefined }).sentence,
    ).toBe('Confirmed “newsletter”.')
  })
})
