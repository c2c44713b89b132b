// sql · whose turn it is: the batches that may go now, for every worker and both runtimes. drizzle/functions/pace.sql decides
import { type SQL, sql } from 'drizzle-orm'
import { isAtHome } from '../platform/home.ts'

export interface BatchName {
  readonly campaign: number
  readonly batchNo: number
}

export interface Asking {
  /** Of whoever asks: hours and days, like schedules, go by it; leases and permission go by the database's own. */
  readonly at: Date
  /** After this long nothing is posted again by itself. */
  readonly keyLifeHours: number
  /** Name of the mailer. */
  readonly provider: string
  /** A condition: whether it takes anything now. */
  readonly isOpen: SQL
}

/** The rules as they stand, as `rules.value`; null where nobody made any. */
const withRules = sql`left join settings as rules on rules.name = 'sending'`

/** The time of the question, for a function of pace.sql. */
export const timeOf = ({ at }: Pick<Asking, 'at'>): SQL => sql`${at.toISOString()}::timestamptz`

/**
 * The batches that may go now, at most `most`, in the order they are sent. Rows: campaign, batch_no, size, counted_at, and rules
 * and mailbox, which are null where nothing is to be counted. One that another worker holds is left out where they are locked.
 */
export const batchesInTurn = (
  asking: Asking,
  { most, locking, which = null }: { most: number; locking: boolean; which?: BatchName | null },
): SQL => sql`
  select * from batches_in_turn(${timeOf(asking)}, ${asking.keyLifeHours} * interval '1 hour', ${most}, ${locking},
    ${which?.campaign ?? null}, ${which?.batchNo ?? null})
  where ${asking.isOpen}`

/** In how many seconds this batch may go, 0 at least; no row where it is settled, or its campaign is not being sent. */
export const secondsToTurn = (asking: Asking, { campaign, batchNo }: BatchName): SQL => sql`
  select extract(epoch from greatest(b.lease_until, p.closed_until, now(),
    case when b.state = 'queued' then now() + (hold.until - ${timeOf(asking)}) end,
    case when not (${isAtHome}) then now() + interval '1 minute' end) - now())::float8 as seconds
  from batches as b
  join campaigns as c on c.number = b.campaign and c.state = 'sending'
  ${withRules}
  left join lanes as l on l.campaign = b.campaign and l.lane = b.lane
  left join pace as p on p.provider = ${asking.provider}
  left join lateral pace_hold(
    rules.value, l.mailbox, l.zone, l.not_before, b.size, b.counted_at, ${timeOf(asking)}) as hold on true
  where b.campaign = ${campaign} and b.batch_no = ${batchNo} and b.state in ('queued', 'posting')
    and coalesce(b.first_attempt_at > now() - ${asking.keyLifeHours} * interval '1 hour', true)`

/**
 * The lanes of the campaigns under way that have a batch nobody posted yet and no lease holds, as `l`, with the first such
 * batch as `h` and the rules. Every batch without a lane of its own is in lane 0.
 */
export const lanesWaiting = sql`
  campaigns as c
  ${withRules}
  cross join lateral (
    select 0 as lane, null::text as mailbox, null::text as zone, null::timestamptz as not_before
    union all
    select lanes.lane, lanes.mailbox, lanes.zone, lanes.not_before from lanes where lanes.campaign = c.number
  ) as l
  cross join lateral (
    select b.size, b.counted_at
    from batches as b
    where b.campaign = c.number and b.state = 'queued' and b.lane >= l.lane and b.lane <= l.lane
      and coalesce(b.lease_until <= now(), true)
    order by b.lane, b.batch_no
    limit 1
  ) as h`

/** Why the first batch of the lane may not go; see pace_hold. */
export const holdOfLane = (asking: Pick<Asking, 'at'>): SQL => sql`
  pace_hold(rules.value, l.mailbox, l.zone, l.not_before, h.size, h.counted_at, ${timeOf(asking)})`
