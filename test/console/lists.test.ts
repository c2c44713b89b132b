// web · lists in the console: created and changed by plain questions, previewed before saving, archived and reopened
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeList } from '../../src/consent/publish.ts'
import { findList } from '../../src/lists/find.ts'
import { keyFrom, slugFrom } from '../../src/lists/names.ts'
import { type ConsoleClient, consoleClientOf, signIn } from '../support/console.ts'
import { valuesOf, wordsOf } from '../support/page.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

type Fields = readonly (readonly [string, string])[]

let house: TestApp
let owner: ConsoleClient

beforeAll(async () => {
  house = await openTestApp()
  owner = await signIn(house, { role: 'owner' })
})
afterAll(() => house.close())

/** The fields a browser sends when only the required questions are answered. */
const plain: Fields = [
  ['name', 'Månadsbrev från Lindströms'],
  ['description', 'Ett brev i månaden.'],
  ['slug', ''],
  ['locales', 'sv'],
  ['default_locale', 'sv'],
  ['sender.name', 'Lindströms'],
  ['sender.email', 'brev@lindstroms.example'],
  ['sender.reply_to', ''],
  ['controller.name', 'Lindströms AB'],
  ['controller.address', 'Storgatan 12\r\n582 24 Linköping'],
  ['controller.contact_email', 'integritet@lindstroms.example'],
  ['controller.jurisdiction', 'SE'],
  ['controller.dpo_email', ''],
  ['controller.authority', ''],
  ['confirm.mode', 'button'],
  ['confirm.ttl_hours', '168'],
  ['minimum_age', '16'],
  ['ip_storage', 'none'],
  ['retention.inactive_months', '36'],
  ['retention.evidence_years', '3'],
  ['retention.deliveries_months', '13'],
  ['brand.color', ''],
]

const but = (changes: Readonly<Record<string, string | readonly string[] | null>>): Fields => [
  ...plain.filter(([name]) => !Object.hasOwn(changes, name)),
  ...Object.entries(changes).flatMap(([name, value]): Fields => {
    if (value === null) return []
    return (typeof value === 'string' ? [value] : value).map((one) => [name, one] as const)
  }),
]

const save = (desk: ConsoleClient, fields: Fields, path = '/console/lists/new') =>
  desk.post(path, [...fields, ['do', 'save']])

const setting = async (slug: string) => {
  const { body } = await house.api('GET', `/lists/${slug}`)
  return JSON.parse(JSON.stringify(body))
}

const verbsOn = async (slug: string): Promise<readonly string[]> => {
  const rows = await house.owner<{ verb: string }[]>`
    select a.verb from audit_log as a join lists as l on l.id::text = a.subject_id where l.slug = ${slug} order by a.id`
  return rows.map(({ verb }) => verb)
}

/** All fields of a form as a browser would post them again. */
const formIn = (html: string, names: readonly string[]): Fields =>
  names.flatMap((name) => valuesOf(html, name).map((value) => [name, value] as const))

