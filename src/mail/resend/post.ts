// adapter · one POST of JSON to a provider by fetch, which every runtime has
import type { Bytes } from '../../platform/encoding/bytes.ts'

export interface Posting {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Bytes
  /** From the DNS lookup to the last octet of the answer. */
  readonly timeoutMs: number
}

export interface Posted {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/**
 * Follows no redirect: a 301 or 302 would be followed as a GET. Rejects with an error named `TimeoutError`, or with one that
 * carries the network's `code`, itself or in its cause.
 */
export type Post = (posting: Posting) => Promise<Posted>

export const postByFetch: Post = async ({ url, headers, body, timeoutMs }) => {
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
