// adapter · campaigns in a real browser: by mouse, by keyboard, without scripts; WCAG 2.2 AA on every screen
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from '../../src/dev/demo/people.ts'
import { violations } from '../support/axe.ts'
import { closePages, openBrowser } from '../support/browser.ts'
import { type ConsoleClient, type OpenConsole, openConsole, signIn } from '../support/console.ts'
import { seedConfirmed } from '../support/seed.ts'
import type { TestList } from '../support/test-app.ts'

let opened: OpenConsole
let browser: Browser
let eva: ConsoleClient
let list: TestList

beforeAll(async () => {
  ;[opened, browser] = await Promise.all([openConsole(), openBrowser()])
  eva = await signIn(opened.house, { role: 'owner', name: 'Eva Lindqvist', email: 'eva@brand.example' })
  list = await opened.house.makeList({
    locales: ['en'],
    fields: [{ key: 'first_name', label: { en: 'First name' }, purpose: 'newsletter' }],
  })
  const crowd = people(120, 3).map(({ email, locale, firstName }) => ({
    email,
    locale,
    fields: { first_name: firstName },
  }))
  await seedConfirmed(opened.house.deps, list.slug, crowd)
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

const preview = (page: Page) => page.frameLocator('iframe[name=preview]').locator('body')
const hasText = (page: Page, words: string) => page.locator('main', { hasText: words }).waitFor()
const bodyWords = 'Dear {{ subscriber.first_name | default: "friend" }},\n\nthe **peonies** are early.'

describe('an operator who writes, tests and sends a campaign', () => {
  it('does so by mouse, and sees it as it will arrive while typing', async () => {
    const page = await open('/console/campaigns')
    await page.locator('a', { hasText: 'New campaign' }).click()
    await page.fill('[name=subject]', 'The garden in June')
    await page.fill('[name=body]', bodyWords)
    await preview(page).locator('text=Dear Alice').waitFor()
    await page.check('[name=missing]')
    await preview(page).locator('text=Dear friend').waitFor()
    await page.locator('.choice', { hasText: 'Phone' }).click()
    expect(await page.locator('.preview-frame').evaluate((frame) => frame.clientWidth)).toBe(390)
    await page.locator('.choice', { hasText: 'Plain text' }).click()
    await preview(page).locator('pre', { hasText: 'Unsubscribe: http' }).waitFor()
    await page.click('summary')
    await page.locator('button[data-insert="{{ list.name }}"]').click()
    expect(await page.inputValue('[name=body]')).toMatch(/early\.\{\{ list\.name \}\}$/)
    await page.focus('[name=subject]')
    await page.keyboard.press('Home')
    await page.locator('button[data-insert="{{ list.name }}"]').click()
    expect(await page.inputValue('[name=subject]')).toBe('{{ list.name }}The garden in June')
    await page.fill('[name=subject]', 'The garden in June')
    await page.locator('button', { hasText: 'Save and test' }).click()
    await page.locator('button', { hasText: 'Send test' }).click()
    await hasText(page, 'The test email is on its way.')
    expect((await opened.house.mailsTo('eva@brand.example'))[0]?.subject).toBe('[Test] The garden in June')

    await page.locator('a', { hasText: 'Continue to sending' }).click()
    await hasText(page, '120 people will get this.')
    await page.locator('button', { hasText: 'Send to 120 people' }).click()
    await hasText(page, 'The campaign is being sent.')
    await opened.house.rest()
    // The island looks again by itself, and the page moves on with the state.
    await page.locator('#progress[data-state=sent]', { hasText: 'Sent to 120 of 120 people.' }).waitFor()
    await page.context().close()
  })

  it('can do all of it with the keyboard', async () => {
    const page = await open(`/console/campaigns/new?list=${list.slug}`)
    await tabTo(page, '[name=subject]')
    await page.keyboard.type('By keyboard')
    await tabTo(page, '[name=body]')
    await page.keyboard.type('Only keys were pressed.')
    await tabTo(page, '[name=as]')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('[name=as]:checked').getAttribute('value')).toBe('phone')
    await preview(page).locator('text=Only keys were pressed.').waitFor()
    await tabTo(page, 'button[value=launch]', 'Shift+Tab')
    await page.keyboard.press('Enter')
    await hasText(page, 'will get this.')
    await tabTo(page, '[name=when]')
    await page.keyboard.press('ArrowDown')
    expect(await page.locator('.launch-time').isVisible()).toBe(true)
    await tabTo(page, 'form.launch button')
    await page.keyboard.press('Enter')
    await hasText(page, 'The campaign is scheduled.')
    await tabTo(page, 'a[href$="/cancel"]')
    await page.keyboard.press('Enter')
    await hasText(page, 'It has not been sent to anyone, and it will not be.')
    await tabTo(page, 'form[action$="/cancel"] button')
    await page.keyboard.press('Enter')
    await hasText(page, 'The campaign is cancelled.')
    await page.context().close()
  })

  it('needs no script for any of it', async () => {
    const page = await open(`/console/campaigns/new?list=${list.slug}`, { scripts: false })
    await page.fill('[name=subject]', 'Without scripts')
    await page.fill('[name=body]', 'Dear {{ subscriber.nobody }}')
    await page.click('button[data-preview]')
    await preview(page).locator('text=There is no field "nobody"').waitFor()
    await page.fill('[name=body]', bodyWords)
    await page.click('button[data-preview]')
    await preview(page).locator('text=Dear Alice').waitFor()
    expect(await page.inputValue('[name=subject]')).toBe('Without scripts')
    await page.locator('button', { hasText: 'Save and continue to sending' }).click()
    await page.locator('button', { hasText: 'Send to 120 people' }).click()
    await page.locator('a', { hasText: 'Refresh' }).waitFor()
    await opened.house.rest()
    await page.locator('a', { hasText: 'Refresh' }).click()
    await hasText(page, 'Sent to 120 of 120 people.')
    await page.context().close()
  })

  it('is asked before words that are not saved are left behind, and not after a save', async () => {
    const page = await open(`/console/campaigns/new?list=${list.slug}`)
    const asked: string[] = []
    page.on('dialog', (dialog) => {
      asked.push(dialog.type())
      void dialog.accept()
    })
    await page.click('[name=body]')
    await page.keyboard.type('Half a')
    await page.locator('a', { hasText: 'Home' }).click()
    await page.waitForURL('**/console')
    expect(asked).toEqual(['beforeunload'])
    await page.goto(`/console/campaigns/new?list=${list.slug}`)
    await page.fill('[name=subject]', 'Saved')
    await page.locator('button', { hasText: /^Save$/ }).click()
    await hasText(page, 'The draft is saved.')
    await page.locator('a', { hasText: 'Home' }).click()
    await page.waitForURL('**/console')
    expect(asked).toEqual(['beforeunload'])
    await page.context().close()
  })
})

describe('every screen of campaigns', () => {
  it('meets WCAG 2.2 AA in light and dark, at a desk and on a phone, without a sideways scroll', async () => {
    const { house } = opened
    const draft = await house.makeCampaign(list, { content: { format: 'markdown', body: bodyWords } })
    const sent = await house.makeCampaign(list)
    await house.launch(sent)
    await house.rest()
    const [at, done] = [`/console/campaigns/${draft.id}`, `/console/campaigns/${sent.id}`]
    const paths = [
      '/console/campaigns',
      `/console/campaigns/new?list=${list.slug}`,
      ...[at, `${at}/edit?done=saved`, `${at}/test`, `${at}/launch`, `${at}/cancel`],
      ...[done, `${done}/recipients`],
    ]
    // Every screen in two looks; screens with a form, a bar or a frame in all four.
    const rich = [`${at}/edit?done=saved`, `${at}/launch`, done]
    await expectFit(paths, { width: 1280, colorScheme: 'light' })
    await expectFit(paths, { width: 390, colorScheme: 'dark' })
    await expectFit(rich, { width: 1280, colorScheme: 'dark' })
    await expectFit(rich, { width: 390, colorScheme: 'light' })
  })

  it('does not scroll sideways where links were checked either, which needs no script', async () => {
    const body =
      'A [shop](https://example.com/a-long-way/to-the-very-page-that-nobody-can-break-into-lines) and [home](http://localhost/).'
    const { id } = await opened.house.makeCampaign(list, { content: { format: 'markdown', body } })
    for (const look of [
      { width: 1280, colorScheme: 'light' },
      { width: 390, colorScheme: 'dark' },
    ] as const) {
      const page = await open(`/console/campaigns/${id}/launch`, { ...look, scripts: false })
      await page.locator('button', { hasText: 'Check links and domain' }).click()
      await hasText(page, 'http://localhost/ points to a private network that your readers cannot reach.')
      await hasText(page, 'Check links and domain again')
      await page.locator('summary', { hasText: 'Email headers' }).click()
      await hasText(page, 'List-Unsubscribe=One-Click')
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await page.context().close()
    }
  })

  it('meets it too where something is refused', async () => {
    const draft = await opened.house.makeCampaign(list)
    const page = await open(`/console/campaigns/${draft.id}/edit`)
    await page.fill('[name=body]', '{{ subscriber.nobody }}')
    await page.locator('button', { hasText: /^Save$/ }).click()
    await hasText(page, 'This draft cannot be sent yet')
    await preview(page).locator('text=There is no field "nobody"').waitFor()
    expect(await violations(page)).toEqual([])
    const theirs = { subject: 'Theirs', content: { format: 'markdown', body: 'Theirs.' } }
    expect((await opened.house.api('PATCH', `/campaigns/${draft.id}`, theirs)).status).toBe(200)
    await page.fill('[name=body]', 'Mine.')
    await page.locator('button', { hasText: /^Save$/ }).click()
    await hasText(page, 'Someone else edited this campaign')
    await preview(page).locator('text=Mine.').waitFor()
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })
})

async function expectFit(paths: readonly string[], look: Parameters<OpenConsole['open']>[2]): Promise<void> {
  const page = await open('/console/campaigns', look)
  for (const path of paths) {
    await page.goto(path)
    expect([path, await violations(page)]).toEqual([path, []])
    expect([path, await page.evaluate('document.documentElement.scrollWidth <= innerWidth')]).toEqual([
      path,
      true,
    ])
  }
  await page.context().close()
}

/** Presses Tab until the element has the focus, at most forty times. */
async function tabTo(page: Page, selector: string, key = 'Tab'): Promise<void> {
  for (let press = 0; press < 40; press += 1) {
    await page.keyboard.press(key)
    if ((await page.locator(`${selector}:focus`).count()) > 0) return
  }
  throw new Error(`${selector} is not reached by ${key}`)
}
