// adapter · a local mail provider for one test, and requests to it
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { type Provider, type ProviderOptions, startProvider } from '../../src/dev/provider/server.ts'

const folders: string[] = []
const running: Provider[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((provider) => provider.close()))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

export function newRecord(): string {
  const folder = mkdtempSync(join(tmpdir(), 'provider-'))
  folders.push(folder)
  return join(folder, 'record.jsonl')
}

export async function startTestProvider(options: Partial<ProviderOptions> = {}): Promise<Provider> {
  const provider = await startProvider({ recordFile: newRecord(), ...options })
  running.push(provider)
  return provider
}

export const mailTo = (to: string, more: object = {}) => ({
  from: 'Liść <news@brand.example>',
  to: [to],
  subject: 'Hello',
  html: '<p>Hello</p>',
  text: 'Hello',
  headers: { 'List-Unsubscribe': '<https://brand.example/u/1>' },
  tags: [{ name: 'batch', value: '7-1' }],
  ...more,
})

export const people = (count: number) =>
  Array.from({ length: count }, (_, n) => mailTo(`person${n}@inbox.example`))

interface Post {
  readonly path?: string
  readonly key?: string
  readonly headers?: Record<string, string>
}

/** Posts and returns the raw response. */
export async function postRaw(
  { url }: { url: string },
  body: unknown,
  { path = '/emails/batch', key, headers }: Post = {},
) {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: {
      authorization: 'Bearer re_test',
      ...(key !== undefined && { 'idempotency-key': key }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

export async function post(provider: { url: string }, body: unknown, how: Post = {}) {
  const { text, ...answer } = await postRaw(provider, body, how)
  return { ...answer, body: JSON.parse(text) }
}

export const permissive = { 'x-batch-validation': 'permissive' }
export const recipients = (provider: Provider) => provider.accepted().flatMap(({ to }) => to)
