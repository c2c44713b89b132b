// shell · provider pauses: why the provider takes nothing now, and until when
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { readRow } from '../platform/database/rows.ts'
import { moment, whole } from '../platform/database/values.ts'
import type { Deps, PauseReason } from '../platform/deps.ts'

export const pauseReasons = [
  'rate',
  'daily_quota',
  'monthly_quota',
  'no_answer',
  'server_busy',
] as const satisfies readonly PauseReason[]

export interface ProviderPause {
  readonly reason: PauseReason
  readonly until: Date
}

/** The longest pause, whatever the provider asks: after a day, requests resume, so that no header stops sending for years. */
const longestSeconds = 86_400

/**
 * Pauses the provider: nothing is due until then, and a worker waiting for a slot finds nothing to claim. Any reason other
 * than `rate` gets its own row, beside the provider's row, which hands out the slots.
 */
export async function pauseProvider(
  { db, mailer: { name } }: Pick<Deps, 'db' | 'mailer'>,
  { reason = 'rate', retryAfterSeconds }: { reason?: PauseReason; retryAfterSeconds: number },
): Promise<void> {
  const rows = reason === 'rate' ? [name] : [name, `${name} ${reason}`]
  await db.execute(sql`
    insert into pace as p (provider, next_slot_at, closed_until)
    select row, now(), now() + ${Math.min(retryAfterSeconds, longestSeconds)} * interval '1 second'
    from jsonb_array_elements_text(${JSON.stringify(rows)}::jsonb) as row
    on conflict (provider) do update set
      closed_until = greatest(p.closed_until, excluded.closed_until)`)
}

/** Ends the pause on an operator's word: the next request goes out at once, and pauses the provider again if refused. */
export async function resumeProvider({ db, mailer: { name } }: Pick<Deps, 'db' | 'mailer'>): Promise<void> {
  await db.execute(sql`
    update pace set closed_until = null where provider = ${name} or starts_with(provider, ${`${name} `})`)
}

const pauseRow = z.object({ reason: z.enum(pauseReasons).catch('rate'), until: moment })

/** The current pause; null where the provider takes requests. */
export async function pauseOfProvider({
  db,
  mailer: { name },
}: Pick<Deps, 'db' | 'mailer'>): Promise<ProviderPause | null> {
  const row = await readRow(
    db,
    pauseRow,
    sql`
      select substr(provider, length(${name}::text) + 2) as reason, closed_until as until
      from pace
      where (provider = ${name} or starts_with(provider, ${`${name} `})) and closed_until > now()
        and provider <> ${linesRow(name)}
      order by closed_until desc, provider desc
      limit 1`,
  )
  return row ?? null
}

const linesRow = (name: string): string => `${name} lines`

/** The mail server allows so many connections at once, fewer than would be used; known for `seconds`. */
export async function noteAllowedLines(
  { db, mailer: { name } }: { db: Deps['db']; mailer: Pick<Deps['mailer'], 'name'> },
  { lines, seconds }: { lines: number; seconds: number },
): Promise<void> {
  await db.execute(sql`
    insert into pace as p (provider, next_slot_at, closed_until, slots)
    values (${linesRow(name)}, now(), now() + ${seconds} * interval '1 second', ${lines})
    on conflict (provider) do update set
      closed_until = excluded.closed_until,
      slots = case when p.closed_until > now() then least(p.slots, excluded.slots) else excluded.slots end`)
}

const allowedRow = z.object({ slots: whole })

/** Null where no limit is known now. */
export async function allowedLines({
  db,
  mailer: { name },
}: Pick<Deps, 'db' | 'mailer'>): Promise<number | null> {
  const row = await readRow(
    db,
    allowedRow,
    sql`select slots from pace where provider = ${linesRow(name)} and closed_until > now()`,
  )
  return row?.slots ?? null
}
