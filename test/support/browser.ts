// adapter · a real browser: the machine's Chromium, else the npm package with its own libraries
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** No network access: only our own server is to be loaded. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const shared: { browser: Promise<Browser> | null } = { browser: null }

/** The browser of this process, for one test file after another; ends with the process. */
export async function openBrowser(): Promise<Browser> {
  shared.browser ??= launchBrowser()
  const browser = await shared.browser
  if (browser.isConnected()) return browser
  shared.browser = null
  return openBrowser()
}

/** What a test file opened in it. */
export const closePages = async (browser: Browser): Promise<void> => {
  await Promise.all(browser.contexts().map((context) => context.close()))
}

export async function launchBrowser(): Promise<Browser> {
  const found = process.env['ASSENT_TEST_PACKAGED_BROWSER'] === '1' ? undefined : installed.find(existsSync)
  if (found !== undefined) return chromium.launch({ executablePath: found, args, timeout: startMilliseconds })
  // The package unpacks its libraries only inside a Lambda environment.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs22.x'
  const { default: packaged } = await import('@sparticuz/chromium')
  return chromium.launch({
    executablePath: await packaged.executablePath(),
    args: [...args, '--headless=shell', '--no-zygote'],
    timeout: startMilliseconds,
  })
}

/** Longer than the slowest start on a loaded machine. */
const startMilliseconds = 120_000