describe('an operator before there is any list', () => {
  it('is shown what to do first, with the link to it', async () => {
    const page = await (await owner.get('/console/lists')).text()
    expect(wordsOf(page)).toContain('No lists yet')
    expect(page).toContain('href="/console/lists/new"')
  })

  it('makes one by answering the required questions alone', async () => {
    const made = await save(owner, plain)
    expect([made.status, made.headers.get('location')]).toEqual([
      303,
      '/console/lists/manadsbrev-fran-lindstroms?done=created',
    ])
    expect(await setting('manadsbrev-fran-lindstroms')).toMatchObject({
      name: 'Månadsbrev från Lindströms',
      locales: ['sv'],
      sender: { email: 'brev@lindstroms.example', reply_to: null },
      controller: { address: 'Storgatan 12\n582 24 Linköping', jurisdiction: 'SE' },
      minimum_age: 16,
      ip_storage: 'none',
      fields: [],
    })
    expect(await verbsOn('manadsbrev-fran-lindstroms')).toEqual(['list.create'])
    expect((await house.get('/s/manadsbrev-fran-lindstroms')).status).toBe(200)
  })

  it.each([
    ['another language ticked, the default left', ['pl', 'ru'], 'en', 'pl'],
    ['the default among the ticks', ['pl', 'en'], 'en', 'en'],
    ['one tick', ['ru'], 'en', 'ru'],
  ])('has a default language that follows the ticks: %s', async (name, ticks, shown, kept) => {
    const labels = Object.fromEntries(ticks.map((locale) => [`names.${locale}`, name]))
    const form = but({
      name,
      locales: ticks,
      default_locale: shown,
      'default_locale.shown': shown,
      ...labels,
    })
    const made = await save(owner, form)
    expect(made.status).toBe(303)
    const slug = /\/lists\/([^?]+)/.exec(made.headers.get('location') ?? '')?.[1] ?? ''
    expect(await setting(slug)).toMatchObject({ locales: ticks.toSorted(), default_locale: kept })
  })

  it('is told where the default language was chosen by hand and is not ticked', async () => {
    const form = but({ locales: ['pl'], default_locale: 'sv', 'default_locale.shown': 'en' })
    expect((await save(owner, form)).status).toBe(422)
  })

  it('gets another address for a second list of the same name, unless it was chosen by hand', async () => {
    expect((await save(owner, plain)).headers.get('location')).toContain('/manadsbrev-fran-lindstroms-2?')
    const taken = await save(owner, but({ slug: 'manadsbrev-fran-lindstroms' }))
    expect(taken.status).toBe(422)
    const page = await taken.text()
    expect(page).toContain('href="#f-slug"')
    expect(wordsOf(page)).toContain('This slug is taken.')
  })

  it('begins the next list from who sends and answers for the last one', async () => {
    const page = await (await owner.get('/console/lists/new')).text()
    expect(valuesOf(page, 'sender.email')).toEqual(['brev@lindstroms.example'])
    expect(valuesOf(page, 'name')).toEqual([''])
  })
})

describe('a suggested address', () => {
  it.each([
    ['Månadsbrev från Åke', 'manadsbrev-fran-ake'],
    ['Письма из сада: щедрый июнь', 'pisma-iz-sada-shchedryy-iyun'],
    ['Łódź, zażółć gęślą jaźń', 'lodz-zazolc-gesla-jazn'],
    ['  100 % — !', '100'],
    ['—', 'list'],
    ['x'.repeat(200), 'x'.repeat(60)],
  ])('of %s is %s', (name, slug) => expect(slugFrom(name)).toBe(slug))
})

describe('a short name', () => {
  const taken = new Set(['email', 'code', 'code_2'])
  it.each([
    ['First name', 'first_name'],
    ['Födelseår (4 siffror)', 'fodelsear_4_siffror'],
    ['2nd choice', 'nd_choice'],
    ['Email', 'email_2'],
    ['Code', 'code_3'],
    ['?', 'field'],
  ])('of %s is %s', (label, key) => expect(keyFrom(label, taken)).toBe(key))
})

describe('an operator whose session ended while writing', () => {
  it('loses nothing: the form is kept, and can be sent after signing in', async () => {
    await house.owner`update sessions set ended_at = ${house.now()} where operator = ${owner.operator}`
    const refused = await save(owner, but({ name: 'Written before the session ended' }))
    await house.owner`update sessions set ended_at = null where operator = ${owner.operator}`
    expect(refused.status).toBe(401)
    const kept = /assent_kept=[^;]+/.exec(refused.headers.get('set-cookie') ?? '')?.[0] ?? ''
    const back = consoleClientOf(house, { cookie: `${owner.cookie}; ${kept}`, operator: owner.operator })
    const page = await (await back.get('/console/kept')).text()
    expect(page).toContain('action="/console/lists/new?kept=sent"')
    expect(page).toContain('Written before the session ended')
  })
})

