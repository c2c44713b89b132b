// shell · counts per window: one upsert decides, in the transaction of the limited act
import { and, eq, type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../database/database.ts'
import { readRow, readRows } from '../database/rows.ts'
import { moment, octets, whole } from '../database/values.ts'
import { hexOf } from '../encoding/bytes.ts'
import { limits } from '../tables.ts'

export interface Window {
  /** What is counted, such as `mails:day` or `mails:list:7`. */
  readonly name: string
  readonly most: number
  readonly seconds: number
}

export interface Allowance {
  readonly hash: Uint8Array
  readonly window: Window
}

/**
 * The statement that takes one from each allowance and returns the rows that still had one. A window begins with its first
 * count. Pairs of hash and window must differ.
 */
const takeStatement = (asks: readonly Allowance[], now: Date): SQL => statement(asks, now, sql`true`)

/**
 * The same for allowances that belong together: where one is used up, none is counted, so that a refusal by the ten-minute
 * limit does not use up the day. Two requests at the last moment may still both count, one of them in vain. Limits are looked
 * up one by one: for a join, PostgreSQL expects a hundred rows and scans the whole table.
 */
export const takeTogetherStatement = (asks: readonly Allowance[], now: Date): SQL =>
  statement(
    asks,
    now,
    sql`not exists (
      select from asks as other
      where (
        select known.until > ${now.toISOString()}::timestamptz and known.count >= other.most
        from limits as known
        where known.hash = decode(other.hash, 'hex') and known."window" = other.name))`,
  )

function statement(asks: readonly Allowance[], now: Date, condition: SQL): SQL {
  const rows = asks.map(({ hash, window }) => ({
    hash: hexOf(hash),
    name: window.name,
    most: window.most,
    until: new Date(now.getTime() + window.seconds * 1000).toISOString(),
  }))
  const most = JSON.stringify(Object.fromEntries(asks.map(({ window }) => [window.name, window.most])))
  const at = now.toISOString()
  return sql`
    with asks as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as ask (hash text, name text, most int, until timestamptz)
    )
    insert into limits as l (hash, "window", count, until)
    select decode(ask.hash, 'hex'), ask.name, 1, ask.until
    from asks as ask
    where ask.most > 0 and ${condition}
    order by 1, 2
    on conflict (hash, "window") do update set
      count = case when l.until <= ${at}::timestamptz then 1 else l.count + 1 end,
      until = case when l.until <= ${at}::timestamptz then excluded.until else l.until end
    where l.until <= ${at}::timestamptz
      or l.count < (${most}::jsonb ->> excluded."window")::int
    returning l.hash, l."window"`
}

/** Whether each allowance, in the order given, still had one. */
export async function takeAllowances(
  db: Executor,
  asks: readonly Allowance[],
  now: Date,
): Promise<readonly boolean[]> {
  if (asks.length === 0) return []
  const rows = await readRows(db, takenRow, takeStatement(asks, now))
  const taken = new Set(rows.map((row) => `${hexOf(row.hash)} ${row.window}`))
  return asks.map((ask) => taken.has(`${hexOf(ask.hash)} ${ask.window.name}`))
}

const takenRow = z.object({ hash: octets, window: z.string() })

/** Takes one from each allowance, or from none; returns null, or the seconds until each has one again. */
export async function takeTogether(
  db: Executor,
  asks: readonly Allowance[],
  now: Date,
): Promise<number | null> {
  if (asks.length === 0) return null
  const taken = await db.execute(takeTogetherStatement(asks, now))
  return taken.length === asks.length ? null : secondsToWait(db, asks, now)
}

/** Seconds until the last used-up window begins anew; at least one. */
export async function secondsToWait(db: Executor, asks: readonly Allowance[], now: Date): Promise<number> {
  const rows = asks.map(({ hash, window }) => ({ hash: hexOf(hash), name: window.name, most: window.most }))
  const at = now.toISOString()
  const row = await readRow(
    db,
    waitRow,
    sql`
      select ceil(extract(epoch from max(full_until) - ${at}::timestamptz))::int as seconds
      from (
        select (
          select known.until from limits as known
          where known.hash = decode(ask.hash, 'hex') and known."window" = ask.name and known.count >= ask.most
        ) as full_until
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as ask (hash text, name text, most int)
      ) as asked`,
  )
  return Math.max(1, row?.seconds ?? 1)
}

const waitRow = z.object({ seconds: whole.nullable() })

/** Adds to a count that limits nothing. A window begins with its first count. */
export async function addToCount(
  db: Executor,
  counted: { hash: Uint8Array; name: string; times: number; seconds: number },
  now: Date,
): Promise<void> {
  const at = now.toISOString()
  const until = new Date(now.getTime() + counted.seconds * 1000).toISOString()
  await db.execute(sql`
    insert into limits as l (hash, "window", count, until)
    values (decode(${hexOf(counted.hash)}, 'hex'), ${counted.name}, ${counted.times}::int, ${until}::timestamptz)
    on conflict (hash, "window") do update set
      count = case
        when l.until <= ${at}::timestamptz then excluded.count
        else least(l.count::bigint + excluded.count, 1000000000)::int
      end,
      until = case when l.until <= ${at}::timestamptz then excluded.until else l.until end`)
}

/** The counts of a hash whose windows are not over. */
export const countsOf = (db: Executor, hash: Uint8Array, now: Date) =>
  readRows(
    db,
    countRow,
    sql`
      select "window", count, until from limits
      where hash = decode(${hexOf(hash)}, 'hex') and until > ${now.toISOString()}::timestamptz
      order by "window"`,
  )

const countRow = z.object({ window: z.string(), count: whole, until: moment })

/** Deletes windows that are over. */
export const dropPastLimits = async (db: Executor, now: Date): Promise<void> => {
  await db.delete(limits).where(sql`${limits.until} < ${now.toISOString()}::timestamptz`)
}

/** Deletes one count, when the counted act turned out to be legitimate. */
export const forgetAllowance = async (db: Executor, hash: Uint8Array, window: string): Promise<void> => {
  await db.delete(limits).where(and(eq(limits.hash, hash), eq(limits.window, window)))
}
