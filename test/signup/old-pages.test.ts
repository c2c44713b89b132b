// web · pages of links that stood open for long: every no is obeyed, and every sentence about what ends is true. GDPR Art. 7(3)
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Locale } from '../../src/i18n/locale.ts'
import { locales } from '../../src/i18n/locale.ts'
import { messages } from '../../src/i18n/messages.ts'
import { linkIn, nonceIn } from '../support/client.ts'
import { valuesOf, wordsOf } from '../support/page.ts'
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
  return `person-${number}@example.pl`
}

async function linkOf(email: string, of = list): Promise<string> {
  await house.signUp(of, email)
  await house.rest()
  return linkIn((await house.mailsTo(email))[0] ?? { text: '' }, 'c')
}

const stateOf = async (email: string, of = list): Promise<string | undefined> =>
  (await house.subscription(of, email))?.state

const blocks = async (): Promise<number> =>
  (await house.owner`select from suppressions where reason = 'block_me'`).length

type Fields = readonly (readonly [string, string])[]

const post = (link: string, fields: Fields, as: 'urlencoded' | 'multipart') => {
  if (as === 'urlencoded') return house.post(link, fields)
  const body = new FormData()
  for (const [name, value] of fields) body.append(name, value)
  return house.request(`${new URL(link).pathname}`, { method: 'POST', body })
}

describe('a person who did not sign up, and says so', () => {
  it.each<readonly [string, (link: string) => Promise<Fields>]>([
    ['at once', async () => []],
    [
      'on a page opened three days ago',
      async (link) => {
        const nonce = nonceIn(await (await house.get(link)).text())
        house.later({ days: 3 })
        return [['nonce', nonce]]
      },
    ],
    ['with a broken nonce', async () => [['nonce', 'x.y']]],
    ['with an empty nonce', async () => [['nonce', '']]],
  ])('is obeyed without asking back: %s', async (_, before) => {
    for (const as of ['urlencoded', 'multipart'] as const)
      for (const block of [false, true]) {
        const email = somebody()
        const link = await linkOf(email)
        const blocked = await blocks()
        const fields = [...(await before(link)), ['action', 'refuse'] as const]
        const answer = await post(link, block ? [...fields, ['block', '1']] : fields, as)
        expect(answer.status).toBe(200)
        const words = wordsOf(await answer.text())
        expect(words).toContain(messages('en').refused.title)
        expect(words.includes(messages('en').refused.blocked('127.0.0.1:8787'))).toBe(block)
        expect(await stateOf(email)).toBe('refused')
        expect((await blocks()) - blocked).toBe(block ? 1 : 0)
      }
  })

  it('finds the panel open by the link in the mail, in browsers that do not open it for a fragment', async () => {
    const email = somebody()
    const link = await linkOf(email)
    const refusal = /\S+#not-me/.exec((await house.mailsTo(email))[0]?.text ?? '')?.[0] ?? ''
    expect(await (await house.get(refusal)).text()).toMatch(/<details class="aside" open/)
    expect(await (await house.get(link)).text()).toMatch(/<details class="aside">/)
  })
})

describe('a person who confirms on an old page', () => {
  it('presses once more, and does not type the code again', async () => {
    const coded = await house.makeList({ slug: 'coded', confirm: { mode: 'code' } })
    const email = somebody()
    const link = await linkOf(email, coded)
    const code = /\b(\d{6})\b/.exec((await house.mailsTo(email))[0]?.text ?? '')?.[1] ?? ''
    const nonce = nonceIn(await (await house.get(link)).text())
    house.later({ hours: 2 })
    const fields = (page: string): Fields => [
      ['nonce', page],
      ['code', code],
    ]
    const answer = await house.post(link, fields(nonce))
    const page = await answer.text()
    expect(answer.status).toBe(422)
    expect(wordsOf(page)).toContain(messages('en').formErrors.page_expired({ label: '', limit: 0 }))
    expect(valuesOf(page, 'code')).toEqual([code])
    expect((await house.post(link, fields(nonceIn(page)))).status).toBe(200)
    expect(await stateOf(email, coded)).toBe('active')
  })
})

async function choicesOf(purposes: readonly string[]): Promise<{ email: string; link: string }> {
  const email = somebody()
  await house.subscribe(list, [email], { purposes })
  await house.launch(await house.makeCampaign(list))
  await house.rest()
  return { email, link: linkIn((await house.mailsTo(email))[0] ?? { text: '' }, 'p') }
}

const grantsOf = async (email: string): Promise<readonly string[]> =>
  (await house.subscription(list, email))?.granted ?? []

describe('a member whose choices stood open', () => {
  it.each([{ hours: 1, minutes: 1 }, { days: 1 }, { days: 400 }])(
    'ends what they untick after %j',
    async (by) => {
      const { email, link } = await choicesOf(['clicks'])
      const page = await (await house.get(link)).text()
      expect(page).not.toContain('name="nonce"')
      house.later(by)
      const shown = valuesOf(page, 'shown').map((value) => ['shown', value] as const)
      const answer = await house.post(link, [...shown, ['purpose', 'newsletter']])
      expect([answer.status, wordsOf(await answer.text())]).toEqual([
        200,
        expect.stringContaining(messages('en').preferences.saved),
      ])
      expect(await grantsOf(email)).toEqual(['newsletter'])
      await house.post(link, shown)
      expect(await stateOf(email)).toBe('withdrawn')
    },
  )

  it('loses nothing that the page did not show: a purpose they agreed to since', async () => {
    const { email, link } = await choicesOf([])
    const page = await (await house.get(link)).text()
    house.later({ days: 2 })
    await house.subscribe(list, [email], { purposes: ['offers'] })
    const shown = valuesOf(page, 'shown').map((value) => ['shown', value] as const)
    await house.post(link, [...shown, ['purpose', 'newsletter']])
    expect(await grantsOf(email)).toEqual(['newsletter', 'offers'])
  })
})

describe('the page of choices', () => {
  const wordsIn = async (link: string, locale: Locale): Promise<string> =>
    wordsOf(await (await house.get(`${link}?lang=${locale}`)).text())

  it.each([
    { granted: [], says: ['onlyMail'] },
    { granted: ['clicks'], says: ['onlyMail', 'restEnds'] },
    { granted: ['offers'], says: ['noMail'] },
    { granted: ['offers', 'clicks'], says: ['noMail', 'restEnds'] },
  ] as const)('says of $granted beside the newsletter what is true: $says', async ({ granted, says }) => {
    const { link } = await choicesOf(granted)
    for (const locale of locales) {
      const { preferences } = messages(locale)
      const words = await wordsIn(link, locale)
      const said = (['onlyMail', 'noMail', 'restEnds'] as const).filter((one) =>
        words.includes(preferences[one]),
      )
      expect(said, locale).toEqual(says)
    }
  })

  it('does not call the newsletter the last mail while offers go on', async () => {
    const { email, link } = await choicesOf(['offers'])
    await house.press(link, [['purpose', 'offers']])
    expect(await grantsOf(email)).toEqual(['offers'])
    expect(await wordsIn(link, 'en')).toContain(messages('en').preferences.onlyMail)
  })
})
