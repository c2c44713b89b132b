// shell · a deployment-wide setting by name, saved with its audit row
import { sql } from 'drizzle-orm'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import type { Tx } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import { settings } from './tables.ts'

/** Audit row: verb `settings.<name>`, subject kind `settings`. */
export async function saveSetting(
  deps: Deps,
  actor: Actor,
  { name, value }: { name: string; value: unknown },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const set = { value, updatedAt: deps.clock() }
    await tx
      .insert(settings)
      .values({ name, ...set })
      .onConflictDoUpdate({ target: settings.name, set })
    await recordAct(deps, tx, { actor, verb: `settings.${name}`, subject: { kind: 'settings', id: name } })
  })
}

/** What the deployment noticed by itself: an act of nobody, so no audit row. Unchanged, it is written once a day at most. */
export async function saveObservation(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  { name, value }: { name: string; value: object },
): Promise<void> {
  await db.execute(sql`
    insert into settings as s (name, value, updated_at)
    values (${name}, ${JSON.stringify(value)}::jsonb, ${clock().toISOString()}::timestamptz)
    on conflict (name) do update
    set value = excluded.value, updated_at = excluded.updated_at
    where s.value is distinct from excluded.value or s.updated_at < excluded.updated_at - interval '1 day'`)
}

/**
 * The deployment's time zone from the browser of its first owner: sending rules (setting `sending`) without any rule. Does
 * nothing where rules are saved, or where the database does not know the zone.
 */
export async function saveFirstZone(deps: Deps, tx: Tx, timezone: string): Promise<void> {
  const value = JSON.stringify({ timezone, warm_up: null, caps: {}, quiet_hours: null })
  await tx.execute(sql`
    insert into settings (name, value, updated_at)
    select 'sending', ${value}::jsonb, ${deps.clock().toISOString()}::timestamptz
    where exists (select from pg_timezone_names where lower(name) = lower(${timezone}))
    on conflict (name) do nothing`)
}
