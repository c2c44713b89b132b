// sql · how often the provider said what of a campaign, kept for a moment
import type { Totals } from '../campaigns/campaign.ts'
import { cacheCounts } from '../platform/memory/cached-counts.ts'

export type FeedbackCounts = Pick<
  Totals,
  'delivered' | 'delayed' | 'bounced' | 'complained' | 'failed' | 'suppressed'
>

/** Of a campaign with so many delivered nothing is counted twice within a moment. */
const largeCount = 50_000

/** By the campaign's number. */
export const feedbackCounts = cacheCounts<number, FeedbackCounts>(({ delivered }) => delivered > largeCount)