describe('a form that is not right yet', () => {
  it('keeps what was typed, and leads from each sentence to its control', async () => {
    const refused = await save(
      owner,
      but({
        name: '',
        'sender.email': 'not an address',
        'controller.address': '<b>"1"</b>\r\nLine 2',
        minimum_age: 'sixteen',
      }),
    )
    expect(refused.status).toBe(422)
    const page = await refused.text()
    for (const control of ['name', 'sender.email', 'minimum_age']) {
      expect(page).toContain(`href="#f-${control}"`)
      expect(page).toContain(`id="f-${control}-fault"`)
    }
    expect(page).toContain('&lt;b&gt;&quot;1&quot;&lt;/b&gt;\r\nLine 2</textarea>')
    expect(valuesOf(page, 'sender.email')).toEqual(['not an address'])
    expect(valuesOf(page, 'minimum_age')).toEqual(['sixteen'])
    expect(page).not.toContain('href="#f-slug"')
  })

  it('asks for the text of a language that lacks it, at the control of that language', async () => {
    const refused = await save(
      owner,
      but({
        locales: ['sv', 'pl', 'ru'],
        'fields.0.key': '',
        'fields.0.type': 'choice',
        'fields.0.label.sv': 'Vad odlar du?',
        'fields.0.label.pl': '',
        'fields.0.label.ru': '',
        'fields.0.options.sv': 'Grönsaker\r\nBlommor',
        'fields.0.options.pl': 'Warzywa\r\nKwiaty',
        'fields.0.options.ru': 'Овощи',
      }),
    )
    expect(refused.status).toBe(422)
    const page = await refused.text()
    for (const control of ['fields.0.label.pl', 'fields.0.label.ru', 'fields.0.options.ru'])
      expect(page).toContain(`href="#f-${control}"`)
    expect(page).not.toContain('href="#f-fields.0.label.sv"')
    expect(page).not.toContain('href="#f-fields.0.options.pl"')
  })
})

describe('questions that there may be several of', () => {
  const withField = but({
    'fields.0.key': '',
    'fields.0.type': 'text',
    'fields.0.label.sv': 'Förnamn',
    name: 'Two fields',
  })

  it('come one by one, keep everything typed, and save nothing before the last button', async () => {
    const before = await house.owner`select slug from lists`
    const more = await owner.post('/console/lists/new', [...withField, ['do', 'add.fields']])
    expect(more.status).toBe(200)
    const page = await more.text()
    expect(valuesOf(page, 'fields.0.label.sv')).toEqual(['Förnamn'])
    expect(valuesOf(page, 'fields.1.label.sv')).toEqual([''])
    expect(valuesOf(page, 'name')).toEqual(['Two fields'])
    expect(await house.owner`select slug from lists`).toEqual(before)
  })

  it('are taken away without touching the others', async () => {
    const dropped = await owner.post('/console/lists/new', [
      ...withField,
      ['fields.1.key', ''],
      ['fields.1.label.sv', 'Efternamn'],
      ['fields.2.key', ''],
      ['fields.2.label.sv', 'Ort'],
      ['do', 'drop.fields.1'],
    ])
    const page = await dropped.text()
    expect(valuesOf(page, 'fields.0.label.sv')).toEqual(['Förnamn'])
    expect(valuesOf(page, 'fields.1.label.sv')).toEqual(['Ort'])
    expect(valuesOf(page, 'fields.2.label.sv')).toEqual([])
  })

  it('become fields, boxes and recipients of the list, with short names out of their labels', async () => {
    const made = await save(
      owner,
      but({
        name: 'Everything',
        locales: ['sv', 'en'],
        'purposes.0.key': '',
        'purposes.0.title.sv': 'Erbjudanden',
        'purposes.0.title.en': 'Offers',
        'purposes.0.text.sv': 'Ibland ett erbjudande.',
        'purposes.0.text.en': 'Now and then an offer.',
        'fields.0.key': '',
        'fields.0.type': 'text',
        'fields.0.label.sv': 'Förnamn',
        'fields.0.label.en': 'First name',
        'fields.1.key': '',
        'fields.1.type': 'choice',
        'fields.1.label.sv': 'Vad odlar du?',
        'fields.1.label.en': 'What do you grow?',
        'fields.1.options.sv': 'Grönsaker\r\nBlommor',
        'fields.1.options.en': 'Vegetables\r\nFlowers',
        'fields.1.purpose': 'erbjudanden',
        'fields.1.filterable': 'yes',
        'fields.2.key': '',
        'fields.2.label.sv': '',
        'fields.2.label.en': '',
        'recipients.0.name': 'Resend',
        'recipients.0.role': 'delivers the mail',
        'recipients.0.country': 'US',
        'recipients.0.safeguard': 'Standard contractual clauses',
        'recipients.1.name': '',
        'recipients.1.role': '',
        'brand.color': '#2f6b3a',
      }),
    )
    expect(made.status, wordsOf(await made.clone().text())).toBe(303)
    expect(await setting('everything')).toMatchObject({
      locales: ['en', 'sv'],
      purposes: [
        { key: 'newsletter', kind: 'mail' },
        { key: 'erbjudanden', kind: 'mail', title: { sv: 'Erbjudanden', en: 'Offers' } },
      ],
      fields: [
        { key: 'fornamn', type: 'text', protected: true, purpose: 'newsletter' },
        {
          key: 'vad_odlar_du',
          filterable: true,
          purpose: 'erbjudanden',
          options: [
            { value: 'Grönsaker', label: { sv: 'Grönsaker', en: 'Vegetables' } },
            { value: 'Blommor', label: { sv: 'Blommor', en: 'Flowers' } },
          ],
        },
      ],
      recipients: [{ name: 'Resend', country: 'US' }],
      brand: { color: '#2f6b3a' },
    })
  })
})

