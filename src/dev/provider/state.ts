// adapter · state of a running provider: options, record, keys, counts
import type { Course, Courses } from './courses.ts'
import { type Fate, type Fault, type Faults, noFaults } from './faults.ts'
import type { Keys } from './keys.ts'
import type { Over } from './over.ts'
import type { Quota } from './quota.ts'
import type { Allowance } from './rate.ts'
import type { RecordFile } from './record.ts'
import type { WebhookOptions } from './webhook-options.ts'
import { noWebhookStats, type WebhookStats, type Webhooks } from './webhooks.ts'

export interface ProviderOptions {
  /** 0, the default: any free port. */
  readonly port?: number | undefined
  /** JSON lines; a provider started on an earlier record restores its keys. */
  readonly recordFile: string
  /** If absent, any key is accepted. */
  readonly apiKey?: string | undefined
  /** If absent, no limit. */
  readonly ratePerSecond?: number | undefined
  /** Delay before acceptance. */
  readonly latencyMs?: number | undefined
  readonly faults?: Faults | undefined
  /** If absent, all mails are delivered. */
  readonly courses?: Courses | undefined
  /** If absent, no webhooks. Messages that an earlier run did not finish are posted again. */
  readonly webhooks?: WebhookOptions | undefined
  readonly keyTtlHours?: number | undefined
  /** By UTC; if absent, no limit. */
  readonly dailyQuota?: number | undefined
  readonly monthlyQuota?: number | undefined
  /** Domains allowed in `from`; if absent, any. */
  readonly verifiedDomains?: readonly string[] | undefined
  /** Refused in `to`; Resend's are example.com, test.com and the like. None by default, since test addresses use these. */
  readonly blockedDomains?: readonly string[] | undefined
  /** 40 MiB by default; a longer body gets 413. */
  readonly mostBodyBytes?: number | undefined
  /** Records html and text, not only a hash. */
  readonly keepContent?: boolean | undefined
}

export interface ProviderState {
  readonly options: ProviderOptions
  readonly record: RecordFile
  readonly over: Over
  readonly keys: Keys
  readonly allowance: ((at: number) => Allowance) | null
  readonly stats: ProviderStats
  readonly quota: Quota
  /** Milliseconds since 1970, by the provider's clock. */
  readonly now: () => number
  /** How far the provider's clock is ahead of real time. */
  aheadMs: number
  nextFate: () => Fate
  courseFor: (recipient: string) => Course
  /** After a hard bounce or a complaint, later mails to the address are suppressed. */
  readonly courseOf: (recipient: string) => Course
  webhooks: Webhooks | null
}

export interface ProviderStats {
  /** POST requests for mail, whatever their outcome. */
  requests: number
  firstRequestAt: string | null
  lastRequestAt: string | null
  /** In the record, including earlier runs; `batches` are the requests. */
  accepted: number
  batches: number
  /** Answered again from their key, even if a fault took that answer too. */
  replayed: number
  conflicts: number
  underWay: number
  /** By the rate limit, not by a fault. */
  rateLimited: number
  /** By a quota, not by a fault. */
  overQuota: number
  /** Whole requests, because of their content. */
  refused: number
  /** Single mails refused in permissive batches. */
  rejected: number
  readonly webhooks: WebhookStats
  readonly faults: Record<Fault | 'rejectOne', number>
}

export const noStats = (): ProviderStats => ({
  requests: 0,
  firstRequestAt: null,
  lastRequestAt: null,
  accepted: 0,
  batches: 0,
  replayed: 0,
  conflicts: 0,
  underWay: 0,
  rateLimited: 0,
  overQuota: 0,
  refused: 0,
  rejected: 0,
  webhooks: noWebhookStats(),
  faults: noFaults(),
})

export function countBatch(stats: ProviderStats, mails: number): void {
  stats.accepted += mails
  if (mails > 0) stats.batches += 1
}

export function countRequest(stats: ProviderStats): void {
  stats.requests += 1
  stats.lastRequestAt = new Date().toISOString()
  stats.firstRequestAt ??= stats.lastRequestAt
}
