// shell · one row hands out slots to every worker: the provider's allowance, used evenly and never exceeded
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { readRow } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import type { Deps, Mailer } from '../platform/deps.ts'
import { isOriginal } from './restored-copy.ts'

/** The right to make one request. */
export interface Slot {
  /** Waits for the moment to make it: a little after the slot was handed over, so that there is time to claim and to render. */
  depart(): Promise<void>
}

/** Slots lie this much further apart than the limit says: so late may a request be before the next window counts it. */
const slack = 1.015
const longestLeadMs = 100
/** Slots are handed out for the next hour; who comes when that is full waits before taking one. */
const longestPatienceMs = 3_600_000
/**
 * Between a request and the one that has its place in the next window, however late the first one left: the next window opens
 * a little later for both. With five a second that leaves 5 ms of lateness that costs nothing, and 10 for the network.
 */
const windowMs = 1010
/**
 * A provider's window opens when the first request arrives, and after a rest that one has a connection to open. Without
 * this the sixth of five a second was 10 ms too early, each time.
 */
const connectMs = 250
const restSeconds = 4

/**
 * Takes the next slot and waits until it is near. Without a rate there is nothing to wait for. Requests leave on the slot
 * itself, however long claim and rendering took: when they left whenever those were done, a sender of five a second met one
 * to three 429 in its first four seconds.
 */
export async function waitForSlot(deps: Pick<Deps, 'db' | 'config' | 'mailer'>): Promise<Slot> {
  for (;;) {
    const slot = await waitForSlotWithin(deps, longestPatienceMs)
    if (!('waitSeconds' in slot)) return slot
    await pause(slot.waitSeconds * 1000)
  }
}

/** The same, but where the next slot lies further away than `patienceMs` none is taken: how long to stay away is answered. */
export async function waitForSlotWithin(
  deps: Pick<Deps, 'db' | 'config'> & { readonly mailer: Pick<Mailer, 'name' | 'pacesMails'> },
  patienceMs: number,
): Promise<Slot | { readonly waitSeconds: number }> {
  const { sendRate } = deps.config
  if (sendRate === 0 || deps.mailer.pacesMails === true) return { depart: () => Promise.resolve() }
  const stepMs = (1000 / sendRate) * slack
  const leadMs = Math.min(stepMs / 2, longestLeadMs)
  const reserved = await reserve(deps, { stepMs, leadMs, patienceMs })
  if (reserved === null) return { waitSeconds: await secondsToSlot(deps) }
  const { waitMs, number } = reserved
  const reached = pause(waitMs)
  await pause(waitMs - leadMs)
  return {
    depart: async () => {
      await reached
      await pause(await leave(deps, { number, rate: sendRate }))
    },
  }
}

/**
 * No slot lies as far ahead as this but where the clock of the database was put back meanwhile: then it is null, and nobody waits
 * for the clock to come there again.
 */
const believed = sql`
  case when p.next_slot_at < clock_timestamp() + ${longestPatienceMs + 60_000} * interval '1 millisecond' then p.next_slot_at end`

type Paced = Pick<Deps, 'db'> & { readonly mailer: Pick<Mailer, 'name'> }

/** Null where the next slot is further away than `patienceMs`. */
async function reserve(
  deps: Paced,
  { stepMs, leadMs, patienceMs }: { stepMs: number; leadMs: number; patienceMs: number },
): Promise<{ waitMs: number; number: number } | null> {
  const rested = sql`p.next_slot_at < now() - ${restSeconds} * interval '1 second'`
  const slotAt = sql`
    next_slot_at - ${milliseconds(stepMs)} - case when slots = 1 then ${milliseconds(connectMs)} else '0' end`
  const row = await readRow(
    deps.db,
    slotRow,
    sql`
      insert into pace as p (provider, next_slot_at, slots)
      values (${deps.mailer.name}, clock_timestamp() + ${milliseconds(leadMs + stepMs + connectMs)}, 1)
      on conflict (provider) do update set
        next_slot_at = greatest(${believed}, clock_timestamp() + ${milliseconds(leadMs)})
          + ${milliseconds(stepMs)} + case when ${rested} then ${milliseconds(connectMs)} else '0' end,
        slots = case when ${rested} then 1 else p.slots + 1 end
      where coalesce(${believed} <= clock_timestamp() + ${milliseconds(patienceMs)}, true)
      returning (extract(epoch from ${slotAt} - clock_timestamp()) * 1000)::float8 as wait,
        slots`,
  )
  return row === undefined ? null : { waitMs: row.wait, number: row.slots }
}

const slotRow = z.object({ wait: z.number(), slots: whole })

async function secondsToSlot(deps: Paced): Promise<number> {
  const row = await readRow(
    deps.db,
    secondsRow,
    sql`
      select extract(epoch from next_slot_at - clock_timestamp())::float8 as seconds
      from pace where provider = ${deps.mailer.name}`,
  )
  return row?.seconds ?? 0
}

const secondsRow = z.object({ seconds: z.number() })

/**
 * How many milliseconds to wait yet, so that no window of the provider's has one too many. Each place in a window has a row:
 * whoever had it last may have left late, after later slots were handed out, as a worker hands out ten. Slots to come keep
 * their distance from the latest, so that those who are late in the same second cost what one of them costs: when each moved
 * all others, 95 % of five a second were used on a busy machine. Not waited for on the disk: a crash may forget it.
 */
async function leave(deps: Paced, { number, rate }: { number: number; rate: number }): Promise<number> {
  const { name } = deps.mailer
  const row = await readRow(
    deps.db,
    waitRow,
    sql`
      with fast as materialized (select set_config('synchronous_commit', 'off', true)),
      gone as (
        insert into pace as p (provider, next_slot_at)
        select ${`${name} #${number % rate}`}, clock_timestamp() + ${milliseconds(windowMs)} from fast
        on conflict (provider) do update set
          next_slot_at = greatest(${believed}, clock_timestamp()) + ${milliseconds(windowMs)}
        returning next_slot_at - ${milliseconds(windowMs)} as at
      ), moved as (
        update pace set next_slot_at = gone.at + (slots + 1 - ${number}) * ${milliseconds(windowMs / rate)}
        from gone
        where provider = ${name} and next_slot_at < gone.at + (slots + 1 - ${number}) * ${milliseconds(windowMs / rate)}
      )
      select (extract(epoch from at - clock_timestamp()) * 1000)::float8 as wait from gone`,
  )
  return row?.wait ?? 0
}

const waitRow = z.object({ wait: z.number() })

/** A condition: whether anything may be handed over now: the provider takes requests, and this is no copy that must not send. */
export const isOpen = (provider: string): SQL => sql`
  not exists (select from pace as closed where closed.provider = ${provider} and closed.closed_until > now())
  and ${isOriginal}`

const milliseconds = (count: number): SQL => sql`(${count}::float8 * interval '1 millisecond')`

const pause = (waitMs: number): Promise<void> =>
  waitMs <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, waitMs))