describe('a list that is changed', () => {
  const everything = [
    'version name description slug locales default_locale measures brand.color minimum_age ip_storage',
    'sender.name sender.email sender.reply_to controller.name controller.contact_email controller.jurisdiction',
    'controller.dpo_email controller.authority confirm.mode confirm.ttl_hours',
    'retention.inactive_months retention.evidence_years retention.deliveries_months',
  ]
    .join(' ')
    .split(' ')
  const blocks = [0, 1].flatMap((at) => [
    ...['key', 'type', 'purpose', 'legal_basis', 'required', 'filterable', 'sensitive'].map(
      (part) => `fields.${at}.${part}`,
    ),
    ...['label.sv', 'label.en'].map((part) => `fields.${at}.${part}`),
    ...['key', 'title.sv', 'title.en'].map((part) => `purposes.${at}.${part}`),
    ...['name', 'role', 'country'].map((part) => `recipients.${at}.${part}`),
  ])
  const areas = (html: string): Fields =>
    Array.from(
      html.matchAll(/<textarea[^>]*name="([^"]+)"[^>]*>([\s\S]*?)<\/textarea>/g),
      ([, name = '', value = '']) => [name, value],
    )
  const opened = async (slug: string): Promise<Fields> => {
    const page = await (await owner.get(`/console/lists/${slug}/edit`)).text()
    return [...formIn(page, [...everything, ...blocks]), ...areas(page)]
  }
  const replaced = (form: Fields, name: string, value: string): Fields =>
    form.map(([one, before]) => [one, one === name ? value : before])

  it('is the same list, and has the same notices, when the form is sent back untouched', async () => {
    const before = await setting('everything')
    const saved = await save(owner, await opened('everything'), '/console/lists/everything/edit')
    expect(saved.status, wordsOf(await saved.clone().text())).toBe(303)
    expect(await setting('everything')).toEqual(before)
    expect(await verbsOn('everything')).toEqual(['list.create', 'list.change'])
  })

  it('says before what saving does: new notices, and that nobody is asked again', async () => {
    const words = wordsOf(await (await owner.get('/console/lists/everything/edit')).text())
    expect(words).toContain('a new notice is published in that language')
    expect(words).toContain('People who agreed before are not asked again')
  })

  it('publishes a new notice and keeps the old one at its address', async () => {
    const before = await setting('everything')
    const form = replaced(await opened('everything'), 'fields.0.label.sv', 'Tilltalsnamn')
    expect((await save(owner, form, '/console/lists/everything/edit')).status).toBe(303)
    const after = await setting('everything')
    expect(after.fields[0]).toMatchObject({ key: 'fornamn', label: { sv: 'Tilltalsnamn' } })
    expect(after.notices.sv).not.toBe(before.notices.sv)
    expect((await house.get(`/n/${before.notices.sv}`)).status).toBe(200)
  })

  it('keeps the stored value of an answer that is only reworded', async () => {
    const form = replaced(await opened('everything'), 'fields.1.options.sv', 'Rotsaker och grönt\nBlommor')
    expect((await save(owner, form, '/console/lists/everything/edit')).status).toBe(303)
    const { fields } = await setting('everything')
    expect(fields[1].options).toMatchObject([
      { value: 'Grönsaker', label: { sv: 'Rotsaker och grönt' } },
      { value: 'Blommor' },
    ])
  })

  it('keeps a purpose that people were asked for, whatever is pressed', async () => {
    const form = await opened('everything')
    const { notices } = await setting('everything')
    const pressed = await owner.post('/console/lists/everything/edit', [...form, ['do', 'drop.purposes.0']])
    expect(valuesOf(await pressed.text(), 'purposes.0.title.sv')).toEqual(['Erbjudanden'])
    expect((await setting('everything')).notices).toEqual(notices)
    const without = replaced(form, 'fields.1.purpose', 'newsletter').filter(
      ([name]) => !name.startsWith('purposes.') && name !== 'measures',
    )
    const refused = await save(owner, without, '/console/lists/everything/edit')
    expect(refused.status).toBe(422)
    expect(wordsOf(await refused.text())).toContain('cannot be removed')
    expect((await setting('everything')).purposes.length).toBe(2)
  })

  it('is not overwritten unseen by the slower of two operators', async () => {
    const mine = replaced(await opened('everything'), 'sender.name', 'Mine')
    await house.api('PATCH', '/lists/everything', { description: 'Theirs, saved first.' })
    const clash = await save(owner, mine, '/console/lists/everything/edit')
    expect(clash.status).toBe(409)
    const page = await clash.text()
    expect(wordsOf(page)).toContain('A colleague saved this list while you were editing')
    expect(page).toContain('<td data-label="Saved version">Theirs, saved first.</td>')
    expect(valuesOf(page, 'sender.name')).toEqual(['Mine'])
    expect((await setting('everything')).sender.name).toBe('Lindströms')

    const again = [...formIn(page, [...everything, ...blocks]), ...areas(page)]
    expect((await save(owner, again, '/console/lists/everything/edit')).status).toBe(303)
    expect(await setting('everything')).toMatchObject({ sender: { name: 'Mine' } })
  })

  it('nor between the moment it was read and the moment it is saved, by whatever way', async () => {
    const read = await findList(house.deps.db, 'everything')
    if (read === null) throw new Error('there is no list')
    await house.api('PATCH', '/lists/everything', { description: 'Faster.' })
    await expect(changeList(house.deps, { kind: 'system' }, read, { name: 'Slower' })).rejects.toMatchObject({
      code: 'conflict',
    })
    expect(await setting('everything')).toMatchObject({ name: 'Everything', description: 'Faster.' })
  })
})

