// adapter · a real browser: the machine's Chromium where there is one, else the one that comes by npm with its libraries
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Without a network of its own: it is to load what we serve and nothing else. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function openBrowser(): Promise<Browser> {
  const found = process.env['ASSENT_TEST_PACKAGED_BROWSER'] === '1' ? undefined : installed.find(existsSync)
  if (found !== undefined) return chromium.launch({ executablePath: found, args, timeout: startMilliseconds })
  // The package brings its libraries out only where it believes to be in a Lambda.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs22.x'
  const { default: packaged } = await import('@sparticuz/chromium')
  return chromium.launch({
    executablePath: await packaged.executablePath(),
    args: [...args, '--headless=shell', '--no-zygote'],
    timeout: startMilliseconds,
  })
}

/** Longer than the busiest machine takes. */
const startMilliseconds = 120_000
