// adapter · DNS and links as seen from a worker: names over HTTPS (RFC 8484, as JSON), links by fetch, which sees the public net only
import * as z from 'zod'
import type { DnsAnswer, Outside, UrlCheck } from '../deps.ts'

const answered = z.object({
  Status: z.number(),
  Answer: z.array(z.object({ type: z.number(), data: z.string() })).default([]),
})
const numbers = { MX: 15, TXT: 16 } as const
const noSuchName = 3

/** node:dns of a worker asks the same place, and keeps from its caller whether a name or only its record is missing. */
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

/** Strings in quotes, one after the other, are one text. */
const textOf = (data: string): string =>
  data.startsWith('"')
    ? Array.from(data.matchAll(/"((?:[^"\\]|\\.)*)"/g), ([, part = '']) => part.replace(/\\(.)/g, '$1')).join(
        '',
      )
    : data