describe('looking at form and notice', () => {
  const forOthers = /frame-ancestors 'self'/
  it('shows what is not saved yet by the views of the public pages, and saves nothing', async () => {
    const before = await house.owner`select slug, version from lists order by number`
    const notices = await house.owner`select count(*)::int as count from notices`
    const fields = but({ name: 'Not saved', locales: ['sv', 'ru'] })
    const form = await owner.post('/console/lists/new/preview?part=form&lang=ru', fields)
    expect(form.status).toBe(200)
    const page = await form.text()
    expect(page).toContain('<html lang="ru">')
    expect(wordsOf(page)).toContain('Not saved')
    const notice = await owner.post('/console/lists/new/preview?part=notice&lang=sv', fields)
    expect(wordsOf(await notice.text())).toContain('Integritetsskyddsmyndigheten')
    expect(await house.owner`select slug, version from lists order by number`).toEqual(before)
    expect(await house.owner`select count(*)::int as count from notices`).toEqual(notices)
  })

  it('may be framed by the console alone, sends no form, and runs no script', async () => {
    for (const part of ['form', 'notice']) {
      const framed = await owner.get(`/console/lists/everything/preview/${part}?lang=sv`)
      expect(framed.status).toBe(200)
      const policy = framed.headers.get('content-security-policy') ?? ''
      expect(policy).toMatch(forOthers)
      expect(policy).toContain("form-action 'none'")
      expect(policy).not.toContain('script-src')
    }
    const page = await owner.get('/console/lists/everything/preview?lang=sv')
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(await page.text()).toContain('/console/lists/everything/preview/notice?lang=sv')
  })

  it('says what is still missing instead, in words', async () => {
    const faulty = await owner.post('/console/lists/new/preview?part=form&lang=sv', but({ name: '' }))
    expect(faulty.status).toBe(422)
    expect(wordsOf(await faulty.text())).toMatch(/Name: ?It must not be empty/)
  })

  it('takes a colour and nothing else for its style sheet', async () => {
    const css = await owner.get('/console/lists/brand.css?color=%232f6b3a')
    expect(await css.text()).toContain('--accent')
    const none = await owner.get('/console/lists/brand.css?color=red;}body{display:none')
    expect(await none.text()).toBe('')
  })
})

