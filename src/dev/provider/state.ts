// adapter · what one running provider holds: its settings, its record, its keys, its counts
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
  /** 0, the default: any free one. */
  readonly port?: number | undefined
  /** Append-only JSON lines; a provider started on an earlier record knows its keys. */
  readonly recordFile: string
  /** The one key that is let in; without it any. */
  readonly apiKey?: string | undefined
  /** Without it there is no limit. */
  readonly ratePerSecond?: number | undefined
  /** Between taking a request and accepting it. */
  readonly latencyMs?: number | undefined
  readonly faults?: Faults | undefined
  /** What becomes of mail that was accepted; without them it is delivered. */
  readonly courses?: Courses | undefined
  /** Who is told; without them nobody. What an earlier run did not get told, this one tells. */
  readonly webhooks?: WebhookOptions | undefined
  readonly keyTtlHours?: number | undefined
  /** Emails in a day and in a month of UTC; without them no limit. */
  readonly dailyQuota?: number | undefined
  readonly monthlyQuota?: number | undefined
  /** From which mail may be sent; without them from any. */
  readonly verifiedDomains?: readonly string[] | undefined
  /** To which none may be: Resend's are example.com, test.com and their like. None by default, for made-up people live there. */
  readonly blockedDomains?: readonly string[] | undefined
  /** Of a request's body, 40 MiB by default; a longer one is refused with 413. */
  readonly mostBodyBytes?: number | undefined
  /** Records html and text in full, not by hash only. */
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
  /** Milliseconds since 1970 by the provider's own clock: keys, quotas and times in the record. */
  readonly now: () => number
  /** How far that clock runs before everyone else's. */
  aheadMs: number
  nextFate: () => Fate
  courseFor: (recipient: string) => Course
  /** Of a mail to this recipient: once one has bounced or complained, the next to the same address is suppressed. */
  readonly courseOf: (recipient: string) => Course
  webhooks: Webhooks | null
}

export interface ProviderStats {
  /** Posts of mail, whatever came of them. */
  requests: number
  firstRequestAt: string | null
  lastRequestAt: string | null
  /** Mails in the record, those of earlier runs included; likewise the requests that brought them. */
  accepted: number
  batches: number
  /** Found under their key: answered again, unless a fault took that answer too. */
  replayed: number
  conflicts: number
  underWay: number
  /** By the limit, not by a fault. */
  rateLimited: number
  /** By a quota, not by a fault. */
  overQuota: number
  /** Whole requests refused for what they were. */
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
