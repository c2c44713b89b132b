// shell · the progress of a campaign, its rate, its estimated end, and its blockers
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Campaign } from '../campaigns/campaign.ts'
import { waitingBatches } from '../delivery/claim.ts'
import { maxBatch } from '../delivery/freeze/write-range.ts'
import { readRow } from '../platform/database/rows.ts'
import { moment, whole } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { keyLifeHours } from '../throttle/lease.ts'
import { allowedLines, pauseOfProvider } from '../throttle/provider-pause.ts'
import { whyHeld } from '../throttle/restored-copy.ts'
import { type Blocker, blockersOf, type SendStatus } from './blockers.ts'
import type { Counts } from './figures.ts'
import { throttleReasonOf } from './throttle-reason.ts'

export interface Estimate {
  /** Recipients with a final result: sent, skipped, rejected or unknown. */
  readonly handled: number
  /** The count so far, during the freeze. */
  readonly recipients: number
  /** The share of the list examined during the freeze, from 0 to 1; null otherwise. */
  readonly frozenShare: number | null
  /** Recipients per second in the last minute, by the marks in the database; null with too few marks. */
  readonly peoplePerSecond: number | null
  /** At that rate, or at the allowed rate before the first marks; null where unknown. */
  readonly endsAt: Date | null
  readonly blockers: readonly Blocker[]
  /** How many connections the mail server takes at once, where those are too few for the full speed. */
  readonly allowedLines: number | null
}

const isUnderWay = (state: Campaign['state']): state is SendStatus['state'] =>
  state === 'freezing' || state === 'sending' || state === 'paused' || state === 'cancelled'

/** Null for a campaign that has not begun, or has nothing left to wait for. */
export async function estimateOf(deps: Deps, campaign: Campaign, counts: Counts): Promise<Estimate | null> {
  const { state } = campaign
  const handled = counts.sent + counts.skipped + counts.rejected + counts.unknown
  if (!isUnderWay(state) || (state === 'cancelled' && handled === counts.recipients)) return null
  const now = deps.clock()
  const [facts, isBehind, frozenShare, closed, hold, rules, lines] = await Promise.all([
    factsOf(deps, campaign),
    state === 'sending' && isBehindAnother(deps, campaign.number),
    shareOf(deps, campaign),
    pauseOfProvider(deps),
    whyHeld(deps.db),
    throttleReasonOf(deps.db, campaign.number, now),
    allowedLines(deps),
  ])
  const blockers = blockersOf({ ...facts, state, isBehind, closed, hold, rules })
  const left = counts.recipients - handled
  const pace = facts.peoplePerSecond ?? allowedPace(deps)
  const endsAt = state === 'sending' && pace !== null ? endOf({ blockers, seconds: left / pace, now }) : null
  const { peoplePerSecond } = facts
  const { recipients } = counts
  return { handled, recipients, frozenShare, peoplePerSecond, endsAt, blockers, allowedLines: lines }
}

/** Recipients per second under SEND_RATE, which counts requests, or mails by SMTP; null without a limit. */
const allowedPace = ({ config, mailer }: Pick<Deps, 'config' | 'mailer'>): number | null =>
  config.sendRate === 0 ? null : config.sendRate * (mailer.pacesMails === true ? 1 : maxBatch)

/** The blockers with a reliable end; a quota or an outage may last longer than announced. */
const foreseeable: ReadonlySet<Blocker['reason']> = new Set<Blocker['reason']>(['rate', 'answer_missing'])

function endOf(about: { blockers: readonly Blocker[]; seconds: number; now: Date }): Date | null {
  let begins = about.now.getTime()
  for (const { reason, until } of about.blockers) {
    if (until === null || !foreseeable.has(reason)) return null
    begins = Math.max(begins, until.getTime())
  }
  return new Date(begins + about.seconds * 1000)
}

/** The period over which marks are counted. */
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

/** Reads the campaign's batches once. Marks use the application's clock, leases the database's. */
async function factsOf(deps: Deps, { number, updatedAt, frozenAt }: Campaign) {
  const now = sql`${deps.clock().toISOString()}::timestamptz`
  const moved = new Date(Math.max(updatedAt.getTime(), frozenAt?.getTime() ?? 0)).toISOString()
  const { leaseSeconds, postTimeoutSeconds } = deps.config
  const recent = sql`state = 'sent' and sent_at > ${now} - ${lookBackSeconds} * interval '1 second'`
  // an active sender has its answer before this; a lease that ends sooner belongs to a batch waiting for its repeat
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
    // the first mark only starts the period
    peoplePerSecond: marks > 1 && seconds >= 1 ? (people * (1 - 1 / marks)) / seconds : null,
  }
}

/** Whether a batch of a campaign launched earlier goes first. */
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
