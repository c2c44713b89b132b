// pure · the account's rate limit: requests per window of one second

export interface Allowance {
  readonly allowed: boolean
  readonly headers: Readonly<Record<string, string>>
}

const windowMs = 1000

/**
 * A fixed window, opened by the first request after the last one closed. Refused requests are not counted. Headers by the sixth
 * draft of RateLimit headers, as Resend sends them (`20;w=1`).
 * @see https://resend.com/docs/api-reference/rate-limit
 */
export function rateLimit(perSecond: number): (at: number) => Allowance {
  let openedAt = Number.NEGATIVE_INFINITY
  let used = 0
  return (at) => {
    if (at - openedAt >= windowMs) {
      openedAt = at
      used = 0
    }
    const allowed = used < perSecond
    if (allowed) used += 1
    // Rounded first: the difference of fractional clock readings may slightly exceed the window.
    const resetSeconds = String(Math.max(1, Math.ceil(Math.round(openedAt + windowMs - at) / 1000)))
    const headers = {
      'ratelimit-limit': String(perSecond),
      'ratelimit-policy': `${perSecond};w=1`,
      'ratelimit-remaining': String(perSecond - used),
      'ratelimit-reset': resetSeconds,
    }
    return { allowed, headers: allowed ? headers : { ...headers, 'retry-after': resetSeconds } }
  }
}
