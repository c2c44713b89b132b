// adapter · an installed Firefox, through WebDriver BiDi. W3C WebDriver BiDi
// Nine commands of the protocol are needed: fewer lines than a library's set-up, and Playwright needs a Firefox of its own build.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { asJson, type Engine, type EngineKind, firstOf, startProgram } from './engine.ts'

const program = firstOf(['/usr/bin/firefox-esr', '/usr/bin/firefox'])

export const firefox: EngineKind = {
  name: 'Firefox',
  missing: program === undefined ? 'Firefox is not installed (Debian: firefox-esr)' : null,
  open,
}

/** No network access: requests beyond this machine go to a proxy that does not exist. */
const settings = {
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 9,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 9,
  'datareporting.policy.dataSubmissionEnabled': false,
  'browser.aboutwelcome.enabled': false,
  'app.update.disabledForTesting': true,
}

async function open(): Promise<Engine> {
  const profile = await mkdtemp(join(tmpdir(), 'assent-firefox-'))
  const lines = Object.entries(settings).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  )
  await writeFile(join(profile, 'user.js'), lines.join('\n'))
  const browser = startProgram(
    program ?? 'firefox',
    ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port=0'],
    { HOME: profile },
  )
  const at = await browser.waitForOutput(/WebDriver BiDi listening on (ws:\S+)/)
  const { call, hangUp } = await connect(`${at}/session`)
  await call('session.new', { capabilities: {} })
  const tree = z.object({ contexts: z.tuple([z.object({ context: z.string() })]) })
  const {
    contexts: [{ context }],
  } = tree.parse(await call('browsingContext.getTree', { maxDepth: 0 }))
  return {
    goto: async (url) => {
      await call('browsingContext.navigate', { context, url, wait: 'complete' })
    },
    evaluate: async (expression) => {
      const answer = await call('script.evaluate', {
        expression: asJson(expression),
        target: { context },
        awaitPromise: true,
      })
      return JSON.parse(evaluated.parse(answer).result.value)
    },
    click: async (x, y) => {
      await call('input.performActions', { context, actions: [pressAt(x, y)] })
    },
    resize: async (width, height) => {
      await call('browsingContext.setViewport', { context, viewport: { width, height } })
    },
    setCookie: async (url, { name, value }) => {
      const { hostname: domain, pathname: path } = new URL(url)
      await call('storage.setCookie', { cookie: { name, value: { type: 'string', value }, domain, path } })
    },
    screenshot: async () => {
      const taken = await call('browsingContext.captureScreenshot', { context })
      return Buffer.from(z.object({ data: z.string() }).parse(taken).data, 'base64')
    },
    close: async () => {
      hangUp()
      await browser.end()
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}

const evaluated = z.object({ type: z.literal('success'), result: z.object({ value: z.string() }) })

/** A pointer action as in W3C WebDriver, "Actions"; both protocols share the shape. */
export const pressAt = (x: number, y: number) => ({
  type: 'pointer',
  id: 'mouse',
  parameters: { pointerType: 'mouse' },
  actions: [
    { type: 'pointerMove', x: Math.round(x), y: Math.round(y), duration: 0 },
    { type: 'pointerDown', button: 0 },
    { type: 'pointerUp', button: 0 },
  ],
})

const message = z.object({
  id: z.number().nullish(),
  type: z.string(),
  result: z.unknown(),
  message: z.string().optional(),
})

/** Sends commands over one socket and matches replies by id. */
async function connect(url: string): Promise<{
  call(method: string, params: object): Promise<unknown>
  hangUp(): void
}> {
  const socket = new WebSocket(url)
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true })
    socket.addEventListener('error', () => reject(new Error(`nobody answers at ${url}`)), { once: true })
  })
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>()
  socket.addEventListener('message', ({ data }) => {
    const { id, type, result, message: words } = message.parse(JSON.parse(String(data)))
    const asked = waiting.get(id ?? 0)
    waiting.delete(id ?? 0)
    if (type === 'error') asked?.reject(new Error(`Firefox: ${words ?? 'an error without words'}`))
    else asked?.resolve(result)
  })
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('Firefox hung up'))
  })
  let last = 0
  return {
    call: (method, params) =>
      new Promise((resolve, reject) => {
        last += 1
        waiting.set(last, { resolve, reject })
        socket.send(JSON.stringify({ id: last, method, params }))
      }),
    hangUp: () => socket.close(),
  }
}
