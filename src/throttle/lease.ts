// sql · work under a lease, for service mail and for batches of campaigns: how it is claimed, repeated and taken over. I4
import { type SQL, sql } from 'drizzle-orm'
import type { Deps } from '../platform/deps.ts'

/**
 * The assignments of a claim, of the row `row`. Both tables name alike what a lease consists of: state (`posting` from the claim to
 * the mark), attempt, holder, lease_until, first_attempt_at. Each statement stands in the room of its table.
 */
export const claimedBy = ({ holder, config }: Pick<Deps, 'holder' | 'config'>, row: SQL): SQL => sql`
  state = 'posting',
  attempt = ${row}.attempt + 1,
  holder = ${holder},
  lease_until = ${leaseOf(config.leaseSeconds)},
  first_attempt_at = coalesce(${row}.first_attempt_at, now())`

const longestSeconds = 3600

/** So long from now, for a lease; a provider that is closed for longer is closed by its own row. */
export const leaseOf = (seconds: number): SQL =>
  sql`now() + ${Math.min(seconds, longestSeconds)} * interval '1 second'`

/** What killed processes held: with `lease_until = now()` it is claimed again at once. */
export const isHeldBy = (holders: readonly string[]): SQL => sql`
  state = 'posting' and lease_until > now()
  and holder in (select jsonb_array_elements_text(${JSON.stringify(holders)}::jsonb))`

/**
 * A clock that was put back since wrote down when this was begun, or how long it rests: nobody would look at it before the clock
 * comes there again, when the provider may have forgotten the key.
 */
export const liesAhead: SQL = sql`
  state in ('queued', 'posting')
  and (first_attempt_at > now() or lease_until > now() + ${longestSeconds + 60} * interval '1 second')`

/** The assignments that bring back what lies ahead: it is asked about while its key is remembered. */
export const pulledBack: SQL = sql`first_attempt_at = least(first_attempt_at, now()), lease_until = now()`

/** How long a key may be sent again: the provider forgets it after 24 hours; a mailer with a record of its own says itself. */
export const keyLifeHours = ({ mailer }: Pick<Deps, 'mailer'>): number => mailer.record?.keyLifeHours ?? 23

/** Of what may have been accepted: for longer than a key lives, so that nothing is posted again by itself. */
export const outlivedItsKey = (deps: Pick<Deps, 'mailer'>): SQL => sql`
  state = 'posting' and lease_until <= now()
  and first_attempt_at <= now() - ${keyLifeHours(deps)} * interval '1 hour'`

/**
 * Whether whoever claimed something then may lose it before an answer comes: a machine that slept between claim and request.
 * Nothing is handed over any more; others may have done so, and the provider may have forgotten the key since.
 */
export const isLate = ({ clock, config }: Pick<Deps, 'clock' | 'config'>, claimedAt: Date): boolean =>
  clock().getTime() - claimedAt.getTime() > (config.leaseSeconds - config.postTimeoutSeconds) * 1000

/**
 * Without an answer: twice as long each time, but never longer than a lease. Attempts that ended with a kill count too, and whoever
 * was killed often has not failed often.
 */
export const patienceSeconds = ({ config }: Pick<Deps, 'config'>, attempt: number): number =>
  Math.min(2 ** (attempt - 1) * 0.25, config.leaseSeconds, 60)
