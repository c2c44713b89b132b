// adapter · DNS and links from a worker: DNS over HTTPS (RFC 8484, as JSON), links by fetch, which reaches the public net only
import * as z from 'zod'
import type { DnsAnswer, Outside, UrlCheck } from '../deps.ts'

const answered = z.object({
  Status: z.number(),
  Answer: z.array(z.object({ type: z.number(), data: z.string() })).default([]),
})
const numbers = { MX: 15, TXT: 16 } as const
const noSuchName = 3

/** A worker's node:dns asks the same resolver, but hides whether the name or only the record is missing. */
export const workerOutside: Outside = {
  lookUp: (name, type) =>
    fetch(`https://cloudflare-dns.com/dns-query?type=${type}&name=${encodeURIComponent(name)}`, {
      headers: { accept: 'application/dns-json' },
      signal: AbortSignal.timeout(2500),
    }).then(
      async (response): Promise<DnsAnswer> => {
        const { data } = answered.safeParse(await response.json().catch(() => null))
        if (data?.Status === noSuchName) return 'no_such_name'
        if (data?.Status !== 0) return 'unknown'
        return data.Answer.filter((one) => one.type === numbers[type]).map(({ data: text }) =>
          type === 'MX' ? text.replace(/^\d+ |\.$/g, '') : textOf(text),
        )
      },
      () => 'unknown',
    ),
  checkUrl: (url, method) =>
    fetch(url, {
      method,
      redirect: 'manual',
      headers: { 'user-agent': 'Assent (looks whether links answer)' },
      signal: AbortSignal.timeout(5000),
    }).then(
      async (response): Promise<UrlCheck> => {
        await response.body?.cancel()
        return { status: response.status, location: response.headers.get('location') }
      },
      (error: unknown): UrlCheck => ({
        failure: error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'network',
      }),
    ),
}

/** Adjacent quoted strings form one text. */
const textOf = (data: string): string =>
  data.startsWith('"')
    ? Array.from(data.matchAll(/"((?:[^"\\]|\\.)*)"/g), ([, part = '']) => part.replace(/\\(.)/g, '$1')).join(
        '',
      )
    : data
