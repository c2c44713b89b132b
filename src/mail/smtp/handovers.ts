// adapter · the SMTP mailer's record: a row before a mail's text is sent, so that no repeat sends the mail twice. I4
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Database } from '../../platform/database/database.ts'
import { checkRows, moment } from '../../platform/database/values.ts'
import type { Handover } from '../../platform/deps.ts'
import { bytesOf } from '../../platform/encoding/bytes.ts'
import { sha256 } from '../../platform/encoding/jcs.ts'
import { uuidOf } from '../../platform/encoding/uuid.ts'
import { isTransient } from '../../platform/failures.ts'

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

const leaveRow = z.object({ leave: z.enum(['given', 'taken', 'late']) })

/** The right to send a mail's text, for `seconds`. Given once, unless the server then refuses the mail. */
export async function claimHandover(
  db: Database,
  mail: string,
  { notAfter, seconds }: { notAfter: Date; seconds: number },
): Promise<ClaimResult> {
  const latest = notAfter.toISOString()
  const [row] = checkRows(
    leaveRow,
    await db.execute(sql`
      with moment as materialized (select clock_timestamp() as now), claimed as (
        insert into smtp_handovers as h (mail, state, since, until)
        select ${mail}::uuid, 'handing_over', m.now, m.now + ${seconds} * interval '1 second'
        from moment as m
        where m.now <= ${latest}::timestamptz
        on conflict (mail) do update set state = 'handing_over', until = excluded.until
          where h.state = 'deferred'
        returning h.mail
      )
      select case
        when exists (select from claimed) then 'given'
        when m.now <= ${latest}::timestamptz then 'taken'
        else 'late' end as leave
      from moment as m`),
  )
  return row?.leave ?? 'taken'
}

export type Settled = Handover | { readonly kind: 'deferred'; readonly reason: string }

/**
 * Changes only mails that are not settled yet. Retried once after a broken connection: a lost answer would make the mail unknown.
 */
export async function settleHandover(db: Database, mail: string, settled: Settled): Promise<void> {
  const reason = 'reason' in settled ? settled.reason : null
  const write = () =>
    db.execute(sql`
      insert into smtp_handovers as h (mail, state, reason, since, until)
      values (${mail}::uuid, ${settled.kind}, ${reason}, clock_timestamp(), ${untilOf(settled, sql`clock_timestamp()`)})
      on conflict (mail) do update set
          state = excluded.state, reason = excluded.reason, until = ${untilOf(settled, sql`h.since`)}
        where h.state in ('handing_over', 'deferred')`)
  await write().catch((error: unknown) => {
    if (!isTransient(error)) throw error
    return write()
  })
}

/** A deferred mail waits half as long as it has waited so far, within limits. */
const untilOf = ({ kind }: Settled, since: SQL): SQL =>
  kind === 'deferred'
    ? sql`clock_timestamp() + least(interval '15 minutes', greatest(${firstRestSeconds} * interval '1 second',
        (clock_timestamp() - ${since}) / 2))`
    : sql`null`

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
