// adapter · Chromium, by Playwright
import { openBrowser } from '../browser.ts'
import type { Engine, EngineKind } from './engine.ts'

export const chromium: EngineKind = { name: 'Chromium', missing: null, open: () => open((css) => css) }

/** Chromium that is given other style sheets than the server's: those which an older browser would make of them. */
export const chromiumReading = (name: string, read: (css: string) => string): EngineKind => ({
  name,
  missing: null,
  open: () => open(read),
})

async function open(read: (css: string) => string): Promise<Engine> {
  const browser = await openBrowser()
  const context = await browser.newContext({ bypassCSP: true })
  const page = await context.newPage()
  await page.route(/\.css(\?|$)/, async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, body: read(await answer.text()) })
  })
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
