// web · lists in a real browser: from nothing to a form on another site; by keyboard; without scripts
import { createServer, type Server } from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violations } from '../support/axe.ts'
import { closePages, openBrowser } from '../support/browser.ts'
import { type ConsoleClient, type Look, type OpenConsole, openConsole, signIn } from '../support/console.ts'
import { lifelikeLists } from '../support/lists.ts'
import { freePort } from '../support/running.ts'

let site: OpenConsole
let browser: Browser
let desk: ConsoleClient

beforeAll(async () => {
  ;[site, browser] = await Promise.all([openConsole(), openBrowser()])
  desk = await signIn(site.house, { role: 'owner', name: 'Ewa Kowalska' })
})
afterAll(async () => {
  await closePages(browser)
  await site.close()
})

const open = async (path: string, look: Look = {}): Promise<Page> => {
  const context = await site.open(browser, desk, look)
  const page = await context.newPage()
  await page.goto(path)
  return page
}

const answers = [
  ['sender.name', 'Lindströms'],
  ['sender.email', 'brev@lindstroms.example'],
  ['controller.name', 'Lindströms AB'],
  ['controller.address', 'Storgatan 12\n582 24 Linköping'],
  ['controller.contact_email', 'integritet@lindstroms.example'],
] as const

const listBySlug = async (slug: string) =>
  JSON.stringify((await site.house.api('GET', `/lists/${slug}`)).body)

describe('an operator with a mouse', () => {
  it('makes the first list, looks at it before it is saved, and puts its form on another site', async () => {
    const page = await open('/console/lists')
    await page.getByRole('link', { name: 'Create your first list' }).click()
    await page.fill('[name=name]', 'Månadsbrev från Lindströms')
    await page.getByText('Languages', { exact: true }).click()
    await page.getByLabel('Swedish', { exact: true }).check()
    for (const [name, value] of answers) await page.fill(`[name="${name}"]`, value)
    await page.getByText('Fields', { exact: true }).click()
    await page.getByRole('button', { name: 'Add field' }).click()
    // The new block is open and ready to be written in.
    await page.waitForSelector('[name="fields.0.label.en"]:focus')
    await page.keyboard.type('First name')
    expect(await page.inputValue('[name="fields.0.label.en"]')).toBe('First name')
    expect(await page.isVisible('[name="fields.0.label.pl"]')).toBe(false)
    expect(await page.isVisible('[name="fields.0.options.sv"]')).toBe(false)

    const look = page.frameLocator('iframe[name=look]')
    await page.getByRole('button', { name: 'Form in Swedish' }).click()
    await look.getByText('No preview yet').waitFor()
    await page.fill('[name="fields.0.label.sv"]', 'Förnamn')
    await page.getByRole('button', { name: 'Form in Swedish' }).click()
    await look.getByLabel('Förnamn').waitFor()
    await page.getByRole('button', { name: 'Notice in English' }).click()
    await look.getByText('Storgatan 12, 582 24 Linköping').first().waitFor()
    expect(await page.inputValue('[name="fields.0.label.sv"]')).toBe('Förnamn')
    expect(await site.house.owner`select slug from lists`).toEqual([])

    await page.getByRole('button', { name: 'Create list' }).click()
    await page.getByText('The list is created').waitFor()
    expect(new URL(page.url()).pathname).toBe('/console/lists/manadsbrev-fran-lindstroms')

    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('link', { name: 'Share form' }).click()
    await page.getByRole('link', { name: 'Swedish' }).click()
    await page.getByRole('button', { name: 'Copy the HTML' }).click()
    await page.getByText('Copied.').waitFor()
    const html = await page.evaluate<string>('navigator.clipboard.readText()')
    await signUpElsewhere(html, 'alva@example.se')
    await site.house.rest()
    expect((await site.house.mailsTo('alva@example.se')).length).toBe(1)
    await page.context().close()
  })
})

/** Serves the pasted form on another site, and fills it in as a visitor. */
async function signUpElsewhere(html: string, email: string): Promise<void> {
  const elsewhere: Server = createServer((_, answer) =>
    answer
      .setHeader('Content-Type', 'text/html; charset=utf-8')
      .end(`<!doctype html><title>Elsewhere</title>${html}`),
  )
  const port = await freePort()
  await new Promise<void>((done) => void elsewhere.listen(port, '127.0.0.1', done))
  try {
    const page = await browser.newPage()
    await page.goto(`http://localhost:${port}/`)
    expect(await page.getByText('Allt om dina uppgifter').getAttribute('href')).toContain(
      `${site.house.url}/n/`,
    )
    await page.getByLabel('E-post').fill(email)
    await page.getByLabel('Förnamn').fill('Alva')
    await page.getByRole('button').click()
    await page.waitForURL(`${site.house.url}/s/manadsbrev-fran-lindstroms/sent?lang=sv`)
    await page.close()
  } finally {
    elsewhere.close()
  }
}

