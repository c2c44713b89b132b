// web · the boxes of a confirmation: what was ticked at the form, perhaps by somebody else, can be unticked before the yes. GDPR Art. 4(11)
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { messages } from '../../src/i18n/messages.ts'
import { at, linkIn, nonceIn, text } from '../support/client.ts'
import { languageOf, valuesOf, wordsOf } from '../support/page.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let list: TestList
let number = 0
beforeAll(async () => {
  house = await openTestApp()
  list = await house.makeList({
    fields: [
      { key: 'born', type: 'date', label: 'Born', purpose: 'newsletter' },
      {
        key: 'country',
        type: 'choice',
        label: 'Country',
        options: ['PL', { value: 'SE', label: { en: 'Sweden', pl: 'Szwecja', sv: 'Sverige', ru: 'Швеция' } }],
        purpose: 'newsletter',
      },
      { key: 'shoe', type: 'number', label: 'Shoe', purpose: 'newsletter' },
    ],
  })
})
afterAll(() => house.close())

interface Asked {
  readonly email: string
  readonly link: string
  readonly page: string
}

async function asked(choice: Parameters<TestApp['signUp']>[2]): Promise<Asked> {
  number += 1
  const email = `boxes-${number}@example.pl`
  await house.signUp(list, email, choice)
  await house.rest()
  const link = linkIn((await house.mailsTo(email))[0] ?? { text: '' }, 'c')
  return { email, link, page: await (await house.get(link)).text() }
}

type Fields = readonly (readonly [string, string])[]

const named = (name: string, values: readonly string[]): Fields => values.map((value) => [name, value])

/** As the browser posts the form, with these boxes left ticked. */
const fieldsOf = (page: string, ticked: readonly string[]): Fields => [
  ['nonce', nonceIn(page)],
  ...named('asked', valuesOf(page, 'asked')),
  ...named('purpose', ticked),
]

/** The value of a purpose's box on the list. */
const box = (purpose: string, of: TestList = list): string => `${of.id}.${purpose}`

async function eventsOf(email: string): Promise<unknown> {
  const found = await house.api('POST', '/subscribers/search', { email })
  const consents = await house.api('GET', `/subscribers/${text(found.body, 'data', 0, 'id')}/consents`)
  return at(consents.body, 'data')
}

async function evidenceOf(email: string): Promise<unknown> {
  const found = await house.api('POST', '/subscribers/search', { email })
  const opened = await house.api('POST', `/subscribers/${text(found.body, 'data', 0, 'id')}/evidence`, {
    list: list.slug,
    reason: 'a test',
  })
  return at(opened.body, 'data', 1, 'payload')
}

describe('the page behind the link of a confirmation mail', () => {
  it('shows each optional purpose that was asked for as a ticked box, and the newsletter as none', async () => {
    const { page } = await asked({ purposes: ['clicks', 'offers'] })
    expect(valuesOf(page, 'purpose')).toEqual([box('clicks'), box('offers')])
    expect(valuesOf(page, 'asked')).toEqual([box('clicks'), box('offers')])
    expect(wordsOf(page)).toContain(messages('en').confirm.untick)
  })

  it('shows no box that was not ticked at the form', async () => {
    const { page } = await asked({})
    expect(page).not.toContain('name="asked"')
    expect(wordsOf(page)).not.toContain(messages('en').confirm.untick)
  })
})

describe('a person who confirms', () => {
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['with everything left ticked', ['clicks', 'offers'], ['clicks', 'newsletter', 'offers']],
    ['without the measuring that somebody ticked', ['offers'], ['newsletter', 'offers']],
    ['without the offers', ['clicks'], ['clicks', 'newsletter']],
    ['the newsletter alone', [], ['newsletter']],
  ])('consents to what was left ticked, and the ledger says so: %s', async (_, ticked, granted) => {
    const { email, link, page } = await asked({ purposes: ['clicks', 'offers'] })
    const answer = await house.post(
      link,
      fieldsOf(
        page,
        ticked.map((purpose) => box(purpose)),
      ),
    )
    expect(answer.status).toBe(200)
    expect((await house.subscription(list, email))?.granted).toEqual(granted)
    expect(await eventsOf(email)).toMatchObject([
      { type: 'consent.requested', purposes: [] },
      { type: 'consent.confirmed', purposes: granted },
    ])
    expect(await evidenceOf(email)).toMatchObject({
      confirm_controls: ['clicks', 'offers'].map((name) => ({
        list: list.id,
        name,
        type: 'checkbox',
        default: true,
        submitted: ticked.includes(name),
      })),
    })
  })

  it('consents to all that was asked for by a form without boxes, as pages opened before an update post it', async () => {
    const { email, link, page } = await asked({ purposes: ['clicks'] })
    await house.post(link, [['nonce', nonceIn(page)]])
    expect((await house.subscription(list, email))?.granted).toEqual(['clicks', 'newsletter'])
    expect(await evidenceOf(email)).toMatchObject({ confirm_controls: [] })
  })

  it.each<readonly [string, (list: TestList) => Fields]>([
    ['a purpose that was not asked for', (of) => named('purpose', [box('offers', of)])],
    ['the newsletter named as a box, and unticked', (of) => named('asked', [box('newsletter', of)])],
    ['boxes that are none', () => named('asked', ['', 'x', '.', `${'0'.repeat(36)}.clicks`, '__proto__'])],
  ])('gets neither more nor less by a form that was tampered with: %s', async (_, extra) => {
    const { email, link, page } = await asked({ purposes: ['clicks'] })
    const answer = await house.post(link, [...fieldsOf(page, [box('clicks')]), ...extra(list)])
    expect(answer.status).toBe(200)
    expect((await house.subscription(list, email))?.granted).toEqual(['clicks', 'newsletter'])
  })

  it('chooses for each list apart where one mail covers several', async () => {
    const other = await house.makeList({ slug: 'other', name: 'Other letter' })
    const { email, link, page } = await asked({ purposes: ['clicks'], also: ['other'] })
    expect(valuesOf(page, 'asked')).toEqual([box('clicks')])
    await house.post(link, fieldsOf(page, []))
    expect((await house.subscription(list, email))?.granted).toEqual(['newsletter'])
    expect((await house.subscription(other, email))?.granted).toEqual(['newsletter'])
  })

  it('keeps a consent in force that they untick now: the page adds, and never ends', async () => {
    const email = 'member-adds@example.pl'
    await house.subscribe(list, [email], { purposes: ['clicks'] })
    house.later({ days: 2 })
    await house.signUp(list, email, { purposes: ['clicks', 'offers'] })
    await house.rest()
    const link = linkIn((await house.mailsTo(email))[0] ?? { text: '' }, 'c')
    const page = await (await house.get(link)).text()
    await house.post(link, fieldsOf(page, []))
    expect((await house.subscription(list, email))?.granted).toEqual(['clicks', 'newsletter'])
  })
})

