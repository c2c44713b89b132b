// pure · the rules of the house on how much is sent and when: warm-up, limits per mailbox provider, quiet hours
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
  start: z.iso.date({ error: 'must be a day such as 2026-12-01' }).describe('The first day, in the zone.'),
  people_per_day: z
    .array(people, { error: 'must be a list of numbers' })
    .min(1, 'must name at least one day')
    .max(60, 'must name at most 60 days')
    .describe('Of the first day, the second, …; after the last there is no limit.'),
})

const cap = z
  .strictObject({
    per_hour: people.nullable().default(null).describe('By the hours of the clock.'),
    per_day: people.nullable().default(null).describe('From midnight, in the zone.'),
  })
  .refine((one) => one.per_hour !== null || one.per_day !== null, 'must say how many an hour or a day')

const quietHours = z
  .strictObject({ from: clock, to: clock })
  .refine(({ from, to }) => from !== to, { path: ['to'], error: 'must be another time than the first' })

const provider = z.enum(mailboxProviders, { error: `must be one of ${mailboxProviders.join(', ')}` })

export const sendingRules = z.strictObject({
  timezone: zoneName.describe('Of the house: for its days, and for people whose own is not known.'),
  warm_up: warmUp.nullable(),
  caps: z.partialRecord(provider, cap, { error: `must name ${mailboxProviders.join(', ')}` }),
  quiet_hours: quietHours
    .nullable()
    .describe('When nobody is sent a campaign, by the clock where they live; across midnight too.'),
})

export type SendingRules = z.output<typeof sendingRules>

export const noRules: SendingRules = { timezone: 'UTC', warm_up: null, caps: {}, quiet_hours: null }

/** 200 on the first day and twice as many on each that follows: what most providers advise for a domain that is new. */
export const usualWarmUp: readonly number[] = Array.from({ length: 10 }, (_, day) => 200 * 2 ** day)

/** 0 on the first day of the plan, negative before. `today`: `2026-12-01`. */
export const dayOfPlan = (start: string, today: string): number =>
  Math.round((Date.parse(today) - Date.parse(start)) / 86_400_000)

/**
 * How many people a batch holds at most. A batch goes when there is room for all of it, so it is a quarter of any limit at
 * most, for campaigns beside each other; and of those sizes the largest whose whole batches leave no more than a twentieth of
 * a limit unused. `today` as for dayOfPlan; days of the plan that are over limit nothing.
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

/** Those who have a limit of their own. */
export const cappedProviders = ({ caps }: Pick<SendingRules, 'caps'>): readonly string[] => Object.keys(caps)

const capsOf = (caps: SendingRules['caps'], mailbox: string | null): readonly number[] =>
  mailboxProviders
    .filter((one) => one === mailbox)
    .flatMap((one) => [caps[one]?.per_hour, caps[one]?.per_day])
    .filter((limit) => limit != null)
