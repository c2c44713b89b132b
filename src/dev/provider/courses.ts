// adapter · what becomes of a mail at its recipient's, and the events that tell of it
import { createHash } from 'node:crypto'
import * as z from 'zod'
import { bareAddress } from './mail.ts'

/**
 * The events of each, in the order in which they happen. `silent` is a mail that nobody hears of again; `late` bounces after
 * it was delivered, as a mailbox provider does that accepts first and looks afterwards.
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

/** As GET /emails/:id says it: `bounced`, or `sent` when nothing is known. */
export const lastEventOf = (course: Course): string => (events[course].at(-1) ?? 'email.sent').slice(6)

const probability = z.number().min(0).max(1).default(0)

/** How many of the recipients go each way; the rest is delivered. */
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

/** Whom a provider mails no more by itself: after a hard bounce and after a complaint. */
export const suppresses = (course: Course): boolean => ['bounced', 'late', 'complained'].includes(course)

const words = new RegExp(`^(${courses.join('|')})(?:[+.-].*)?@`)

/**
 * A local part that is one of the courses decides, alone or with a label: `bounced@…`, `bounced+7@…`, as Resend's own test
 * addresses. Otherwise chance does, drawn from seed and address: the same person goes the same way in every run, whatever
 * else is sent and in which order.
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

/** From 0 up to but not including 1, always the same for the same words. */
export const drawOf = (seed: number, ...about: readonly string[]): number =>
  createHash('sha256')
    .update([seed, ...about].join('\n'))
    .digest()
    .readUInt32BE(0) / 4_294_967_296
