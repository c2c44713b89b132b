// adapter · Chromium, by Playwright
import type { Page } from 'playwright-core'
import { openBrowser } from '../browser.ts'
import type { Engine, EngineKind } from './engine.ts'

export const chromium: EngineKind = { name: 'Chromium', missing: null, open: () => open() }

/** Chromium that is given other style sheets than the server's: those which an older browser would make of them. */
export const chromiumReading = (name: string, read: (css: string) => string): EngineKind => ({
  name,
  missing: null,
  open: () => open(read),
})

async function open(read?: (css: string) => string): Promise<Engine> {
  const browser = await openBrowser()
  const context = await browser.newContext({ bypassCSP: true })
  const page = await context.newPage()
  if (read !== undefined) await readStyles(page, read)
  return {
    goto: async (url) => {
      await page.goto(url)
    },
    evaluate: (expression) => page.evaluate<unknown>(expression),
    click: (x, y) => page.mouse.click(x, y),
    resize: (width, height) => page.setViewportSize({ width, height }),
    setCookie: async (url, cookie) => context.addCookies([{ ...cookie, url }]),
    screenshot: () => page.screenshot(),
    close: () => browser.close(),
  }
}

async function readStyles(page: Page, read: (css: string) => string): Promise<void> {
  /** By their address, which says what is in them. */
  const known = new Map<string, string>()
  await page.route(/\.css(\?|$)/, async (route) => {
    const url = route.request().url()
    const body = known.get(url) ?? read(await (await route.fetch()).text())
    known.set(url, body)
    await route.fulfill({ contentType: 'text/css', body })
  })
}
