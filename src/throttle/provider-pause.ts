// shell · why the provider takes nothing at the moment, and until when
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { readRow } from '../platform/database/rows.ts'
import { moment } from '../platform/database/values.ts'
import type { Deps, PauseReason } from '../platform/deps.ts'

export const pauseReasons = [
  'rate',
  'daily_quota',
  'monthly_quota',
  'no_answer',
] as const satisfies readonly PauseReason[]

export interface ProviderPause {
  readonly reason: PauseReason
  readonly until: Date
}

/** Whatever a provider says, it is asked again after a day: nothing stands still for years by a header. */
const longestSeconds = 86_400

/**
 * Nothing is due until then; who waits for a slot finds nothing to claim. Any reason but the usual one stands in a row of its
 * own beside that of the provider, which hands out the slots.
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

/** Somebody says that it may take requests again: it is asked at once, and closed anew where it does not. */
export async function resumeProvider({ db, mailer: { name } }: Pick<Deps, 'db' | 'mailer'>): Promise<void> {
  await db.execute(sql`
    update pace set closed_until = null where provider = ${name} or starts_with(provider, ${`${name} `})`)
}

const pauseRow = z.object({ reason: z.enum(pauseReasons).catch('rate'), until: moment })

/** Null where it takes requests now. */
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
      order by closed_until desc, provider desc
      limit 1`,
  )
  return row ?? null
}
