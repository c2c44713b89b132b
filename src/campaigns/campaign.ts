// pure · a campaign: input schema, states, totals
import * as z from 'zod'
import { key, uuidText } from '../platform/form.ts'
import type { PinnedList } from './pinned.ts'
import { type Content, contentInput } from './writing/content.ts'

export const campaignStates = [
  'draft',
  'scheduled',
  'freezing',
  'sending',
  'paused',
  'sent',
  'cancelled',
] as const
export type CampaignState = (typeof campaignStates)[number]

/** A campaign can be changed until its launch. */
export const writableStates = ['draft', 'scheduled'] as const
export const isWritable = ({ state }: Pick<Campaign, 'state'>): boolean =>
  writableStates.some((writable) => writable === state)

/** Never launched: nobody was chosen to get it. */
export const isDeletable = ({ state, launchedAt }: Pick<Campaign, 'state' | 'launchedAt'>): boolean =>
  state === 'draft' || (state === 'cancelled' && launchedAt === null)

const tracking = z.enum(['none', 'aggregate', 'individual'], {
  error: 'must be none, aggregate or individual',
})
const subject = z.string({ error: 'must be a text' }).describe('One line; merge fields as in the body.')
const preheader = z.string({ error: 'must be a text' }).describe('Shown after the subject in the inbox.')

export const campaignInput = z
  .strictObject({
    list: z.string({ error: 'must be the slug or id of a list' }).max(100).describe('Slug or id of a list.'),
    segment: uuidText.nullable().default(null).describe('Everyone on the list, where null.'),
    purpose: key.default('newsletter'),
    subject,
    preheader: preheader.default(''),
    content: contentInput,
    tracking: tracking.default('none'),
  })
  .meta({ id: 'CampaignInput' })

export const campaignChange = z
  .strictObject({
    segment: uuidText.nullable().optional(),
    purpose: key.optional(),
    subject: subject.optional(),
    preheader: preheader.optional(),
    content: contentInput.optional(),
    tracking: tracking.optional(),
    /** The version that was read; a change since is a conflict. */
    version: z.int({ error: 'must be a whole number' }).optional(),
  })
  .meta({ id: 'CampaignChange' })

export interface Campaign {
  /** The inner number, never shown. */
  readonly number: number
  readonly id: string
  /** The number of the list. */
  readonly list: number
  readonly purpose: string
  readonly segment: string | null
  readonly filter: unknown
  readonly subject: string
  readonly preheader: string
  readonly content: Content
  readonly pinned: PinnedList | null
  readonly tracking: string
  readonly state: CampaignState
  readonly problem: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly scheduledAt: Date | null
  /** `2026-12-01T08:00` in each subscriber's own time zone; null: the same moment for everybody. */
  readonly localTime: string | null
  readonly launchedAt: Date | null
  readonly frozenAt: Date | null
  readonly frozenTo: number | null
  readonly finishedAt: Date | null
  readonly version: number
}

export const storedContent = contentInput.extend({ format: z.literal('markdown') })

/** Recipients end as sent, skipped, rejected or unknown; the provider reports `delivered` and the rest. */
export interface Totals {
  readonly recipients: number
  readonly sent: number
  readonly skipped: number
  readonly rejected: number
  readonly unknown: number
  readonly delivered: number
  readonly delayed: number
  readonly bounced: number
  readonly complained: number
  readonly failed: number
  readonly suppressed: number
  readonly withdrawn: number
}
