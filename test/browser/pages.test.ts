// web · the public pages in a real browser, without JavaScript, on phone and desktop. WCAG 2.2 AA, one thing to do on each
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violations } from '../support/axe.ts'
import { closePages, openBrowser } from '../support/browser.ts'
import { clientOf, eventually, linkIn, text } from '../support/client.ts'
import { type RunningAssent, startAssent } from '../support/running.ts'

describe('a visitor with a browser that runs no scripts', () => {
  let assent: RunningAssent
  let browser: Browser
  const slug = 'garden'

  beforeAll(async () => {
    ;[assent, browser] = await Promise.all([startAssent(), openBrowser()])
    const made = await clientOf(assent.url, assent.key).api('POST', '/lists', {
      slug,
      name: 'The Garden Letter',
      description: 'One letter a month, never more.',
      locales: ['en', 'pl', 'sv', 'ru'],
      sender: { name: 'Brand', email: 'news@brand.example' },
      controller: {
        name: 'Brand AB',
        address: 'Storgatan 1\n111 22 Stockholm',
        contact_email: 'privacy@brand.example',
        jurisdiction: 'SE',
      },
      brand: { color: '#7a1f5c' },
      purposes: [
        {
          key: 'offers',
          title: { en: 'Offers', pl: 'Oferty', sv: 'Erbjudanden', ru: 'Предложения' },
          text: {
            en: 'Now and then an offer.',
            pl: 'Czasem oferta.',
            sv: 'Ibland ett erbjudande.',
            ru: 'Иногда предложение.',
          },
        },
      ],
      fields: [
        {
          key: 'first_name',
          label: { en: 'First name', pl: 'Imię', sv: 'Förnamn', ru: 'Имя' },
          purpose: 'newsletter',
        },
      ],
    })
    expect(made.status).toBe(201)
  })
  afterAll(async () => {
    await closePages(browser)
    await assent.stop()
  })

  /** Opens a page with its scripts off; axe is injected through a context in which scripts may run. */
  const open = async (
    path: string,
    look: { width: number; colorScheme: 'light' | 'dark'; scripts?: boolean },
  ) => {
    const context = await browser.newContext({
      viewport: { width: look.width, height: 800 },
      colorScheme: look.colorScheme,
      javaScriptEnabled: look.scripts ?? false,
      bypassCSP: look.scripts ?? false,
    })
    const page = await context.newPage()
    await page.goto(path.startsWith('http') ? path : `${assent.url}${path}`)
    return page
  }
  const phone = { width: 390, colorScheme: 'light' } as const

  it('signs up, confirms, looks at the choices and leaves, by buttons and links alone', async () => {
    const client = clientOf(assent.url, assent.key)
    const page = await open(`/s/${slug}?lang=sv`, phone)
    expect(await page.isChecked('input[type=checkbox]')).toBe(false)
    await page.fill('[name=email]', 'alva@example.se')
    await page.fill('[name=first_name]', 'Alva')
    await page.click('button')
    expect(page.url()).toContain(`/s/${slug}/sent`)

    const mail = await eventually(
      async () => (await client.mails()).find(({ to }) => to === 'alva@example.se') ?? null,
    )
    await page.goto(linkIn(mail, 'c'))
    expect(await page.textContent('main')).toContain('The Garden Letter')
    await page.locator('form').first().locator('button').click()
    expect(await page.locator('button').count()).toBe(0)

    const found = await client.api('POST', '/subscribers/search', { email: 'alva@example.se' })
    expect(text(found.body, 'data', 0, 'subscriptions', 0, 'state')).toBe('active')
    expect(text(found.body, 'data', 0, 'subscriptions', 0, 'fields', 'first_name')).toBe('Alva')

    await page.click('a[href^="/p/"]')
    await page.uncheck('input[value=newsletter]')
    await page.click('button')
    const left = await client.api('POST', '/subscribers/search', { email: 'alva@example.se' })
    expect(text(left.body, 'data', 0, 'subscriptions', 0, 'state')).toBe('withdrawn')
  })

  it('keeps what was typed when something is wrong, says what, and where', async () => {
    const page = await open(`/s/${slug}`, phone)
    await page.fill('[name=email]', 'not an address')
    await page.fill('[name=first_name]', '<b>"Ann"</b>')
    await page.check('input[type=checkbox]')
    await page.click('button')
    expect(await page.inputValue('[name=email]')).toBe('not an address')
    expect(await page.inputValue('[name=first_name]')).toBe('<b>"Ann"</b>')
    expect(await page.isChecked('input[type=checkbox]')).toBe(true)
    const described = await page.getAttribute('[name=email]', 'aria-describedby')
    expect(await page.textContent(`#${described?.split(' ')[0]}`)).toMatch(/address/i)
  })

  it('can do all of it with the keyboard', async () => {
    const page = await open(`/s/${slug}`, phone)
    const order: string[] = []
    for (let press = 0; press < 12; press += 1) {
      await page.keyboard.press('Tab')
      const focused = page.locator(':focus')
      if ((await focused.count()) > 0)
        order.push((await focused.getAttribute('name')) ?? (await focused.evaluate((node) => node.tagName)))
    }
    const wanted = ['email', 'first_name', 'purpose', 'SUMMARY', 'BUTTON']
    expect(order.filter((name) => wanted.includes(name)).slice(0, wanted.length)).toEqual(wanted)
    expect(order).not.toContain('leave-empty')
  })

  it.each([
    ['the form', () => `/s/${slug}`],
    ['the form in Russian', () => `/s/${slug}?lang=ru`],
    ['what follows it', () => `/s/${slug}/sent`],
    ['an unknown list', () => '/s/nothing-here'],
    ['a forged link', () => `/c/${'A'.repeat(44)}`],
    ['the mailbox', () => '/dev/mailbox'],
    ['the page of the API', () => '/api/docs'],
  ])('meets WCAG 2.2 AA on %s, light and dark, without a sideways scroll', async (_, path) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open(path(), { width: 390, colorScheme, scripts: true })
      expect(await violations(page)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await page.context().close()
    }
  })

  it('meets it on the page of the API at a desk, where its contents stand beside it', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open('/api/docs', { width: 1280, colorScheme, scripts: true })
      expect(await violations(page)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await page.click('a[href="#post-lists"]')
      await page.locator('#post-lists h3').waitFor()
      expect(await page.locator('nav a[href="#post-lists"]').isVisible()).toBe(true)
      await page.context().close()
    }
  })

  it('meets it behind the links of the mails too: confirming, the notice, leaving, choosing', async () => {
    const client = clientOf(assent.url, assent.key)
    await client.post(`/s/${slug}`, [['email', 'bo@example.se']])
    const mail = await eventually(
      async () => (await client.mails()).find(({ to }) => to === 'bo@example.se') ?? null,
    )
    for (const path of [linkIn(mail, 'c'), linkIn(mail, 'n')]) {
      const page = await open(path, { ...phone, scripts: true })
      expect(await violations(page)).toEqual([])
    }
    const page = await open(linkIn(mail, 'c'), { ...phone, scripts: true })
    await page.locator('form').first().locator('button').click()
    expect(await violations(page)).toEqual([])
    await page.click('a[href^="/p/"]')
    expect(await violations(page)).toEqual([])
  })
})
