// adapter · daily and monthly quota of an account, by UTC
import { type Refusal, refusals } from './answers.ts'

export interface Quota {
  /** Counts against both quotas, or counts nothing and returns the exceeded one. */
  use(emails: number, at: number): Refusal | null
  /** For recorded mails, beyond any limit too. */
  count(emails: number, at: number): void
  headers(at: number): Readonly<Record<string, string>>
}

/** Every recipient in To, Cc or Bcc counts as one email. */
export const emailsIn = (
  mails: readonly {
    readonly to: readonly string[]
    readonly cc?: readonly string[] | undefined
    readonly bcc?: readonly string[] | undefined
  }[],
): number => mails.reduce((sum, { to, cc = [], bcc = [] }) => sum + to.length + cc.length + bcc.length, 0)

/**
 * Null: no limit. Both restart at midnight UTC, not after 24 hours. Headers report usage, not what is left; the daily header is
 * only for accounts with a daily quota.
 * @see https://resend.com/docs/api-reference/rate-limit
 * @see https://resend.com/docs/knowledge-base/account-quotas-and-limits
 */
export function quotaOf(daily: number | null, monthly: number | null): Quota {
  const day = windowOf('YYYY-MM-DD'.length)
  const month = windowOf('YYYY-MM'.length)
  const count = (emails: number, at: number): void => {
    day.add(emails, at)
    month.add(emails, at)
  }
  return {
    count,
    use(emails, at) {
      if (daily !== null && day.used(at) + emails > daily) return refusals.dailyQuota
      if (monthly !== null && month.used(at) + emails > monthly) return refusals.monthlyQuota
      count(emails, at)
      return null
    },
    headers: (at) => ({
      ...(daily !== null && { 'x-resend-daily-quota': String(day.used(at)) }),
      'x-resend-monthly-quota': String(month.used(at)),
    }),
  }
}

/** A period is a prefix of the ISO date. */
function windowOf(characters: number) {
  let current = ''
  let sum = 0
  const used = (at: number): number => {
    const name = new Date(at).toISOString().slice(0, characters)
    if (name !== current) sum = 0
    current = name
    return sum
  }
  return {
    used,
    add(emails: number, at: number) {
      sum = used(at) + emails
    },
  }
}
