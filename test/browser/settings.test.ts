// web · sign-in, the first screen and the settings in a real browser: links, passkeys, the keyboard. WCAG 2.2 AA
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inviteOperator } from '../../src/auth/operators/operators.ts'
import { violations } from '../support/axe.ts'
import { closePages, openBrowser } from '../support/browser.ts'
import {
  type ConsoleClient,
  type OpenConsole,
  openConsole,
  signIn,
  signInLinkIn,
} from '../support/console.ts'

let desk: ConsoleClient
let open: OpenConsole
let browser: Browser

beforeAll(async () => {
  // WebAuthn refuses an IP address as relying party id, so the browser uses localhost.
  ;[open, browser] = await Promise.all([openConsole({ host: 'localhost' }), openBrowser()])
  desk = await signIn(open.house, { role: 'owner', email: 'eva@brand.example', name: 'Eva Lind' })
  await open.house.makeList()
})
afterAll(async () => {
  await closePages(browser)
  await open.close()
})

/** A virtual authenticator in the browser that always confirms, like a fingerprint. */
async function withAuthenticator(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return page
}

describe('an operator', () => {
  it('comes in by a mailed link, with the keyboard alone', async () => {
    const context = await open.open(browser, null)
    const page = await context.newPage()
    await page.goto('/console')
    expect(new URL(page.url()).pathname).toBe('/console/sign-in')
    await page.getByLabel('Your email address').focus()
    await page.keyboard.type('eva@brand.example')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Check your email' }).waitFor()
    await open.house.rest()
    const [mail] = await open.house.mailsTo('eva@brand.example')
    await page.goto(signInLinkIn(mail?.text ?? ''))
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Sign in')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Hello, Eva Lind' }).waitFor()
    await context.close()
  })

  it('adds a passkey and comes in with it the next time; a removed one lets nobody in', async () => {
    const context = await open.open(browser, desk)
    const page = await withAuthenticator(context)
    await page.goto('/console/settings')
    await page.getByLabel('Device name').fill('Eva’s laptop')
    await page.getByRole('button', { name: 'Add passkey' }).click()
    await page.getByText('The passkey is added.').waitFor()
    expect(await page.getByText('Eva’s laptop').count()).toBe(1)

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Use a passkey instead' }).click()
    await page.getByRole('heading', { name: 'Hello, Eva Lind' }).waitFor()
    await page.goto('/console/settings')
    expect(await page.getByText('with a passkey').count()).toBe(1)

    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('The passkey is removed').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Use a passkey instead' }).click()
    await page.getByText('This passkey is not known here.').waitFor()
    await context.close()
  })

  it('chooses by ticking a list, and unticks by choosing all lists', async () => {
    const context = await open.open(
      browser,
      await signIn(open.house, { role: 'owner', email: 'ticks@brand.example' }),
    )
    const page = await context.newPage()
    await page.goto('/console/settings/operators')
    await page.getByLabel('Garden letter').check()
    expect(await page.getByLabel('Only these lists').isChecked()).toBe(true)
    await page.getByLabel(/^All lists/).check()
    expect(await page.getByLabel('Garden letter').isChecked()).toBe(false)
    await context.close()
  })

  it('joins with the time zone of their browser, which stands behind every time', async () => {
    const { house } = open
    const [email, address] = [
      'zoe@brand.example',
      { sendTo: 'zoe@brand.example', canonical: 'zoe@brand.example' },
    ]
    await inviteOperator(
      house.deps,
      { kind: 'system' },
      {
        name: 'Zoe',
        address,
        role: 'owner',
        lists: null,
        locale: 'en',
      },
    )
    await house.rest()
    const [mail] = await house.mailsTo(email)
    const context = await browser.newContext({ baseURL: house.url, timezoneId: 'Asia/Tokyo' })
    const page = await context.newPage()
    await page.goto(signInLinkIn(mail?.text ?? ''))
    await page.getByRole('button', { name: 'Accept and sign in' }).click()
    await page.goto('/console/settings')
    expect(await page.getByLabel('Time zone').inputValue()).toBe('Asia/Tokyo')
    expect(await page.locator('time').first().textContent()).toMatch(/, \d\d:\d\d GMT\+9$/)
    await context.close()
  })

  it('makes one key by two quick presses, and sees it', async () => {
    const context = await open.open(
      browser,
      await signIn(open.house, { role: 'owner', email: 'twice@brand.example' }),
    )
    const page = await context.newPage()
    await page.goto('/console/settings/keys')
    await page.getByLabel('Name').fill('pressed twice')
    await page.getByRole('button', { name: 'Create key' }).dblclick()
    await page.locator('.snippet').waitFor()
    await page.goto('/console/settings/keys')
    expect(await page.locator('tr', { hasText: 'pressed twice' }).count()).toBe(1)
    await context.close()
  })

  it('invites, and makes a key, without scripts', async () => {
    const context = await open.open(
      browser,
      await signIn(open.house, { role: 'owner', email: 'ola@brand.example' }),
      {
        scripts: false,
      },
    )
    const page = await context.newPage()
    await page.goto('/console/settings/operators')
    await page.getByLabel('Name').fill('Nils')
    await page.getByLabel('Email address').fill('nils@brand.example')
    await page.getByLabel(/^sender/).check()
    await page.getByRole('button', { name: 'Send invitation' }).click()
    await page.getByText('The invitation is on its way.').waitFor()
    await page.goto('/console/settings/keys')
    await page.getByLabel('Name').fill('our site')
    await page.getByRole('button', { name: 'Create key' }).click()
    expect(await page.locator('.snippet').textContent()).toMatch(/^assent_[\w-]{43}$/)
    await context.close()
  })
})

describe('the door, the first screen and the settings', () => {
  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('meet WCAG 2.2 AA at %d pixels, %s, and never scroll sideways', async (width, colorScheme) => {
    const signedIn = await signIn(open.house, {
      role: 'owner',
      email: `look-${width}-${colorScheme}@brand.example`,
    })
    const context = await open.open(browser, signedIn, { width, colorScheme })
    const page = await context.newPage()
    const paths = [
      '/console/sign-in',
      '/console/sign-in/nothing',
      '/console',
      '/console/settings',
      '/console/settings/operators',
      `/console/settings/operators/${signedIn.operator}`,
      '/console/settings/keys',
      '/console/settings/sender',
      '/console/settings/sending?plan=usual',
      '/console/nothing',
    ]
    for (const path of paths) {
      await page.goto(path)
      expect(await violations(page), path).toEqual([])
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(sideways, path).toBeLessThanOrEqual(0)
    }
    await context.close()
  })
})