describe('a post that confirms nothing yet', () => {
  it('keeps what was unticked: an old page', async () => {
    const { link, page } = await asked({ purposes: ['clicks', 'offers'] })
    house.later({ hours: 2 })
    const answer = await house.post(link, fieldsOf(page, [box('offers')]))
    expect([answer.status, valuesOf(await answer.text(), 'purpose')]).toEqual([422, [box('offers')]])
  })

  it('keeps it in another language, with the words that were agreed to marked as the language they are in', async () => {
    const { link, page, email } = await asked({ purposes: ['clicks', 'offers'], locale: 'pl' })
    const answer = await house.post(`${link}?lang=sv`, [
      ...fieldsOf(page, [box('offers')]),
      ['show-in', 'sv'],
    ])
    const shown = await answer.text()
    expect([answer.status, languageOf(shown)]).toEqual([200, 'sv'])
    expect(valuesOf(shown, 'purpose')).toEqual([box('offers')])
    expect(shown).toMatch(/<div lang="pl">.*Oferty/s)
    expect((await house.subscription(list, email))?.state).toBe('pending')
    await house.post(`${link}?lang=sv`, fieldsOf(shown, [box('offers')]))
    expect((await house.subscription(list, email))?.granted).toEqual(['newsletter', 'offers'])
  })
})

describe('what was typed at the form', () => {
  it.each([
    ['en', 'Born: 3 February 1980', 'Country: Sweden', 'Shoe: 42.5'],
    ['pl', 'Born: 3 lutego 1980', 'Country: Szwecja', 'Shoe: 42,5'],
    ['sv', 'Born: 3 februari 1980', 'Country: Sverige', 'Shoe: 42,5'],
    ['ru', 'Born: 3 февраля 1980 года', 'Country: Швеция', 'Shoe: 42,5'],
  ])('is shown as people write it in %s', async (locale, ...said) => {
    const { page } = await asked({ locale, fields: { born: '1980-02-03', country: 'SE', shoe: '42,5' } })
    for (const words of said) expect(wordsOf(page)).toContain(words)
    expect(page).not.toContain('1980-02-03')
  })
})

describe('the page after a confirmation', () => {
  it('keeps the fingerprint behind the words that say what it is', async () => {
    const { link, page } = await asked({})
    const shown = await (await house.post(link, fieldsOf(page, []))).text()
    const folded = /<details(?![^>]*\bopen)[^>]*>(?:(?!<\/details>).)*/s.exec(shown)?.[0] ?? ''
    expect(folded).toMatch(/class="code">[\w-]{43}</)
    expect(folded).toContain(messages('en').confirmed.proofText)
    expect(shown.replace(folded, '')).not.toMatch(/[\w-]{43}</)
  })
})

describe('the page after the form', () => {
  it.each(['en', 'pl', 'sv', 'ru'] as const)(
    'names in %s who writes, and the subject to look for',
    async (locale) => {
      const answer = await house.signUp(list, 'who@example.pl', { locale })
      const page = await (await house.get(answer.headers.get('location') ?? '')).text()
      expect(wordsOf(page)).toContain('Brand <news@brand.example>')
      const subject = messages(locale).mail.confirmation.subject('Garden letter')
      expect(page).toContain(`<strong>${subject}</strong>`)
    },
  )

  it('names a subject that the mail has', async () => {
    const { email } = await asked({})
    const [mail] = await house.mailsTo(email)
    expect(mail?.subject).toBe(messages('en').mail.confirmation.subject('Garden letter'))
  })

  it('names no subject where the mail is about several lists', async () => {
    const answer = await house.signUp(list, 'several@example.pl', { also: ['other'] })
    const page = await (await house.get(answer.headers.get('location') ?? '')).text()
    expect(wordsOf(page)).toContain('Brand <news@brand.example>')
    expect(wordsOf(page)).not.toContain(messages('en').sent.subject)
  })
})
