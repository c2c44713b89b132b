// adapter · feedback in a real browser: figures, why (not) this person, suppressions. WCAG 2.2 AA
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from '../../src/dev/demo/people.ts'
import { violations } from '../support/axe.ts'
import { closePages, openBrowser } from '../support/browser.ts'
import { type ConsoleClient, type OpenConsole, openConsole, signIn } from '../support/console.ts'
import { hookEnv, hookEvents, postEvent } from '../support/hooks.ts'
import { seedConfirmed } from '../support/seed.ts'

let opened: OpenConsole
let browser: Browser
let eva: ConsoleClient
let first = ''
const campaign = { id: '', number: 0 }

beforeAll(async () => {
  ;[opened, browser] = await Promise.all([openConsole({ env: hookEnv }), openBrowser()])
  const { house } = opened
  eva = await signIn(house, { role: 'owner', name: 'Eva Lindqvist', email: 'eva@brand.example' })
  const list = await house.makeList({ locales: ['en'] })
  const crowd = await seedConfirmed(
    house.deps,
    list.slug,
    people(24, 3).map(({ email }) => ({ email })),
  )
  first = crowd[0]?.email ?? ''
  house.later({ hours: 1 })
  Object.assign(campaign, await house.makeCampaign(list, { subject: 'The garden in June' }))
  await house.launch(campaign)
  await house.rest()
  house.later({ minutes: 2 })
  const events = [
    hookEvents.hard,
    hookEvents.complained,
    hookEvents.soft,
    hookEvents.delayed,
    hookEvents.suppressed,
  ]
  for (const [nth, { subscription }] of crowd.entries())
    await postEvent(
      house,
      { kind: 'campaign', subscription, campaign: campaign.number },
      events[nth - 1] ?? hookEvents.delivered,
    )
})
afterAll(async () => {
  await closePages(browser)
  await opened.close()
})

const open = async (path: string, look: Parameters<OpenConsole['open']>[2] = {}): Promise<Page> => {
  const context = await opened.open(browser, eva, look)
  const page = await context.newPage()
  await page.goto(path)
  return page
}
const hasText = (page: Page, words: string) => page.locator('main', { hasText: words }).waitFor()
const screen = '/console/settings/suppressions'

describe('an operator who looks at what came back', () => {
  it('opens a figure, asks about one person, suppresses an address and lifts it, by mouse', async () => {
    const page = await open(`/console/campaigns/${campaign.id}`)
    await page.locator('a.figure', { hasText: 'Bounced' }).click()
    await hasText(page, 'hard 5.1.1')
    await page.goBack()
    await page.getByLabel('Email address').fill(first)
    await page.getByRole('button', { name: 'Check' }).click()
    await hasText(page, 'It was sent to them')
    expect(page.url()).not.toContain('@')
    await page.goto(screen)
    await page.getByLabel('Email address').fill('new@example.pl')
    await page.getByRole('button', { name: 'Suppress' }).click()
    await hasText(page, 'The address is suppressed.')
    await page.locator('a', { hasText: 'Lift' }).first().click()
    await page.getByRole('button', { name: 'Lift suppression' }).click()
    await hasText(page, 'The suppression is lifted.')
    await page.context().close()
  })

  it('can do so with the keyboard alone, and without scripts', async () => {
    const page = await open(screen, { scripts: false })
    await page.getByLabel('Email address').focus()
    await page.keyboard.type('nobody@example.pl')
    await page.keyboard.press('Enter')
    await hasText(page, 'The address is suppressed.')
    await page.goto(`/console/campaigns/${campaign.id}/explain`)
    await page.getByLabel('Email address').focus()
    await page.keyboard.type('nobody@example.pl')
    await page.keyboard.press('Enter')
    await hasText(page, 'This person was never on the list.')
    await page.context().close()
  })
})

describe('each screen', () => {
  it.each([
    { width: 1280, colorScheme: 'light' },
    { width: 1280, colorScheme: 'dark' },
    { width: 390, colorScheme: 'light' },
    { width: 390, colorScheme: 'dark' },
  ] as const)(
    'has no fault that axe finds and does not scroll sideways at $width px, $colorScheme',
    async (look) => {
      const { id: suppression = '' } =
        (
          await opened.house.owner<{ id: string }[]>`select id from suppressions where reason = 'bounce'`
        )[0] ?? {}
      const at = `/console/campaigns/${campaign.id}`
      const page = await open(at, look)
      for (const path of [
        at,
        `${at}/recipients?heard=bounced`,
        `${at}/recipients`,
        screen,
        `${screen}/${suppression}/lift`,
      ]) {
        await page.goto(path)
        await fits(page, `${path} ${look.width} ${look.colorScheme}`)
      }
      await page.goto(`${at}/explain`)
      await page.getByLabel('Email address').fill(first)
      await page.getByRole('button', { name: 'Check' }).click()
      await hasText(page, 'It was sent to them')
      await fits(page, `explained ${look.width} ${look.colorScheme}`)
      await page.goto(screen)
      await page.getByLabel('Email address').fill('half@example')
      await page.getByRole('button', { name: 'Suppress' }).click()
      await hasText(page, 'Please fix this')
      await fits(page, `refused ${look.width} ${look.colorScheme}`)
      await page.context().close()
    },
  )

  async function fits(page: Page, name: string): Promise<void> {
    const shots = process.env['ASSENT_SHOTS']
    if (shots !== undefined)
      await page.screenshot({
        path: `${shots}/${name.replaceAll(/[^a-z0-9]+/g, '-').slice(-60)}.png`,
        fullPage: true,
      })
    expect(await violations(page), name).toEqual([])
    const [wide, shown] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ])
    expect(wide, name).toBeLessThanOrEqual(shown ?? 0)
  }
})
