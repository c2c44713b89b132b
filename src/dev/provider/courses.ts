// adapter · outcomes of a mail at its recipient's server, and the events of each
import { createHash } from 'node:crypto'
import * as z from 'zod'
import { bareAddress } from './mail.ts'

/**
 * In order. `silent`: no event at all. `late`: bounces after delivery, as mailbox providers do that accept first and check later.
 */
const events = {
  delivered: ['email.sent', 'email.delivered'],
  delayed: ['email.sent', 'email.delivery_delayed', 'email.delivered'],
  bounced: ['email.sent', 'email.bounced'],
  late: ['email.sent', 'email.delivered', 'email.bounced'],
  soft: ['email.sent', 'email.delivery_delayed', 'email.bounced'],
  undetermined: ['email.sent', 'email.bounced'],
  complained: ['email.sent', 'email.delivered', 'email.complained'],
  failed: ['email.failed'],
  suppressed: ['email.suppressed'],
  silent: [],
} as const

export type Course = keyof typeof events
export type EventType = (typeof events)[Course][number]

export const courses = [
  'delivered',
  'delayed',
  'bounced',
  'late',
  'soft',
  'undetermined',
  'complained',
  'failed',
  'suppressed',
  'silent',
] as const satisfies readonly Course[]

export const eventsOf = (course: Course): readonly EventType[] => events[course]

/** The `last_event` of GET /emails/:id, such as `bounced`; `sent` if nothing is known. */
export const lastEventOf = (course: Course): string => (events[course].at(-1) ?? 'email.sent').slice(6)

const probability = z.number().min(0).max(1).default(0)

/** Shares of recipients per course; the rest is delivered. */
export const coursesShape = z
  .strictObject({
    seed: z.int().default(1),
    delayed: probability,
    bounced: probability,
    late: probability,
    soft: probability,
    undetermined: probability,
    complained: probability,
    failed: probability,
    suppressed: probability,
    silent: probability,
  })
  .refine(
    ({ seed, ...shares }) => Object.values(shares).reduce((sum, share) => sum + share, 0) <= 1 + 1e-9,
    'a mail goes one way only: the probabilities must not add up to more than 1',
  )

export type Courses = z.input<typeof coursesShape>

/** Whether the provider suppresses the address: after a hard bounce or a complaint. */
export const suppresses = (course: Course): boolean => ['bounced', 'late', 'complained'].includes(course)

const words = new RegExp(`^(${courses.join('|')})(?:[+.-].*)?@`)

/**
 * A local part that names a course decides, alone or with a label: `bounced@…`, `bounced+7@…`, like Resend's own test addresses.
 * Otherwise seed and address decide: an address has the same course in every run.
 * @see https://resend.com/docs/dashboard/emails/send-test-emails
 */
export function coursesOf(wanted: Courses): (recipient: string) => Course {
  const { seed, ...shares } = coursesShape.parse(wanted)
  const isDrawn = Object.values(shares).some((share) => share > 0)
  return (recipient) => {
    const address = bareAddress(recipient)
    const word = words.exec(address)?.[1]
    const named = courses.find((course) => course === word)
    if (named !== undefined) return named
    if (!isDrawn) return 'delivered'
    let left = drawOf(seed, 'course', address)
    const drawn = courses.find((course) => {
      left -= course === 'delivered' ? 0 : shares[course]
      return left < 0
    })
    return drawn ?? 'delivered'
  }
}

/** In [0, 1), the same for the same arguments. */
export const drawOf = (seed: number, ...about: readonly string[]): number =>
  createHash('sha256')
    .update([seed, ...about].join('\n'))
    .digest()
    .readUInt32BE(0) / 4_294_967_296
