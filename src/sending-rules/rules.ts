// pure · sending rules: warm-up, limits per mailbox provider, quiet hours
import * as z from 'zod'
import { zoneName } from '../i18n/zones.ts'
import { mailboxProviders } from '../subscribers/mailbox-provider.ts'

const people = z
  .int({ error: 'must be a whole number of people' })
  .min(1, 'must be at least 1')
  .max(100_000_000, 'must be at most 100 000 000')

const clock = z
  .string({ error: 'must be a time such as 21:00' })
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 21:00')

const warmUp = z.strictObject({
  start: z.iso.date({ error: 'must be a day such as 2026-12-01' }).describe('The first day, in `timezone`.'),
  people_per_day: z
    .array(people, { error: 'must be a list of numbers' })
    .min(1, 'must name at least one day')
    .max(60, 'must name at most 60 days')
    .describe('For the first day, the second, and so on; no limit after the last.'),
})

const cap = z
  .strictObject({
    per_hour: people.nullable().default(null).describe('Per clock hour.'),
    per_day: people.nullable().default(null).describe('From midnight, in `timezone`.'),
  })
  .refine((one) => one.per_hour !== null || one.per_day !== null, 'must have a limit per hour or per day')

const quietHours = z
  .strictObject({ from: clock, to: clock })
  .refine(({ from, to }) => from !== to, { path: ['to'], error: 'must differ from the start time' })

const provider = z.enum(mailboxProviders, { error: `must be one of ${mailboxProviders.join(', ')}` })

export const sendingRules = z.strictObject({
  timezone: zoneName.describe(
    'The default time zone: sets when days start, and applies to people whose own time zone is unknown, on lists without one.',
  ),
  warm_up: warmUp.nullable(),
  caps: z.partialRecord(provider, cap, { error: `must name ${mailboxProviders.join(', ')}` }),
  quiet_hours: quietHours
    .nullable()
    .describe(
      'No campaigns are sent during these hours, in each person’s time zone. They can span midnight.',
    ),
})

export type SendingRules = z.output<typeof sendingRules>

export const noRules: SendingRules = { timezone: 'UTC', warm_up: null, caps: {}, quiet_hours: null }

/** 200 on the first day, doubling each day: the usual advice of providers for a new domain. */
export const usualWarmUp: readonly number[] = Array.from({ length: 10 }, (_, day) => 200 * 2 ** day)

/** The index of `today` (`2026-12-01`) in the plan: 0 on its first day, negative before. */
export const dayOfPlan = (start: string, today: string): number =>
  Math.round((Date.parse(today) - Date.parse(start)) / 86_400_000)

/**
 * The most people in a batch. A batch is sent when its limit has room for all of it, so its size is at most a quarter of any
 * limit, which lets campaigns share the limit; and among those sizes the largest whose whole batches leave at most a twentieth
 * of each limit unused. `today` as for dayOfPlan; past days of the plan are ignored.
 */
export function batchSize(
  { warm_up, caps }: SendingRules,
  about: { mailbox: string | null; today: string; most: number },
): number {
  const days = warm_up?.people_per_day.slice(Math.max(0, dayOfPlan(warm_up.start, about.today))) ?? []
  const limits = [...days, ...capsOf(caps, about.mailbox)]
  let size = Math.max(1, Math.min(about.most, ...limits.map((limit) => Math.floor(limit / 4))))
  while (!limits.every((limit) => limit % size <= limit / 20)) size -= 1
  return size
}

/** The mailbox providers with a limit. */
export const cappedProviders = ({ caps }: Pick<SendingRules, 'caps'>): readonly string[] => Object.keys(caps)

const capsOf = (caps: SendingRules['caps'], mailbox: string | null): readonly number[] =>
  mailboxProviders
    .filter((one) => one === mailbox)
    .flatMap((one) => [caps[one]?.per_hour, caps[one]?.per_day])
    .filter((limit) => limit != null)
