// pure · what one running provider holds: its settings, its record, its keys, its counts
import type { Course, Courses } from './courses.ts'
import { type Fate, type Fault, type Faults, noFaults } from './faults.ts'
import type { Keys } from './keys.ts'
import type { Quota } from './quota.ts'
import type { Allowance } from './rate.ts'
import type { RecordFile } from './record.ts'

export interface ProviderOptions {
  /** 0, the default: any free one. */
  readonly port?: number
  /** Append-only JSON lines; a provider started on an earlier record knows its keys. */
  readonly recordFile: string
  /** The one key that is let in; without it any. */
  readonly apiKey?: string
  /** Without it there is no limit. */
  readonly ratePerSecond?: number
  /** Between taking a request and accepting it. */
  readonly latencyMs?: number
  readonly faults?: Faults
  /** What becomes of mail that was accepted; without them it is delivered. */
  readonly courses?: Courses
  readonly keyTtlHours?: number
  /** Emails in a day and in a month of UTC; without them no limit. */
  readonly dailyQuota?: number
  readonly monthlyQuota?: number
  /** From which mail may be sent; without them from any. */
  readonly verifiedDomains?: readonly string[]
  /** To which none may be: Resend's are example.com, test.com and their like. None by default, for made-up people live there. */
  readonly blockedDomains?: readonly string[]
  /** Of a request's body, 40 MiB by default; a longer one is refused with 413. */
  readonly mostBodyBytes?: number
  /** Records html and text in full, not by hash only. */
  readonly keepContent?: boolean
}

export interface ProviderState {
  readonly options: ProviderOptions
  readonly record: RecordFile
  readonly keys: Keys
  readonly allowance: ((at: number) => Allowance) | null
  readonly stats: ProviderStats
  readonly quota: Quota
  /** Milliseconds since 1970 by the provider's own clock: keys, quotas and times in the record. */
  readonly now: () => number
  /** How far that clock runs before everyone else's. */
  aheadMs: number
  nextFate: () => Fate
  /** Of a mail to this recipient: once one has bounced or complained, the next to the same address is suppressed. */
  courseOf: (recipient: string) => Course
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
