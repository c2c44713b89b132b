// shell · how far a campaign is, how fast it goes, when it will be done, and why it stands where it does
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Campaign } from '../campaigns/campaign.ts'
import { waitingBatches } from '../delivery/claim.ts'
import { maxBatch } from '../delivery/freeze/write-range.ts'
import { readRow } from '../platform/database/rows.ts'
import { moment, whole } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { keyLifeHours } from '../throttle/lease.ts'
import { pauseOfProvider } from '../throttle/provider-pause.ts'
import { whyHeld } from '../throttle/restored-copy.ts'
import { type Blocker, blockersOf, type SendStatus } from './blockers.ts'
import type { Counts } from './figures.ts'
import { throttleReasonOf } from './throttle-reason.ts'

export interface Estimate {
  /** People whose end is known: sent, skipped, rejected or unknown. */
  readonly handled: number
  /** So far, while they are written down. */
  readonly recipients: number
  /** How much of the list has been looked at while they are, by its order: from 0 to 1. */
  readonly frozenShare: number | null
  /** People a second in the last minute, by the marks in the database; null where too few were made to tell. */
  readonly peoplePerSecond: number | null
  /** At that rate, or before the first marks at the one that is allowed; null where nobody can tell. */
  readonly endsAt: Date | null
  readonly waits: readonly Blocker[]
}

const isUnderWay = (state: Campaign['state']): state is SendStatus['state'] =>
  state === 'freezing' || state === 'sending' || state === 'paused' || state === 'cancelled'

/** Null for a campaign that has not begun, or of which nothing is left to wait for. */
export async function estimateOf(deps: Deps, campaign: Campaign, counts: Counts): Promise<Estimate | null> {
  const { state } = campaign
  const handled = counts.sent + counts.skipped + counts.rejected + counts.unknown
  if (!isUnderWay(state) || (state === 'cancelled' && handled === counts.recipients)) return null
  const now = deps.clock()
  const [facts, isBehind, frozenShare, closed, hold, rules] = await Promise.all([
    factsOf(deps, campaign),
    state === 'sending' && isBehindAnother(deps, campaign.number),
    shareOf(deps, campaign),
    pauseOfProvider(deps),
    whyHeld(deps.db),
    throttleReasonOf(deps.db, campaign.number, now),
  ])
  const waits = blockersOf({ ...facts, state, isBehind, closed, hold, rules })
  const left = counts.recipients - handled
  const pace = facts.peoplePerSecond ?? allowedPace(deps)
  const endsAt = state === 'sending' && pace !== null ? endOf({ waits, seconds: left / pace, now }) : null
  const { peoplePerSecond } = facts
  return { handled, recipients: counts.recipients, frozenShare, peoplePerSecond, endsAt, waits }
}

/** People a second that SEND_RATE lets through, which counts requests, or mails by SMTP; null without a limit. */
const allowedPace = ({ config, mailer }: Pick<Deps, 'config' | 'mailer'>): number | null =>
  config.sendRate === 0 ? null : config.sendRate * (mailer.pacesMails === true ? 1 : maxBatch)

/** Whether that is over by then is known of these alone; a quota and a silence may last. */
const foreseeable: ReadonlySet<Blocker['reason']> = new Set<Blocker['reason']>(['rate', 'answer_missing'])

function endOf(about: { waits: readonly Blocker[]; seconds: number; now: Date }): Date | null {
  let begins = about.now.getTime()
  for (const { reason, until } of about.waits) {
    if (until === null || !foreseeable.has(reason)) return null
    begins = Math.max(begins, until.getTime())
  }
  return new Date(begins + about.seconds * 1000)
}

/** How far back marks are looked at. */
const lookBackSeconds = 60

const factsRow = z.object({
  people: z.number(),
  marks: whole,
  seconds: z.number(),
  isDue: z.boolean(),
  isHeld: z.boolean(),
  askedAgainAt: moment.nullable(),
  givenUpAt: moment.nullable(),
  idleSeconds: z.number(),
})

/** One look at the batches of the campaign. Marks are made by the clock of the application, leases by that of the database. */
async function factsOf(deps: Deps, { number, updatedAt, frozenAt }: Campaign) {
  const now = sql`${deps.clock().toISOString()}::timestamptz`
  const moved = new Date(Math.max(updatedAt.getTime(), frozenAt?.getTime() ?? 0)).toISOString()
  const { leaseSeconds, postTimeoutSeconds } = deps.config
  const recent = sql`state = 'sent' and sent_at > ${now} - ${lookBackSeconds} * interval '1 second'`
  // a sender that is at work has its answer by then; whoever holds the lease after that, if anybody, waits to ask again
  const freshUntil = sql`now() + ${leaseSeconds - postTimeoutSeconds} * interval '1 second'`
  const missing = sql`state = 'posting' and lease_until < ${freshUntil}`
  const row = await readRow(
    deps.db,
    factsRow,
    sql`
      select
        coalesce(sum(size) filter (where ${recent}), 0)::float8 as people,
        (count(*) filter (where ${recent}))::int as marks,
        coalesce(extract(epoch from ${now} - min(sent_at) filter (where ${recent})), 0)::float8 as seconds,
        coalesce(bool_or(coalesce(lease_until <= now(), state = 'queued'))
          filter (where state in ('queued', 'posting')), false) as "isDue",
        coalesce(bool_or(state = 'posting' and lease_until >= ${freshUntil}), false) as "isHeld",
        min(lease_until) filter (where ${missing} and lease_until > now()) as "askedAgainAt",
        min(first_attempt_at) filter (where ${missing}) + ${keyLifeHours(deps)} * interval '1 hour' as "givenUpAt",
        extract(epoch from least(
          ${now} - greatest(${moved}::timestamptz, max(sent_at)),
          now() - max(first_attempt_at)))::float8 as "idleSeconds"
      from batches
      where campaign = ${number}`,
  )
  if (row === undefined) throw new Error('a sum without a row')
  const { people, marks, seconds, ...known } = row
  return {
    ...known,
    // the first mark says when the others began
    peoplePerSecond: marks > 1 && seconds >= 1 ? (people * (1 - 1 / marks)) / seconds : null,
  }
}

/** Whether a batch of a campaign that was launched before goes first. */
const isBehindAnother = async (deps: Deps, number: number): Promise<boolean> =>
  (await waitingBatches(deps, 1)).some(({ campaign }) => campaign < number)

async function shareOf(
  deps: Deps,
  { list, launchedAt, frozenAt, frozenTo }: Campaign,
): Promise<number | null> {
  if (launchedAt === null || frozenAt !== null) return null
  const row = await readRow(
    deps.db,
    shareRow,
    sql`
      select least(1, ${frozenTo ?? 0}::float8 / greatest(1, max(subscriber))) as share
      from subscriptions
      where list = ${list} and sendable`,
  )
  return row?.share ?? 0
}

const shareRow = z.object({ share: z.number() })
