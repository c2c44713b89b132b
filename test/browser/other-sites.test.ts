// web · the form as HTML on other sites: themes, frames, policies, pages from right to left
import { createServer, type Server } from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findList } from '../../src/lists/find.ts'
import { findNotice } from '../../src/notices/find.ts'
import { readNotice } from '../../src/notices/notice.ts'
import { formSnippet } from '../../src/signup/pages/snippet.ts'
import { violations } from '../support/axe.ts'
import { closePages, openBrowser } from '../support/browser.ts'
import { type OpenConsole, openConsole } from '../support/console.ts'
import { freePort } from '../support/running.ts'

let open: OpenConsole
let browser: Browser
let elsewhere: Server
let site = ''
let snippet = ''
const host = { body: '', policy: '' }

beforeAll(async () => {
  ;[open, browser] = await Promise.all([openConsole(), openBrowser()])
  const { house } = open
  const made = await house.makeList({
    fields: [{ key: 'first_name', label: 'First name', purpose: 'newsletter' }],
  })
  const list = await findList(house.deps.db, made.id)
  const hash = list?.notices.en ?? ''
  const notice = readNotice(await findNotice(house.deps.db, hash))
  snippet = formSnippet(notice, {
    action: `${house.url}/s/letter`,
    noticeUrl: `${house.url}/n/${hash}`,
    notice: hash,
    source: 'blog',
  })
  const port = await freePort()
  elsewhere = createServer((request, answer) => {
    answer.setHeader('content-type', 'text/html; charset=utf-8')
    const isFrame = request.url === '/frame'
    if (host.policy !== '' && !isFrame) answer.setHeader('content-security-policy', host.policy)
    answer.end(isFrame ? `<!doctype html><html lang="en"><title>Frame</title>${snippet}` : host.body)
  })
  await new Promise<void>((resolve) => elsewhere.listen(port, '127.0.0.1', resolve))
  site = `http://localhost:${port}/`
})
afterAll(async () => {
  await closePages(browser)
  elsewhere.close()
  await open.close()
})
beforeEach(() => Object.assign(host, { body: '', policy: '' }))

const pageOf = (style: string, attributes = 'lang="en"', inside = snippet): string =>
  `<!doctype html><html ${attributes}><title>Elsewhere</title><style>${style}</style><main><h1>Elsewhere</h1>${inside}</main>`

async function visit(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 800 }, bypassCSP: false })
  const page = await context.newPage()
  await page.goto(site)
  return page
}

/** What a person sees of the trap: its size on the page, and whether its words can be seen. */
const trapOf = (page: Page): Promise<{ width: number; height: number; isSeen: boolean }> =>
  page.locator('[name=leave-empty]').evaluate((input) => {
    const trap = input.closest('form > *') ?? input
    const { width, height } = trap.getBoundingClientRect()
    const hit = [...document.querySelectorAll('form label')].find((label) => label.contains(input))
    const box = hit?.getBoundingClientRect() ?? new DOMRect()
    const top = document.elementFromPoint(box.x + 2, box.y + 2)
    return { width, height, isSeen: top === input || top === hit }
  })

describe('a form on another site', () => {
  it.each([
    ['without a theme', ''],
    ['under a theme that sets display for paragraphs', 'p { display: block }'],
    ['under a theme that sets display for everything', 'p, div, form > *, label, input { display: block }'],
    [
      'under a theme that sets sizes',
      'div, input, label { position: static; width: 100%; min-height: 3rem; padding: 1rem }',
    ],
    ['under a theme that shows what is hidden', '[hidden] { display: flex !important }'],
  ])('does not show its trap for bots: %s', async (_, theme) => {
    host.body = pageOf(theme)
    const page = await visit()
    const trap = await trapOf(page)
    expect(trap.isSeen).toBe(false)
    expect(Math.max(trap.width, trap.height)).toBeLessThanOrEqual(1)
  })

  it('does not show it where the site refuses inline styles', async () => {
    host.body = pageOf('')
    host.policy = "default-src 'none'"
    expect((await trapOf(await visit())).isSeen).toBe(false)
  })

  it('neither scrolls a page from right to left, nor is turned around by it', async () => {
    host.body = pageOf('', 'lang="ar" dir="rtl"')
    const page = await visit()
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(await page.locator('form').evaluate((form) => getComputedStyle(form).direction)).toBe('ltr')
  })

  it('ties each hint to its control and tells browsers what they may fill in. WCAG 2.2, 1.3.1, 1.3.5', async () => {
    host.body = pageOf('')
    const page = await visit()
    for (const box of await page.locator('[type=checkbox]').all()) {
      const id = await box.getAttribute('aria-describedby')
      expect(await page.locator(`[id="${id}"]`).textContent()).toMatch(/\S/)
    }
    expect(await page.getAttribute('[name=first_name]', 'autocomplete')).toBe('given-name')
    expect(await violations(page)).toEqual([])
  })

  it('twice on one page, for two lists, has no id twice', async () => {
    const other = snippet.replaceAll('/s/letter', '/s/other').replaceAll('"letter-', '"other-')
    host.body = pageOf('', 'lang="en"', snippet + other)
    const page = await visit()
    const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id))
    expect(new Set(ids).size).toBe(ids.length)
  })

  const send = async (page: Page, email: string): Promise<void> => {
    const form = page.frames().at(-1) ?? page.mainFrame()
    await form.fill('[name=email]', email)
    await form.click('button')
  }

  it('leads from a frame to the page that says what comes next, in the whole window', async () => {
    host.body = pageOf('', 'lang="en"', '<iframe src="/frame" title="Form" height="500"></iframe>')
    const page = await visit()
    await send(page, 'framed@example.pl')
    await page.waitForURL(/\/s\/letter\/sent/)
    expect(page.frames()).toHaveLength(1)
  })

  it.each([
    ['is answered in the frame', 'framed-old@example.pl', /\/s\/letter\/sent/],
    ['says there what is wrong', 'no address', /\/s\/letter$/],
  ])('copied before, without a target, %s', async (_, email, url) => {
    const { house } = open
    host.body = pageOf(
      '',
      'lang="en"',
      `<iframe title="Form" srcdoc='<form method="post" action="${house.url}/s/letter"><input name="email"><input name="locale" value="en"><button>Go</button></form>'></iframe>`,
    )
    const page = await visit()
    await send(page, email)
    await page.waitForFunction(() => true)
    const frame = page.frames().at(-1)
    await frame?.waitForURL(url)
    expect(await frame?.locator('h1').count()).toBe(1)
  })

  it('is sent where the policy of the site names our origin, and not by `form-action self` alone', async () => {
    const { house } = open
    host.body = pageOf('')
    host.policy = `form-action 'self' ${house.url}`
    const page = await visit()
    await send(page, 'policy@example.pl')
    await page.waitForURL(/\/s\/letter\/sent/)

    host.policy = "form-action 'self'"
    const refused = await visit()
    const said = refused.waitForEvent('console')
    await refused.fill('[name=email]', 'policy@example.pl')
    await refused.evaluate(() => document.querySelector('button')?.click())
    expect((await said).text()).toMatch(/form-action/)
    expect(refused.url()).toBe(site)
  })
})
