// sql · feedback counts per campaign, cached briefly
import type { Totals } from '../campaigns/campaign.ts'
import { cacheCounts } from '../platform/memory/cached-counts.ts'

export type FeedbackCounts = Pick<
  Totals,
  'delivered' | 'delayed' | 'bounced' | 'complained' | 'failed' | 'suppressed'
>

/** Counts are cached from this many delivered mails on. */
const largeCount = 50_000

/** By the campaign's number. */
export const feedbackCounts = cacheCounts<number, FeedbackCounts>(({ delivered }) => delivered > largeCount)
