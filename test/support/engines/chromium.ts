// adapter · Chromium through Playwright
import { launchBrowser } from '../browser.ts'
import type { Engine, EngineKind } from './engine.ts'

export const chromium: EngineKind = { name: 'Chromium', missing: null, open }

async function open(): Promise<Engine> {
  const browser = await launchBrowser()
  const context = await browser.newContext({ bypassCSP: true })
  // Timeouts are set by the test alone.
  context.setDefaultTimeout(0)
  const page = await context.newPage()
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
