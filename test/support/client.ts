// client · the product from outside: API calls, form posts as browsers send them, the mailbox as its owner reads it
import * as z from 'zod'

export { linkIn, nonceIn } from '../../src/dev/demo/links.ts'

export interface Mail {
  readonly id: string
  readonly to: string
  readonly from: string
  readonly subject: string
  readonly headers: Readonly<Record<string, string>>
  readonly html: string
  readonly text: string
  readonly at: string
}

const mails = z.array(
  z.object({
    id: z.string(),
    to: z.string(),
    from: z.string(),
    subject: z.string(),
    headers: z.record(z.string(), z.string()),
    html: z.string(),
    text: z.string(),
    at: z.string(),
  }),
)

/** Reads any JSON value by path: `at(answer, 'data', 0, 'id')`. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? Reflect.get(inner, key)
        : undefined,
    value,
  )
}

export const text = (value: unknown, ...path: readonly (string | number)[]): string =>
  z.string().parse(at(value, ...path))

export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers: Headers
}

export interface Client {
  readonly url: string
  api(method: string, path: string, body?: unknown): Promise<Answer>
  /** Posts a form without following redirects. */
  post(path: string, fields: readonly (readonly [string, string])[]): Promise<Response>
  get(path: string, headers?: Record<string, string>): Promise<Response>
  mails(): Promise<readonly Mail[]>
}

/** `send` replaces the network, for tests that run the product in their own process. */
export function clientOf(
  url: string,
  key: string,
  send: (url: string, init?: RequestInit) => Promise<Response> = fetch,
): Client {
  return {
    url,
    api: async (method, path, body) => {
      const response = await send(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const answer = await response.text()
      return {
        status: response.status,
        body: answer === '' ? null : JSON.parse(answer),
        headers: response.headers,
      }
    },
    post: (path, fields) =>
      send(absolute(url, path), {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams(fields.map(([name, value]) => [name, value])),
      }),
    get: (path, headers = {}) => send(absolute(url, path), { redirect: 'manual', headers }),
    mails: async () => mails.parse(await (await send(`${url}/dev/mailbox.json`)).json()),
  }
}

const absolute = (url: string, path: string): string => (path.startsWith('http') ? path : `${url}${path}`)

/** Polls until there is an answer, for at most `seconds`, so that no test waits for ever. */
export async function eventually<T>(ask: () => Promise<T | null>, seconds = 120): Promise<T> {
  const until = performance.now() + seconds * 1000
  for (let restMs = 10; ; restMs = Math.min(2 * restMs, 100)) {
    const answer = await ask()
    if (answer !== null) return answer
    if (performance.now() > until) throw new Error(`nothing came of it in ${seconds} s`)
    await new Promise((resolve) => setTimeout(resolve, restMs))
  }
}
