// web · people in a real browser: search, read, correct and unsubscribe, by mouse and by keyboard. WCAG 2.2 AA
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from '../../src/dev/demo/people.ts'
import { violations } from '../support/axe.ts'
import { closePages, openBrowser } from '../support/browser.ts'
import { type ConsoleClient, type Look, type OpenConsole, openConsole, signIn } from '../support/console.ts'
import { seedConfirmed } from '../support/seed.ts'
import type { TestList } from '../support/test-app.ts'

let open: OpenConsole
let browser: Browser
let letter: TestList
let owner: ConsoleClient
let path: string

const anna = 'anna.kowalska@example.pl'
const label = (words: string) => ({ en: words, pl: words, sv: words, ru: words })

beforeAll(async () => {
  ;[open, browser] = await Promise.all([openConsole(), openBrowser()])
  const { house } = open
  letter = await house.makeList({
    fields: [
      { key: 'first_name', label: label('First name'), purpose: 'newsletter', protected: true },
      { key: 'age', label: label('Age'), purpose: 'newsletter', type: 'number', filterable: true },
    ],
  })
  await seedConfirmed(house.deps, letter.slug, people(20, 3))
  await house.subscribe(letter, [anna], {
    purposes: ['offers'],
    locale: 'pl',
    fields: { first_name: 'Anna' },
  })
  await house.launch(await house.makeCampaign(letter, { subject: 'What to sow in June' }))
  await house.rest()
  owner = await signIn(house, { role: 'owner', name: 'Eva Lindqvist' })
  const found = await owner.post('/console/people/search', [['email', anna]])
  path = found.headers.get('location') ?? ''
})
afterAll(async () => {
  await closePages(browser)
  await open.close()
})

async function pageAt(to: string, look: Look = {}): Promise<Page> {
  const context = await open.open(browser, owner, look)
  const page = await context.newPage()
  await page.goto(to)
  return page
}

const isWiderThanWindow = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth')

/** Presses Tab until the element has the focus, at most sixty times. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let tabs = 0; tabs < 60; tabs += 1) {
    await page.keyboard.press('Tab')
    if (await page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`)) return
  }
  throw new Error(`the keyboard does not reach ${selector}`)
}

describe('an operator who looks somebody up', () => {
  it('finds them by address, sees the address only when asked for, and corrects a field, by mouse', async () => {
    const page = await pageAt('/console/people')
    await page.fill('#f-email', anna)
    await page.click('.people-ask .row button')
    await page.waitForURL(/\/console\/people\/[0-9a-f-]{36}$/)
    expect(await page.textContent('h1')).toBe('a…@example.pl')
    await page.click('text=Show address')
    await page.waitForSelector(`h1:has-text("${anna}")`)
    expect(page.url()).not.toContain('@')
    await page.click('text=Edit details')
    await page.fill('[name$=".fields.age"]', '42')
    await page.click('button:has-text("Save")')
    await page.waitForSelector('text=Details saved.')
    expect(await page.textContent('.facts')).toContain('42')
    await page.context().close()
  })

  it('ends a consent by keyboard alone, with scripts off', async () => {
    const page = await pageAt(path, { scripts: false })
    await page.locator('body').press('Tab')
    for (let tabs = 0; tabs < 40; tabs += 1) {
      if ((await page.locator('a:has-text("Withdraw consent"):focus').count()) > 0) break
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
    await page.waitForSelector('text=What will happen')
    for (const [selector, key] of [
      ['input[value="newsletter"]:focus', 'Space'],
      ['select[name="asked_by"]:focus', 'b'],
      ['button:has-text("Withdraw consent"):focus', 'Enter'],
    ] as const) {
      for (let tabs = 0; tabs < 40 && (await page.locator(selector).count()) === 0; tabs += 1)
        await page.keyboard.press('Tab')
      await page.keyboard.press(key)
    }
    await page.waitForSelector('text=Consent is withdrawn and recorded')
    expect((await open.house.subscription(letter, anna))?.granted).toEqual(['newsletter'])
    await page.context().close()
  })

  it('chooses whom to see by a sentence, and opens a row by keyboard', async () => {
    const page = await pageAt('/console/people')
    await tabTo(page, '#f-list')
    await page.keyboard.press('G')
    await tabTo(page, '.sentence button')
    await page.keyboard.press('Enter')
    await page.waitForURL(/list=letter/)
    await tabTo(page, '.row-link')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/console\/people\/[0-9a-f-]{36}$/)
    await page.context().close()
  })
})

const looks = [
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 390, colorScheme: 'dark' },
  { width: 390, colorScheme: 'light' },
] as const

/** Returns the faults of the page, wide and narrow, light and dark. */
async function wrongWith(page: Page, what: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const { width, colorScheme } of looks) {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const broken = await violations(page)
    found.push(...broken.map((rule) => `${what}, ${width} ${colorScheme}: ${rule}`))
    if (await isWiderThanWindow(page)) found.push(`${what}, ${width}: scrolls sideways`)
  }
  return found
}

describe('every page about people', () => {
  it('breaks no rule of WCAG 2.2 AA and scrolls in one direction, wide and narrow, light and dark', async () => {
    const page = await pageAt('/console/people')
    const found = [...(await wrongWith(page, 'people'))]
    await page.fill('#f-email', 'nobody@example.pl')
    await page.click('.people-ask .row button')
    found.push(...(await wrongWith(page, 'nobody')))
    for (const to of ['', '/edit', '/end?list=letter', '/evidence?list=letter']) {
      await page.goto(`${path}${to}`)
      found.push(...(await wrongWith(page, `person${to}`)))
    }
    await page.fill('#f-reason', 'Complaint 2026/118')
    await page.click('button:has-text("Open evidence")')
    await page.waitForSelector('text=Address as typed')
    found.push(...(await wrongWith(page, 'evidence')))
    expect(found).toEqual([])
    await page.context().close()
  })
})
