// web · the language that a person chose lives on: in links, in the pages behind them, and back at the form. WCAG 2.2, 3.1.1, 3.1.2
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { locales } from '../../src/i18n/locale.ts'
import { messages } from '../../src/i18n/messages.ts'
import { linkIn, type Mail } from '../support/client.ts'
import { languageOf, valuesOf, wordsOf } from '../support/page.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let list: TestList
let number = 0
beforeAll(async () => {
  house = await openTestApp()
  list = await house.makeList()
})
afterAll(() => house.close())

const somebody = (): string => {
  number += 1
  return `reader-${number}@example.pl`
}

/** A browser whose language is none that the person chose. */
const german = { 'accept-language': 'de-DE,de;q=0.9' }
const swedish = { 'accept-language': 'sv-SE,sv;q=0.9,en;q=0.5' }

const pageOf = async (link: string, headers: Record<string, string> = swedish): Promise<string> =>
  (await house.get(link, headers)).text()

async function memberIn(locale: string): Promise<{ email: string; mail: Mail }> {
  const email = somebody()
  await house.subscribe(list, [email], { locale, purposes: ['clicks'] })
  await house.launch(await house.makeCampaign(list))
  await house.rest()
  const [mail] = await house.mailsTo(email)
  if (mail === undefined) throw new Error('no mail came')
  return { email, mail }
}

/** Hrefs of links, and of buttons, to the page in other languages. */
const switchesIn = (page: string): readonly string[] =>
  [
    ...(page.split('<footer')[1] ?? '').matchAll(
      /<(?:a href|button type="submit" form="[a-z-]+" formaction)="([^"]*lang=[a-z]{2})"/g,
    ),
  ].map(([, href = '']) => href.replaceAll('&amp;', '&'))

describe.each(locales)('a person who chose %s at the form', (locale) => {
  it('finds the pages behind the links of a campaign in it, whatever the browser speaks', async () => {
    const { mail } = await memberIn(locale)
    for (const headers of [german, swedish])
      for (const kind of ['u', 'p'] as const)
        expect(languageOf(await pageOf(linkIn(mail, kind), headers))).toBe(locale)
  })

  it('stays in it from the confirmation to the choices, and from leaving back to the form', async () => {
    const email = somebody()
    await house.signUp(list, email, { locale })
    await house.rest()
    const confirmed = await (await house.confirm(email)).text()
    expect(languageOf(confirmed)).toBe(locale)
    const choices = /href="(\/p\/[^"]+)"/.exec(confirmed)?.[1] ?? ''
    expect(choices).toMatch(new RegExp(`\\?lang=${locale}$`))
    const saved = await (await house.press(`${house.url}${choices}`, [['purpose', 'newsletter']])).text()
    expect(languageOf(saved)).toBe(locale)
    expect(saved).toContain(`?lang=${locale}"`)

    const { mail } = await memberIn(locale)
    const left = await (await house.press(linkIn(mail, 'u'))).text()
    expect(languageOf(left)).toBe(locale)
    const form = /href="(\/s\/[^"]+)"/.exec(left)?.[1] ?? ''
    expect(languageOf(await pageOf(form))).toBe(locale)
  })

  it('is told in the language of the mail that they are subscribed already, and its links say which', async () => {
    const { email } = await memberIn('en')
    house.later({ days: 8 })
    await house.signUp(list, email, { locale })
    await house.rest()
    const [mail] = await house.mailsTo(email)
    expect(mail?.subject).toBe(messages(locale).mail.already.subject('Garden letter'))
    for (const [link] of mail?.text.matchAll(/http\S+\/[up]\/\S+/g) ?? [])
      expect(languageOf(await pageOf(link))).toBe(locale)
  })
})

describe('every page behind a link', () => {
  it('can be read in each language of the list, and says which it is in', async () => {
    const email = somebody()
    await house.signUp(list, email)
    await house.rest()
    const confirm = linkIn((await house.mailsTo(email))[0] ?? { text: '' }, 'c')
    const { mail } = await memberIn('en')
    for (const link of [confirm, linkIn(mail, 'u'), linkIn(mail, 'p'), `${house.url}/s/letter/sent`]) {
      const page = await pageOf(`${link}?lang=en`)
      const switches = switchesIn(page)
      expect(switches, link).toHaveLength(3)
      expect(page).toMatch(/<span aria-current="true" lang="en">/)
      for (const href of switches)
        expect(languageOf(await pageOf(new URL(href, link).href))).toBe(href.slice(-2))
    }
  })

  it('keeps what was unticked among the choices', async () => {
    const { email, mail } = await memberIn('en')
    const link = linkIn(mail, 'p')
    const page = await pageOf(link)
    const shown = valuesOf(page, 'shown').map((value) => ['shown', value] as const)
    const answer = await house.post(`${link}?lang=ru`, [
      ...shown,
      ['purpose', 'newsletter'],
      ['show-in', 'ru'],
    ])
    const russian = await answer.text()
    expect([answer.status, languageOf(russian), valuesOf(russian, 'purpose')]).toEqual([
      200,
      'ru',
      ['newsletter'],
    ])
    expect((await house.subscription(list, email))?.granted).toEqual(['clicks', 'newsletter'])
  })

  it('says in another language that it is done, not that there is nothing to stop', async () => {
    const { email, mail } = await memberIn('en')
    const left = await (await house.press(linkIn(mail, 'u'))).text()
    const [polish = ''] = switchesIn(left).filter((href) => href.endsWith('pl'))
    const before = (await house.subscription(list, email))?.seq
    const again = await (await house.post(new URL(polish, linkIn(mail, 'u')).href, [])).text()
    expect(wordsOf(again)).toContain(messages('pl').unsubscribe.doneText('Garden letter'))
    expect((await house.subscription(list, email))?.seq).toBe(before)
  })
})

describe('a form whose language is changed', () => {
  it('keeps what was typed and ticked, and is not sent', async () => {
    const email = somebody()
    const answer = await house.post('/s/letter?lang=pl', [
      ['email', email],
      ['purpose', 'clicks'],
      ['locale', 'en'],
      ['show-in', 'pl'],
    ])
    const page = await answer.text()
    expect([answer.status, languageOf(page)]).toEqual([200, 'pl'])
    expect(valuesOf(page, 'email')).toEqual([email])
    expect(valuesOf(page, 'purpose')).toEqual(['clicks'])
    expect(valuesOf(page, 'locale')).toEqual(['pl'])
    await house.rest()
    expect(await house.subscription(list, email)).toBeNull()
  })

  it.each(['xx', '', 'PL', 'pl-PL', '../x'])(
    'answers a page for whatever a program asks: %j',
    async (wanted) => {
      const answer = await house.post('/s/letter', [
        ['email', 'not an address'],
        ['show-in', wanted],
      ])
      expect(answer.status).toBe(200)
      expect(languageOf(await answer.text())).toBe(/^pl/i.test(wanted) ? 'pl' : 'en')
    },
  )

  it('offers the languages by buttons of its form, so that nothing typed is lost', async () => {
    const page = await pageOf('/s/letter?lang=en')
    expect(page.match(/<button type="submit" form="sign-up"[^>]*name="show-in"/g)).toHaveLength(3)
  })
})
