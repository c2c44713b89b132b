// adapter · WebKit through its driver: WebKitGTK's MiniBrowser on a virtual screen. W3C WebDriver
// Nine commands of the protocol are needed, one request each. WebKitGTK is the closest engine to Safari that runs where tests do.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { eventually } from '../client.ts'
import { freePort } from '../running.ts'
import { asJson, type Engine, type EngineKind, EngineLost, firstOf, startProgram } from './engine.ts'
import { pressAt } from './firefox.ts'

const libraries = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/libexec']
const driver = firstOf(['/usr/bin/WebKitWebDriver'])
const screen = firstOf(['/usr/bin/Xvfb'])
const browser = firstOf(
  libraries.flatMap((folder) =>
    ['webkit2gtk-4.1', 'webkit2gtk-4.0', 'webkitgtk-6.0'].map((version) =>
      join(folder, version, 'MiniBrowser'),
    ),
  ),
)

export const webkit: EngineKind = { name: 'WebKit', missing: missing(), open }

function missing(): string | null {
  if (driver === undefined || browser === undefined)
    return 'WebKit is not installed (Debian: webkit2gtk-driver)'
  return screen === undefined ? 'WebKit has no screen to draw on (Debian: xvfb)' : null
}

/** Hides the window's bars and buttons, which would keep it at least 447 pixels wide: wider than a phone. */
const chromeless =
  '* { min-width: 0; min-height: 0; padding: 0; margin: 0; border-width: 0; font-size: 1px; }'

async function open(): Promise<Engine> {
  const home = await mkdtemp(join(tmpdir(), 'assent-webkit-'))
  const style = join(home, 'gtk-3.0', 'gtk.css')
  await mkdir(dirname(style))
  await writeFile(style, chromeless)
  const display = startProgram(screen ?? 'Xvfb', [
    ...['-displayfd', '3', '-nolisten', 'tcp'],
    ...['-screen', '0', '1400x6000x24'],
  ])
  const number = await display.waitForOutput(/^(\d+)\n/)
  const port = await freePort()
  const server = startProgram(driver ?? 'WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], {
    DISPLAY: `:${number}`,
    XDG_CONFIG_HOME: home,
    HOME: home,
  })
  // The driver prints nothing when it is ready, but answers.
  await eventually(() => fetch(`http://127.0.0.1:${port}/status`).catch(() => null))
  const base = `http://127.0.0.1:${port}/session`
  const made = await send('POST', base, {
    capabilities: {
      alwaysMatch: {
        timeouts: { script: timeoutMilliseconds, pageLoad: timeoutMilliseconds },
        'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] },
      },
    },
  })
  const session = `${base}/${z.object({ sessionId: z.string() }).parse(made).sessionId}`
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    try {
      return await send(method, `${session}/${path}`, body)
    } catch (error) {
      if (await isLost(session)) throw new EngineLost('WebKit ended', { cause: error })
      throw error
    }
  }
  const command = (path: string, body: object): Promise<unknown> => ask('POST', path, body)
  const goto = async (url: string): Promise<void> => void (await command('url', { url }))
  const evaluate = async (expression: string): Promise<unknown> =>
    JSON.parse(z.string().parse(await command('execute/sync', scriptOf(expression))))
  const bar = z.number().parse(await evaluate('outerHeight - innerHeight'))
  return {
    goto,
    evaluate,
    click: async (x, y) => void (await command('actions', { actions: [pressAt(x, y)] })),
    resize: async (width, height) => {
      await command('window/rect', { x: 0, y: 0, width, height: height + bar })
      // The window resizes at once, the page a little later.
      await evaluate(`new Promise((resolve) => {
        const look = () => innerWidth === ${width} && innerHeight === ${height} ? resolve() : setTimeout(look, 5)
        look()
      })`)
    },
    setCookie: async (url, { name, value }) => {
      // WebDriver sets cookies only on an open page, so any page of that host is opened first.
      const { hostname: domain, pathname: path } = new URL(url)
      await goto(new URL('/healthz', url).href)
      await command('cookie', { cookie: { name, value, domain, path } })
    },
    screenshot: async () => Buffer.from(z.string().parse(await ask('GET', 'screenshot')), 'base64'),
    close: async () => {
      // After a crash there is no session left to end, and the driver itself may crash on ending any (2.50: a double free).
      await send('DELETE', session).catch(() => {})
      await server.end()
      await display.end()
      await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}

/** Timeouts are set by the test alone. */
const timeoutMilliseconds = 600_000

const scriptOf = (expression: string) => ({ script: `return ${asJson(expression)}`, args: [] })

/**
 * Returns whether the session is gone. The command cut short by a crash fails as "unknown error" like any other; the next command
 * may too; later commands report an invalid session.
 */
const isLost = (session: string): Promise<boolean> =>
  eventually(async () => {
    try {
      await send('POST', `${session}/execute/sync`, scriptOf('true'))
      return false
    } catch (error) {
      return error instanceof Refused && error.code !== 'invalid session id' ? null : true
    }
  })

/** An error reported by the driver. W3C WebDriver, "Handling errors" */
class Refused extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(`WebKit: ${code}: ${message}`)
    this.code = code
  }
}

const answer = z.object({ value: z.unknown() })
const problem = z.object({ error: z.string(), message: z.string() })

async function send(method: string, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const { value } = answer.parse(await response.json())
  if (response.ok) return value
  const { error, message } = problem.parse(value)
  throw new Refused(error, message)
}
