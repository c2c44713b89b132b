// web · from nothing to a sent campaign in the browser, with the product as `npm start` starts it, every press counted
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePages, openBrowser } from '../support/browser.ts'
import { eventually } from '../support/client.ts'
import { type RunningAssent, startAssent } from '../support/running.ts'

const maxPresses = 40

let assent: RunningAssent
let browser: Browser

beforeAll(async () => {
  ;[assent, browser] = await Promise.all([startAssent(), openBrowser()])
})
afterAll(async () => {
  await closePages(browser)
  await assent.stop()
})

/** Counts manual steps: a button or link pressed, a field focused, an address typed. */
function counted(page: Page) {
  const steps: string[] = []
  const note = (step: string): void => void steps.push(step)
  return {
    steps,
    press: async (what: Locator, name: string) => {
      note(`press ${name}`)
      await what.click()
    },
    button: async (name: string | RegExp) => {
      note(`press ${name}`)
      await page.getByRole('button', { name }).click()
    },
    link: async (name: string | RegExp) => {
      note(`follow ${name}`)
      await page.getByRole('link', { name }).first().click()
    },
    type: async (field: string, text: string) => {
      note(`write into ${field}`)
      await page.fill(`[name="${field}"]`, text)
    },
    go: async (path: string) => {
      note(`go to ${path}`)
      await page.goto(path)
    },
  }
}

describe('a marketer with a new installation and nothing else', () => {
  it(`has a list, a confirmed reader and a sent campaign after at most ${maxPresses} presses`, async () => {
    const context = await browser.newContext({ baseURL: assent.url, viewport: { width: 1280, height: 900 } })
    const page = await context.newPage()
    const hand = counted(page)

    await hand.go(assent.ownerLink())
    await hand.type('name', 'Eva Lind')
    await hand.type('email', 'eva@brand.example')
    await hand.button('Get started')

    await hand.link('Create a list')
    await hand.type('name', 'The Garden Letter')
    await hand.type('description', 'One letter a month, never more.')
    await hand.type('sender.name', 'The Garden Letter')
    await hand.type('sender.email', 'letter@brand.example')
    await hand.type('controller.name', 'Brand AB')
    await hand.type('controller.address', 'Storgatan 1\n111 22 Stockholm')
    await hand.type('controller.contact_email', 'privacy@brand.example')
    await hand.button('Create list')
    await page.getByText('The list is created').waitFor()

    await hand.go('/s/the-garden-letter')
    await hand.type('email', 'anna@example.org')
    await hand.button('Subscribe')
    await eventually(async () => {
      await page.goto('/dev/mailbox')
      return (await page.getByText('Confirm your subscription').count()) > 0 ? true : null
    })
    hand.steps.push('go to /dev/mailbox')
    await hand.press(page.getByText('Confirm your subscription').first(), 'the mail')
    await hand.press(page.locator('a[href*="/c/"]').first(), 'its link')
    await hand.button(/^Yes, send me/)
    await page.getByRole('heading', { name: /Thank you/ }).waitFor()

    await hand.go('/console')
    await hand.link('New campaign')
    await hand.type('subject', 'June in the garden')
    await hand.type('body', '# June\n\nThe beans are up.')
    await hand.button('Save and continue to sending')
    await page.getByText('1 person will get this.').waitFor()
    await hand.button('Send to 1 person')
    await page.locator('#progress[data-state=sent]').waitFor()
    await page.goto('/dev/mailbox')
    await page.getByText('June in the garden').first().waitFor()

    process.stdout.write(`from nothing to a sent campaign: ${hand.steps.length} presses\n`)
    expect(hand.steps.length).toBeLessThanOrEqual(maxPresses)
    await context.close()
  })
})
