// pure · Resend's events as feedback: the mail, by its signed tag, and its outcome
import * as z from 'zod'
import { type Feedback, readBounce, readFailure } from '../feedback.ts'
import { isComplaintType } from '../inbound/complaint.ts'

export interface HookedEvent {
  readonly type: string
  /** Null if the mail has no tag of ours. */
  readonly tag: string | null
  /** Null for events that change nothing here: sent, opened, clicked, domains, contacts, unknown types. */
  readonly feedback: Feedback | null
}

const maybe = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined)

/** An invalid or null field counts as absent; the rest of the event is still read. */
const word = z.string().catch('')

/** A list as we sent it, or an object of names and values: both were seen. */
const tags = z.union([
  z.array(z.object({ name: word, value: word }).catch({ name: '', value: '' })),
  z
    .record(z.string(), word)
    .transform((record) => Object.entries(record).map(([name, value]) => ({ name, value }))),
])

const event = z.object({
  type: z.string().max(100),
  created_at: maybe(z.iso.datetime({ offset: true })),
  data: z
    .object({
      tags: maybe(tags),
      bounce: maybe(
        z.object({
          type: word,
          subType: word,
          message: word,
          diagnosticCode: maybe(z.union([z.array(word), z.string().transform((one) => [one])])),
        }),
      ),
      failed: maybe(z.object({ reason: word })),
      complaint: maybe(z.object({ type: word })),
    })
    .catch({}),
})

/**
 * Null if the body is no event. `heardAt` replaces a missing time or one in the future.
 * @see https://resend.com/docs/webhooks/event-types
 */
export function readResendEvent(body: unknown, heardAt: Date): HookedEvent | null {
  const parsed = event.safeParse(body)
  if (!parsed.success) return null
  const { type, data } = parsed.data
  return {
    type,
    tag: data.tags?.find(({ name }) => name === 'assent')?.value ?? null,
    feedback: feedbackOf(parsed.data, heardAt),
  }
}

function feedbackOf({ type, created_at, data }: z.output<typeof event>, heardAt: Date): Feedback | null {
  const told = created_at === undefined ? heardAt : new Date(created_at)
  const at = told > heardAt ? heardAt : told
  switch (type) {
    case 'email.delivered':
      return { kind: 'delivered', at }
    case 'email.delivery_delayed':
      return { kind: 'delayed', at }
    case 'email.bounced':
      return { kind: 'bounced', at, ...bounceOf(data.bounce) }
    case 'email.complained':
      // "This is not spam" arrives as a complaint too (RFC 5965 section 7.3); most complaints name no type.
      return isComplaintType(data.complaint?.type || 'abuse') ? { kind: 'complained', at } : null
    case 'email.failed':
      return { kind: 'failed', at, failure: readFailure(data.failed?.reason ?? '') }
    case 'email.suppressed':
      return { kind: 'suppressed', at }
    default:
      return null
  }
}

/** Resend says `bounced` of permanent refusals, so a bounce without details counts as permanent. */
const bounceOf = (said: z.output<typeof event>['data']['bounce']) =>
  readBounce({
    type: said?.type || 'Permanent',
    subType: said?.subType ?? '',
    diagnostics: said?.diagnosticCode ?? [],
    message: said?.message ?? '',
  })