describe('a list that is archived', () => {
  it('says first what will happen, to how many', async () => {
    await house.makeList({ slug: 'closing' })
    await house.subscribe({ slug: 'closing', id: '', number: await numberOf('closing') }, [
      'anna@example.pl',
      'bo@example.se',
    ])
    await house.signUp({ slug: 'closing', id: '', number: 0 }, 'cy@example.org')
    await house.rest()
    const words = wordsOf(await (await owner.get('/console/lists/closing/archive')).text())
    expect(words).toContain('2 active people get no more emails from it')
    expect(words).toContain('1 person who has not confirmed yet can still do so')
    expect(await verbsOn('closing')).toEqual(['list.create'])
  })

  it('is not archived while a campaign is on its way', async () => {
    const campaign = await house.makeCampaign({ slug: 'closing', id: '', number: 0 })
    await house.launch(campaign)
    const page = await (await owner.get('/console/lists/closing/archive')).text()
    expect(wordsOf(page)).toContain('cannot be archived while campaigns are in progress')
    expect(page).toContain(`href="/console/campaigns/${campaign.id}"`)
    expect(page).not.toContain('action="/console/lists/closing/archive"')
    const refused = await owner.post('/console/lists/closing/archive')
    expect(refused.status).toBe(409)
    await house.rest()
  })

  it('closes its form, sends nothing, keeps consents; then opens again', async () => {
    const consents = await house.owner`select eid from consent_events order by eid`
    const archived = await owner.post('/console/lists/closing/archive')
    expect(archived.headers.get('location')).toBe('/console/lists/closing?done=archived')
    expect((await house.get('/s/closing')).status).toBe(404)
    expect((await house.post('/s/closing', [['email', 'dan@example.org']])).status).toBe(404)
    const campaign = await house.makeCampaign({ slug: 'closing', id: '', number: 0 }, { subject: 'July' })
    const launch = await house.api('POST', `/campaigns/${campaign.id}/launch`)
    expect(launch.status).toBe(409)
    expect(await house.owner`select eid from consent_events order by eid`).toEqual(consents)
    expect((await owner.post('/console/lists/closing/archive')).status).toBe(409)

    const overview = await (await owner.get('/console/lists')).text()
    expect(overview.indexOf('Archived lists')).toBeLessThan(overview.indexOf('/console/lists/closing"'))

    expect((await owner.post('/console/lists/closing/reopen')).status).toBe(303)
    expect((await house.get('/s/closing')).status).toBe(200)
    expect((await owner.post('/console/lists/closing/reopen')).status).toBe(409)
    expect(await verbsOn('closing')).toEqual(['list.create', 'list.archive', 'list.reopen'])
  })

  it('between launch and freeze stops the campaign, with the reason', async () => {
    const campaign = await house.makeCampaign({ slug: 'closing', id: '', number: 0 }, { subject: 'August' })
    await house.launch(campaign)
    await house.owner`update lists set archived_at = ${house.now()} where slug = 'closing'`
    await house.rest()
    const { body } = await house.api('GET', `/campaigns/${campaign.id}`)
    expect(body).toMatchObject({ state: 'paused', totals: { recipients: 0 } })
    await house.owner`update lists set archived_at = null where slug = 'closing'`
  })
})

