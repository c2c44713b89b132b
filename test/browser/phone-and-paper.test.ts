// web · what a phone shows at once, and what a printer puts on paper
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { locales } from '../../src/i18n/locale.ts'
import { closePages, openBrowser } from '../support/browser.ts'
import { linkIn } from '../support/client.ts'
import { type ConsoleClient, type OpenConsole, openConsole, signIn } from '../support/console.ts'
import type { TestList } from '../support/test-app.ts'

let open: OpenConsole
let browser: Browser
let desk: ConsoleClient
let list: TestList
beforeAll(async () => {
  ;[open, browser] = await Promise.all([openConsole(), openBrowser()])
  list = await open.house.makeList()
  desk = await signIn(open.house, { role: 'owner' })
})
afterAll(async () => {
  await closePages(browser)
  await open.close()
})

/** What Safari leaves of a phone of 844 pixels between its bars. */
const phone = { width: 390, height: 664 }

async function confirmPage(locale: string, purposes: readonly string[]): Promise<Page> {
  const { house } = open
  const email = `phone-${locale}-${purposes.length}@example.pl`
  await house.signUp(list, email, { locale, purposes })
  await house.rest()
  const link = linkIn((await house.mailsTo(email))[0] ?? { text: '' }, 'c')
  const context = await browser.newContext({ viewport: phone, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(link)
  return page
}

describe.each(locales)('somebody who confirms on a phone, in %s', (locale) => {
  it('sees what they agree to and the button without scrolling, with two purposes', async () => {
    const page = await confirmPage(locale, ['clicks'])
    const button = await page.locator('form .button').first().boundingBox()
    expect((button?.y ?? 0) + (button?.height ?? phone.height)).toBeLessThanOrEqual(phone.height)
    const agreement = await page.locator('.agreement').boundingBox()
    expect((agreement?.y ?? 0) + (agreement?.height ?? 0)).toBeLessThan(button?.y ?? 0)
  })
})

describe('somebody who unticks a box on a phone', () => {
  it('confirms the rest', async () => {
    const page = await confirmPage('en', ['clicks', 'offers'])
    await page.locator('[type=checkbox][value$=".clicks"]').uncheck()
    await page.locator('form .button').first().click()
    expect((await open.house.subscription(list, 'phone-en-2@example.pl'))?.granted).toEqual([
      'newsletter',
      'offers',
    ])
  })
})

/** Pages of a PDF as Chromium writes them. */
const pagesOf = (pdf: Buffer): number =>
  (pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length

describe('on paper', () => {
  it.each(locales)('a notice takes four pages at most, in %s', async (locale) => {
    const { house } = open
    const [row] = await house.owner<{ hash: string }[]>`
      select notices ->> ${locale} as hash from lists where slug = 'letter'`
    const page = await (await browser.newContext()).newPage()
    await page.goto(`${house.url}/n/${row?.hash}`)
    expect(pagesOf(await page.pdf({ format: 'A4', preferCSSPageSize: true }))).toBeLessThanOrEqual(4)
  })

  it("a person's page has every fingerprint whole, each time with its zone, and no buttons", async () => {
    const { house } = open
    await house.subscribe(list, ['proof@example.pl'], { purposes: ['clicks'] })
    const found = await house.api('POST', '/subscribers/search', { email: 'proof@example.pl' })
    const id = /"id":"([0-9a-f-]{36})"/.exec(JSON.stringify(found.body))?.[1] ?? ''
    const context = await open.open(browser, desk)
    const page = await context.newPage()
    await page.goto(`/console/people/${id}`)
    await page.emulateMedia({ media: 'print' })
    const seen = await page.locator('.timeline').first().innerText()
    expect(seen.match(/[\w-]{43}/g)).toHaveLength(2)
    expect(seen).not.toContain('…')
    for (const time of await page.locator('time:visible').allInnerTexts())
      expect(time).toMatch(/[A-Z]{3,}|GMT|UTC/)
    expect(await page.locator('button:visible, .button:visible, nav:visible').count()).toBe(0)
  })

  it('a public page has no buttons and no languages, but its notice keeps the button that people saw', async () => {
    const { house } = open
    const page = await (await browser.newContext()).newPage()
    await page.goto(`${house.url}/s/letter`)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('button:visible, nav:visible').count()).toBe(0)
  })
})
