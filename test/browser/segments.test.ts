// web · segments in a real browser: built by mouse, by keyboard, and without scripts; counted live
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from '../../src/dev/demo/people.ts'
import { violations } from '../support/axe.ts'
import { closePages, openBrowser } from '../support/browser.ts'
import { at, text } from '../support/client.ts'
import { type ConsoleClient, type Look, type OpenConsole, openConsole, signIn } from '../support/console.ts'
import { seedConfirmed } from '../support/seed.ts'

let open: OpenConsole
let browser: Browser
let owner: ConsoleClient

const label = (words: string) => ({ en: words, pl: words, sv: words, ru: words })
const countries = { PL: 'Poland', SE: 'Sweden', RU: 'Russia', GB: 'Britain' }

beforeAll(async () => {
  ;[open, browser] = await Promise.all([openConsole(), openBrowser()])
  const { house } = open
  await house.makeList({
    fields: [
      {
        key: 'country',
        label: label('Country'),
        purpose: 'newsletter',
        type: 'choice',
        filterable: true,
        options: Object.entries(countries).map(([value, name]) => ({ value, label: label(name) })),
      },
      { key: 'age', label: label('Age'), purpose: 'newsletter', type: 'number', filterable: true },
    ],
  })
  await seedConfirmed(
    house.deps,
    'letter',
    people(20, 3).map(({ country, ...person }) => ({ ...person, fields: { country } })),
  )
  owner = await signIn(house, { role: 'owner', name: 'Eva Lindqvist' })
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

const filterOf = async (page: Page): Promise<unknown> =>
  at(
    (await open.house.api('GET', `/segments/${new URL(page.url()).pathname.split('/').at(-1)}`)).body,
    'filter',
  )

describe('a marketer who builds a segment', () => {
  it('sees it counted after a pause, and a verb brings the control it wants, by mouse', async () => {
    const page = await pageAt('/console/segments/new')
    await page.selectOption('[name="add"]', 'field:country')
    await page.click('button[value="add"]')
    await page.waitForSelector('[name="row.0.value"]')
    await page.selectOption('[name="row.0.value"]', 'SE')
    await page.waitForSelector('#count:has-text("5 people can be emailed now, of 20")')
    await page.selectOption('[name="row.0.how"]', 'in')
    await page.check('input[type="checkbox"][value="PL"]')
    await page.waitForSelector('#count:has-text("10 people can be emailed now, of 20")')
    expect(await page.textContent('#count')).toContain('whose country is one of Poland, Sweden.')
    await page.fill('#f-name', 'Round the Baltic')
    await page.click('button[value="save"]:has-text("Save")')
    await page.waitForSelector('text=The segment is saved.')
    expect(await filterOf(page)).toEqual({ all: [{ field: 'country', in: ['PL', 'SE'] }] })
    await page.context().close()
  })

  it('builds a group by keyboard alone, without scripts; Enter in a text only counts', async () => {
    const page = await pageAt('/console/segments/new', { scripts: false })
    const tabTo = async (selector: string): Promise<void> => {
      for (let tabs = 0; tabs < 60; tabs += 1) {
        if ((await page.locator(`${selector}:focus`).count()) > 0) return
        await page.keyboard.press('Tab')
      }
      throw new Error(`the keyboard does not reach ${selector}`)
    }
    const press = async (selector: string, waitFor: string): Promise<void> => {
      await tabTo(selector)
      await page.keyboard.press('Enter')
      await page.waitForSelector(waitFor)
    }
    await tabTo('#f-name')
    await page.keyboard.type('Sometimes')
    await press('button[value="group"]', '[name="group.0.join"]')
    await tabTo('[name="add.0"]')
    await page.keyboard.type('Age')
    await press('button[value="add:0"]', '[name="row.0.0.value"]')
    await tabTo('[name="row.0.0.how"]')
    await page.keyboard.type('is at l')
    await tabTo('[name="row.0.0.value"]')
    await page.keyboard.type('forty')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.summary:has-text("Age: It must be a number.")')
    expect(await page.inputValue('#f-name')).toBe('Sometimes')
    await tabTo('[name="row.0.0.value"]')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('40')
    await press('button[value="save"]', 'text=The segment is saved.')
    expect(await filterOf(page)).toEqual({ all: [{ any: [{ field: 'age', gte: 40 }] }] })
    await page.context().close()
  })

  it('deletes one after reading what that does', async () => {
    const made = await open.house.api('POST', '/segments', {
      name: 'Old',
      list: 'letter',
      filter: { all: [] },
    })
    const page = await pageAt(`/console/segments/${text(made.body, 'id')}`)
    await page.click('a:has-text("Delete")')
    await page.waitForSelector('text=What will happen')
    await page.click('button:has-text("Delete segment")')
    await page.waitForSelector('text=The segment is deleted.')
    await page.context().close()
  })
})

const isWiderThanWindow = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth')

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

describe('every page about segments', () => {
  it('breaks no rule of WCAG 2.2 AA and scrolls in one direction, wide and narrow, light and dark', async () => {
    const make = async (filter: unknown) =>
      text((await open.house.api('POST', '/segments', { name: 'Any', list: 'letter', filter })).body, 'id')
    const rich = await make({
      all: [
        { field: 'country', in: ['PL', 'SE'] },
        { confirmed: { after: '2026-01-01', before: '2026-07-01' } },
        {
          any: [
            { tag: 'vip' },
            { field: 'age', in: [40, 41] },
            { field: 'age', exists: true },
            { grade: 'B' },
          ],
        },
      ],
    })
    const deep = await make({ not: { tag: 'vip' } })
    const page = await pageAt('/console/segments')
    const found = [...(await wrongWith(page, 'segments'))]
    for (const to of ['new?list=letter', deep, `${rich}/delete`]) {
      await page.goto(`/console/segments/${to}`)
      found.push(...(await wrongWith(page, to)))
    }
    await page.goto(`/console/segments/${rich}`)
    await page.fill('[name="row.2.0.value"]', '')
    await page.click('button[value="save"]:has-text("Save")')
    await page.waitForSelector('.summary')
    found.push(...(await wrongWith(page, 'faults')))
    expect(found).toEqual([])
    await page.context().close()
  })
})