const numberOf = async (slug: string): Promise<number> => {
  const [row] = await house.owner<{ number: number }[]>`select number from lists where slug = ${slug}`
  return row?.number ?? 0
}

describe('one list', () => {
  it('shows figures that open into their people, and its settings in words', async () => {
    const page = await (await owner.get('/console/lists/closing')).text()
    expect(page).toContain('href="/console/people?list=closing&amp;state=active"')
    expect(page).toContain('href="/console/people?list=closing&amp;state=pending"')
    expect(page).toMatch(/href="\/console\/campaigns\/[0-9a-f-]{36}">August</)
    expect(page).toContain('href="/console/campaigns/new?list=closing"')
    const words = wordsOf(page)
    expect(words).toMatch(/Active\s+2/)
    expect(words).toContain('by email, with a button, within 7 days')
  })

  it('gives out its link and a form for other sites, with the words of the notice in force', async () => {
    const page = await (await owner.get('/console/lists/closing/form?lang=pl')).text()
    const words = wordsOf(page)
    expect(words).toContain(`${house.url}/s/closing?lang=pl`)
    const { notices } = await setting('closing')
    expect(words).toContain(`<a href="${house.url}/n/${notices.pl}">`)
    expect(words).toContain('<input type="hidden" name="locale" value="pl">')
  })

  it('has no page for what does not exist', async () => {
    for (const path of ['nothing', 'nothing/edit', 'nothing/form', 'nothing/preview', 'nothing/archive'])
      expect((await owner.get(`/console/lists/${path}`)).status).toBe(404)
  })
})

describe('roles', () => {
  it('an analyst sees figures, opens no person, changes nothing', async () => {
    const analyst = await signIn(house, { role: 'analyst' })
    const page = await (await analyst.get('/console/lists/closing')).text()
    expect(page).not.toContain('/console/people?')
    expect(page).not.toContain('/console/lists/closing/edit')
    for (const path of ['new', 'closing/edit', 'closing/archive'])
      expect((await analyst.get(`/console/lists/${path}`)).status, path).toBe(403)
    for (const path of ['new', 'new/preview', 'closing/edit', 'closing/edit/preview', 'closing/archive'])
      expect((await analyst.post(`/console/lists/${path}`, plain)).status, path).toBe(403)
    expect((await analyst.post('/console/lists/closing/reopen')).status).toBe(403)
  })

  it('an editor of certain lists sees those alone, and makes no new ones', async () => {
    const editor = await signIn(house, { role: 'editor', lists: [await numberOf('closing')] })
    const page = await (await editor.get('/console/lists')).text()
    expect(page).toContain('/console/lists/closing"')
    expect(page).not.toContain('everything')
    expect(page).not.toContain('/console/lists/new')
    expect((await editor.get('/console/lists/closing/edit')).status).toBe(200)
    for (const path of ['everything', 'everything/edit', 'everything/form', 'everything/preview/form', 'new'])
      expect((await editor.get(`/console/lists/${path}`)).status, path).toBe(403)
    expect((await save(editor, plain)).status).toBe(403)
    expect((await editor.post('/console/lists/everything/archive')).status).toBe(403)
  })
})

describe('the API beside it', () => {
  it('lists every list, newest first, page by page', async () => {
    const first = JSON.parse(JSON.stringify((await house.api('GET', '/lists?limit=2')).body))
    const second = JSON.parse(
      JSON.stringify((await house.api('GET', `/lists?limit=2&cursor=${first.next_cursor}`)).body),
    )
    expect([...first.data, ...second.data].map(({ slug }) => slug)).toEqual([
      'closing',
      'everything',
      'manadsbrev-fran-lindstroms-2',
      'one-tick',
    ])
  })
})