describe('an operator with a keyboard alone', () => {
  const tabTo = async (page: Page, selector: string): Promise<void> => {
    for (let press = 0; press < 80; press += 1) {
      if (await page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`)) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`the keyboard does not reach ${selector}`)
  }

  it('makes a list, changes it and archives it', async () => {
    const page = await open('/console/lists')
    await tabTo(page, 'main a[href="/console/lists/new"]')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/new')
    await tabTo(page, '[name=name]')
    await page.keyboard.type('By keyboard')
    for (const [name, value] of answers) {
      await tabTo(page, `[name="${name}"]`)
      await page.keyboard.press('ControlOrMeta+a')
      await page.keyboard.type(value)
    }
    // Enter opens the questions about languages; Space ticks a box.
    await tabTo(page, 'details:has([name=locales]) > summary')
    await page.keyboard.press('Enter')
    await tabTo(page, '[name=locales][value=sv]')
    await page.keyboard.press('Space')
    await tabTo(page, '.actions > [name=do][value=save]')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/by-keyboard?done=created')
    expect(await listBySlug('by-keyboard')).toContain('"sv"')

    await tabTo(page, 'a[href$="/edit"]')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/edit')
    await tabTo(page, '[name=description]')
    await page.keyboard.type('Now and then.')
    // Enter in a field presses the form's first button, which saves.
    await page.keyboard.press('Enter')
    await page.waitForURL('**/by-keyboard?done=saved')
    expect(await listBySlug('by-keyboard')).toContain('Now and then.')

    await tabTo(page, 'a[href$="/archive"]')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/archive')
    await tabTo(page, 'main button')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/by-keyboard?done=archived')
    await page.context().close()
  })
})

describe('a browser that runs no scripts', () => {
  it('asks for one field more, keeps everything typed, and makes the list', async () => {
    const page = await open('/console/lists/new', { scripts: false })
    await page.fill('[name=name]', 'No scripts')
    for (const [name, value] of answers) await page.fill(`[name="${name}"]`, value)
    await page.getByText('Fields', { exact: true }).click()
    await page.getByRole('button', { name: 'Add field' }).click()
    await page.fill('[name="fields.0.label.en"]', 'What do you grow?')
    await page.selectOption('[name="fields.0.type"]', 'choice')
    await page.fill('[name="fields.0.options.en"]', 'Vegetables')
    await page.getByRole('button', { name: 'Create list' }).click()
    expect(await page.getByRole('alert').textContent()).toContain(
      'Field 1, answers, English: A choice needs two',
    )
    await page.getByRole('alert').getByRole('link').click()
    await page.fill('[name="fields.0.options.en"]', 'Vegetables\nFlowers')
    await page.getByRole('button', { name: 'Form in English' }).click()
    await page.frameLocator('iframe[name=look]').getByLabel('What do you grow?').waitFor()
    await page.getByRole('button', { name: 'Create list' }).click()
    await page.getByText('The list is created').waitFor()
    expect(await listBySlug('no-scripts')).toContain('"what_do_you_grow"')
    await page.getByRole('link', { name: 'Share form' }).click()
    expect(await page.textContent('#html')).toContain('<option value="Flowers">')
    expect(await page.getByRole('button', { name: 'Copy the link' }).count()).toBe(0)
    await page.context().close()
  })
})

describe('every screen of lists', () => {
  beforeAll(() => lifelikeLists(site.house))

  const screens = [
    ['the overview', '/console/lists'],
    ['a new list', '/console/lists/new'],
    ['a list', '/console/lists/manadsbrev'],
    ['its form to change it, all of it open', '/console/lists/manadsbrev/edit'],
    ['its form for other sites', '/console/lists/manadsbrev/form?lang=ru'],
    ['its preview', '/console/lists/manadsbrev/preview?lang=pl'],
    ['what archiving does', '/console/lists/ogrod/archive'],
    ['an archived list', '/console/lists/by-keyboard'],
  ] as const

  it.each(screens)(
    'meets WCAG 2.2 AA on %s, light and dark, wide and narrow, without a sideways scroll',
    async (_, path) => {
      for (const [width, colorScheme] of [
        [1280, 'light'],
        [390, 'dark'],
      ] as const) {
        const page = await open(path, { width, colorScheme })
        // Colours in mid-transition are not the design's own.
        await page.emulateMedia({ reducedMotion: 'reduce' })
        await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
        expect(await violations(page)).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
        await page.emulateMedia({ colorScheme: colorScheme === 'light' ? 'dark' : 'light' })
        expect(await violations(page)).toEqual([])
        await page.context().close()
      }
    },
  )

  it('meets it where a form was refused, and where two changed one list', async () => {
    const page = await open('/console/lists/new', { width: 390 })
    await page.fill('[name="sender.email"]', 'nowhere')
    await page.getByRole('button', { name: 'Create list' }).click()
    expect(await violations(page)).toEqual([])
    await page.goto('/console/lists/press/edit')
    await site.house.api('PATCH', '/lists/press', { description: 'Theirs.' })
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('A colleague saved this list').waitFor()
    expect(await violations(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    await page.context().close()
  })
})
