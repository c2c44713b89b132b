// adapter · the SMTP mailer's record: a row before a mail's text is sent, so that no repeat sends the mail twice. I4
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Database } from '../../platform/database/database.ts'
import { checkRows, moment } from '../../platform/database/values.ts'
import type { Handover } from '../../platform/deps.ts'
import { bytesOf } from '../../platform/encoding/bytes.ts'
import { sha256 } from '../../platform/encoding/jcs.ts'
import { uuidOf } from '../../platform/encoding/uuid.ts'

export type Entry =
  | Handover
  /** Certainly not accepted. `hours` since the first try; whether others were accepted since; `seconds` until the next try. */
  | {
      readonly kind: 'deferred'
      readonly reason: string
      readonly hours: number
      readonly othersTaken: boolean
      readonly seconds: number
    }
  /** Another worker has the mail, or died less than `seconds` ago. */
  | { readonly kind: 'under_way'; readonly seconds: number }

export interface Opened {
  readonly entries: ReadonlyMap<string, Entry>
  /** By the database's clock; no handover begins after that. */
  readonly notAfter: Date
}

const handoverRow = z.object({
  mail: z.string(),
  state: z.enum(['handing_over', 'accepted', 'refused', 'deferred', 'unknown']),
  reason: z.string().nullable(),
  hours: z.number(),
  others_taken: z.boolean(),
  seconds: z.number(),
})

const clockRow = z.object({ at: moment })

/** From key and tag, so that a mail keeps its name when others leave the batch. */
export const nameOf = (idempotencyKey: string, tag: string): string =>
  uuidOf(sha256(bytesOf(`${idempotencyKey} ${tag}`)).subarray(0, 16))

/** The mails' state, and the deadline of this call: `budgetSeconds` from now. */
export async function openRecord(
  db: Database,
  names: readonly string[],
  budgetSeconds: number,
): Promise<Opened> {
  const [clock] = checkRows(
    clockRow,
    await db.execute(sql`select clock_timestamp() + ${budgetSeconds} * interval '1 second' as at`),
  )
  const rows = checkRows(
    handoverRow,
    await db.execute(sql`
      select h.mail, h.state, h.reason,
        (extract(epoch from clock_timestamp() - h.since) / 3600)::float8 as hours,
        h.state = 'deferred' and exists (
          select from smtp_handovers as o where o.since > h.since and o.state = 'accepted') as others_taken,
        coalesce(extract(epoch from h.until - clock_timestamp()), 0)::float8 as seconds
      from smtp_handovers as h
      where h.mail = any (${`{${names.join(',')}}`}::uuid[])`),
  )
  return {
    notAfter: clock?.at ?? new Date(0),
    entries: new Map(rows.map((row) => [row.mail, entryOf(row)])),
  }
}

function entryOf({ state, reason, hours, others_taken, seconds }: z.output<typeof handoverRow>): Entry {
  switch (state) {
    case 'accepted':
    case 'unknown':
      return { kind: state }
    case 'refused':
      return { kind: 'refused', reason: reason ?? '' }
    case 'deferred':
      return {
        kind: 'deferred',
        reason: reason ?? '',
        hours,
        othersTaken: others_taken,
        seconds: Math.max(0, seconds),
      }
    case 'handing_over':
      return seconds > 0 ? { kind: 'under_way', seconds } : { kind: 'unknown' }
  }
}

/** `taken`: another worker has or had the mail. `late`: past the deadline, others may have the batch. */
export type ClaimResult = z.output<typeof leaveRow>['leave']

const leaveRow = z.object({ mail: z.string(), leave: z.enum(['given', 'taken', 'late']) })

export type Settled =
  | Handover
  | { readonly kind: 'deferred'; readonly reason: string }
  /** Claimed, and certainly not handed over: the next call may, at once. */
  | { readonly kind: 'released' }

/** How long a claim holds, and until when one may begin. */
export interface ClaimTerms {
  readonly notAfter: Date
  readonly seconds: number
}

export type RecordChange =
  | ({ readonly mail: string; readonly kind: 'claimed' } & ClaimTerms)
  | ({ readonly mail: string } & Settled)

/**
 * Writes claims and results of several mails, each mail once, in one statement with one commit; returns the answer to each claim,
 * by mail. A claim is given once, unless the server then refuses the mail. A result changes only a mail that is not settled yet.
 * A deferred mail waits half as long as it has waited so far, within limits. The rows are locked in one order, so that two processes
 * never wait for each other.
 */
export async function writeRecord(
  { $client }: Pick<Database, '$client'>,
  changes: readonly RecordChange[],
): Promise<ReadonlyMap<string, ClaimResult>> {
  if ($client === undefined) throw new Error('the record is not written within a transaction')
  const rows = checkRows(
    leaveRow,
    await $client`
      with moment as materialized (select clock_timestamp() as now), asked as materialized (
        select * from json_to_recordset(${JSON.stringify(changes.map(rowOf))}::json)
          as a (mail uuid, state text, reason text, seconds float8, not_after timestamptz)
      ), written as (
        insert into smtp_handovers as h (mail, state, reason, since, until)
        select a.mail, a.state, a.reason, m.now, m.now + a.seconds * interval '1 second'
        from asked as a cross join moment as m
        where coalesce(m.now <= a.not_after, true)
        order by a.mail
        on conflict (mail) do update set
          state = excluded.state,
          reason = case when excluded.state = 'handing_over' then h.reason else excluded.reason end,
          until = case when excluded.state = 'deferred' and excluded.until > excluded.since
            then excluded.since + least(interval '15 minutes',
              greatest(excluded.until - excluded.since, (excluded.since - h.since) / 2))
            else excluded.until end
        where h.state = 'deferred' or (h.state = 'handing_over' and excluded.state <> 'handing_over')
        returning h.mail
      )
      select a.mail, case
        when exists (select from written as w where w.mail = a.mail) then 'given'
        when m.now <= a.not_after then 'taken'
        else 'late' end as leave
      from asked as a cross join moment as m
      where a.state = 'handing_over'`,
  )
  return new Map(rows.map(({ mail, leave }) => [mail, leave]))
}

function rowOf(change: RecordChange) {
  const { mail, kind } = change
  switch (kind) {
    case 'claimed':
      return { mail, state: 'handing_over', seconds: change.seconds, not_after: change.notAfter }
    case 'released':
      return { mail, state: 'deferred', reason: 'not handed over', seconds: 0 }
    case 'deferred':
      return { mail, state: kind, reason: change.reason, seconds: firstRestSeconds }
    case 'refused':
      return { mail, state: kind, reason: change.reason }
    case 'accepted':
    case 'unknown':
      return { mail, state: kind }
  }
}

export const firstRestSeconds = 10

/** Whether the server accepted a mail of any process in the last `seconds`. */
export async function isAnyAcceptedSince(db: Database, seconds: number): Promise<boolean> {
  const rows = await db.execute(sql`
    select 1 from smtp_handovers
    where since > clock_timestamp() - ${seconds} * interval '1 second' and state = 'accepted'
    limit 1`)
  return rows.length > 0
}

/** No key is sent again a week after its first use. */
export const rememberedHours = 7 * 24
const retentionDays = 8

export async function forgetHandovers(db: Database): Promise<void> {
  await db.execute(sql`
    delete from smtp_handovers where since < clock_timestamp() - ${retentionDays} * interval '1 day'`)
}
