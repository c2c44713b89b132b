// adapter · the console over HTTP in the test's own process, and in a real browser
import { serve } from '@hono/node-server'
import type { Browser, BrowserContext } from 'playwright-core'
import { app } from '../../src/app.ts'
import { findOperatorByAddress } from '../../src/auth/operators/find-operators.ts'
import { inviteOperator } from '../../src/auth/operators/operators.ts'
import type { Role } from '../../src/auth/roles.ts'
import { freePort } from './running.ts'
import { openTestApp, type TestApp } from './test-app.ts'

/** A signed-in operator, with requests as their browser would send them. */
export interface ConsoleClient {
  readonly operator: string
  readonly cookie: string
  get(path: string): Promise<Response>
  /** Posts a console form without following redirects. */
  post(path: string, fields?: readonly (readonly [string, string])[]): Promise<Response>
  postJson(path: string, body: unknown): Promise<Response>
}

/** Invites an operator and follows the invitation. `lists`: numbers of the lists they see; all lists by default. */
export async function signIn(
  house: TestApp,
  who: { role: Role; email?: string; lists?: readonly number[]; name?: string },
): Promise<ConsoleClient> {
  const email = who.email ?? `${who.role}@brand.example`
  await inviteOperator(
    house.deps,
    { kind: 'system' },
    {
      name: who.name ?? `Eva the ${who.role}`,
      address: { sendTo: email, canonical: email },
      role: who.role,
      lists: who.lists ?? null,
      locale: 'en',
    },
  )
  await house.rest()
  const [mail] = await house.mailsTo(email)
  const entered = await house.request(new URL(signInLinkIn(mail?.text ?? '')).pathname, {
    method: 'POST',
    headers: fromConsole(house),
  })
  const cookie = /(?:__Secure-)?assent_session=[^;]+/.exec(entered.headers.get('set-cookie') ?? '')?.[0]
  if (cookie === undefined) throw new Error(`not signed in: ${entered.status}`)
  const operator = await findOperatorByAddress(house.deps, email)
  return consoleClientOf(house, { cookie, operator: operator?.id ?? '' })
}

/** The cookie that binds a link to the browser that asked for it; empty where the answer sets none. */
export const browserCookieIn = (answer: Response): string =>
  /(?:__Secure-)?assent_browser=[^;]+/.exec(answer.headers.getSetCookie().join('\n'))?.[0] ?? ''

/** Asks for a link in a browser with these cookies; returns the link's path, and the cookie of the browser it opens in. */
export async function askForLink(
  house: TestApp,
  email: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ path: string; cookie: string }> {
  const asked = await house.request('/console/sign-in', {
    method: 'POST',
    headers: { ...fromConsole(house), ...headers },
    body: new URLSearchParams({ email }),
  })
  await house.rest()
  const [mail] = await house.mailsTo(email)
  return {
    path: new URL(signInLinkIn(mail?.text ?? '')).pathname,
    cookie: browserCookieIn(asked) || (headers['cookie'] ?? ''),
  }
}

export const signInLinkIn = (text: string): string =>
  /https?:\/\/\S+\/console\/sign-in\/[\w-]{44}/.exec(text)?.[0] ?? 'http://no.link'

/** The headers a browser sends with a post from the console's own pages. */
export const fromConsole = (house: TestApp): Record<string, string> => ({ origin: house.url })

/** `cookie` empty: the operator's session is over. */
export function consoleClientOf(
  house: TestApp,
  { cookie, operator }: { cookie: string; operator: string },
): ConsoleClient {
  const headers = { ...fromConsole(house), cookie }
  return {
    cookie,
    operator,
    get: (path) => house.request(path, { headers: { cookie }, redirect: 'manual' }),
    post: (path, fields = []) =>
      house.request(path, {
        method: 'POST',
        headers,
        redirect: 'manual',
        body: new URLSearchParams(fields.map(([name, value]) => [name, value])),
      }),
    postJson: (path, body) =>
      house.request(path, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  }
}

export interface OpenConsole {
  readonly house: TestApp
  /** Opens a browser window signed in as this operator; as a stranger where `desk` is null. */
  open(browser: Browser, desk: ConsoleClient | null, look?: Look): Promise<BrowserContext>
  close(): Promise<void>
}

export interface Look {
  readonly width?: number
  readonly colorScheme?: 'light' | 'dark'
  readonly scripts?: boolean
}

/** A test app that a browser can reach; the heartbeat runs only on `house.rest()`. */
export async function openConsole(
  options: {
    env?: Readonly<Record<string, string>>
    host?: string
    /** Rewrites each style sheet before it is served. */
    styled?: ((css: string) => string) | undefined
  } = {},
): Promise<OpenConsole> {
  const { styled } = options
  const port = await freePort()
  const publicUrl = `http://${options.host ?? '127.0.0.1'}:${port}`
  const house = await openTestApp({ env: { PORT: String(port), PUBLIC_URL: publicUrl, ...options.env } })
  const server = serve({
    fetch: async (request) => {
      const answer = await app.fetch(request, { ...house.deps, remoteAddress: '127.0.0.1' })
      const isStyle = answer.headers.get('content-type')?.startsWith('text/css') === true
      return styled === undefined || !isStyle
        ? answer
        : new Response(styled(await answer.text()), { headers: answer.headers })
    },
    port,
    hostname: '127.0.0.1',
  })
  return {
    house,
    open: async (browser, desk, look = {}) => {
      const context = await browser.newContext({
        baseURL: house.url,
        viewport: { width: look.width ?? 1280, height: 900 },
        colorScheme: look.colorScheme ?? 'light',
        javaScriptEnabled: look.scripts ?? true,
      })
      const [name = '', value = ''] = (desk?.cookie ?? '').split('=')
      if (desk !== null) await context.addCookies([{ name, value, url: `${house.url}/console` }])
      return context
    },
    close: async () => {
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
      await house.close()
    },
  }
}
