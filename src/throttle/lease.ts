// sql · leases for service mail and campaign batches: claim, repeat, take-over. I4
import { type SQL, sql } from 'drizzle-orm'
import type { Deps } from '../platform/deps.ts'

/**
 * The assignments of a claim, for the row `row`. Both tables share the lease columns: state (`posting` from claim to mark),
 * attempt, holder, lease_until, first_attempt_at. Each statement stays in the room of its table.
 */
export const claimedBy = ({ holder, config }: Pick<Deps, 'holder' | 'config'>, row: SQL): SQL => sql`
  state = 'posting',
  attempt = ${row}.attempt + 1,
  holder = ${holder},
  lease_until = ${leaseOf(config.leaseSeconds)},
  first_attempt_at = coalesce(${row}.first_attempt_at, now())`

const longestSeconds = 3600

/** A lease end this many seconds from now, an hour at most; a longer provider pause is kept in the provider's own row. */
export const leaseOf = (seconds: number): SQL =>
  sql`now() + ${Math.min(seconds, longestSeconds)} * interval '1 second'`

/** Rows held by killed processes: with `lease_until = now()` they can be claimed again at once. */
export const isHeldBy = (holders: readonly string[]): SQL => sql`
  state = 'posting' and lease_until > now()
  and holder in (select jsonb_array_elements_text(${JSON.stringify(holders)}::jsonb))`

/**
 * Rows whose first attempt or lease end lies in the future because the database clock was set back since. Without a
 * correction they would rest until the clock catches up, when the provider may have forgotten the key.
 */
export const liesAhead: SQL = sql`
  state in ('queued', 'posting')
  and (first_attempt_at > now() or lease_until > now() + ${longestSeconds + 60} * interval '1 second')`

/** The assignments that correct such rows: they are due again while the provider still remembers the key. */
export const pulledBack: SQL = sql`first_attempt_at = least(first_attempt_at, now()), lease_until = now()`

/** Hours during which a key may be sent again: the provider forgets it after 24; a mailer with its own record sets the limit. */
export const keyLifeHours = ({ mailer }: Pick<Deps, 'mailer'>): number => mailer.record?.keyLifeHours ?? 23

/** Rows that may have been accepted and have outlived their key: nothing is posted again automatically. */
export const outlivedItsKey = (deps: Pick<Deps, 'mailer'>): SQL => sql`
  state = 'posting' and lease_until <= now()
  and first_attempt_at <= now() - ${keyLifeHours(deps)} * interval '1 hour'`

/**
 * Whether a claim may expire before an answer comes, as after a machine slept between claim and request. Nothing is then
 * handed over: another worker may have done so, and the provider may have forgotten the key.
 */
export const isLate = ({ clock, config }: Pick<Deps, 'clock' | 'config'>, claimedAt: Date): boolean =>
  clock().getTime() - claimedAt.getTime() > (config.leaseSeconds - config.postTimeoutSeconds) * 1000

/**
 * Backoff without an answer: doubles with each attempt, capped at a lease and at 60 s. Attempts ended by a kill count too,
 * though a frequently killed process has not failed as often.
 */
export const patienceSeconds = ({ config }: Pick<Deps, 'config'>, attempt: number): number =>
  Math.min(2 ** (attempt - 1) * 0.25, config.leaseSeconds, 60)
