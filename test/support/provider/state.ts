// pure · what one running provider holds: its settings, its record, its keys, its counts
import type { Fate, Fault, Faults } from './faults.ts'
import type { Keys } from './keys.ts'
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
  readonly keyTtlHours?: number
  /** Records html and text in full, not by hash only. */
  readonly keepContent?: boolean
}

export interface ProviderState {
  readonly options: ProviderOptions
  readonly record: RecordFile
  readonly keys: Keys
  readonly allowance: ((at: number) => Allowance) | null
  readonly stats: ProviderStats
  nextFate: () => Fate
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
  refused: 0,
  rejected: 0,
  faults: { busy429: 0, error500: 0, resetBefore: 0, resetAfter: 0, timeoutAfter: 0, rejectOne: 0 },
})

export function countBatch(stats: ProviderStats, mails: number): void {
  stats.accepted += mails
  if (mails > 0) stats.batches += 1
}
