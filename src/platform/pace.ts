// shell · one row hands out slots to every worker: the provider's allowance, used evenly and never exceeded
import { sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import type { Deps } from './deps.ts'

/** Takes the next slot and waits for it. Without a rate there is nothing to wait for. */
export async function takeSlot(deps: Pick<Deps, 'db' | 'config' | 'mailer'>): Promise<void> {
  if (deps.config.sendRate === 0) return
  const [row] = await deps.db.execute<{ wait: number }>(sql`
    insert into pace as p (provider, next_slot_at, slots)
    values (${deps.mailer.name}, clock_timestamp() + ${1 / deps.config.sendRate} * interval '1 second', 1)
    on conflict (provider) do update set
      next_slot_at = greatest(p.next_slot_at, clock_timestamp()) + ${1 / deps.config.sendRate} * interval '1 second',
      slots = p.slots + 1
    returning (extract(epoch from next_slot_at - clock_timestamp()) * 1000 - ${1000 / deps.config.sendRate})::float8 as wait`)
  const wait = row?.wait ?? 0
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
}

/** The provider said: not before. Everybody's next slot moves. */
export async function postponeSlots(db: Database, provider: string, seconds: number): Promise<void> {
  await db.execute(sql`
    insert into pace as p (provider, next_slot_at, slots)
    values (${provider}, clock_timestamp() + ${seconds} * interval '1 second', 0)
    on conflict (provider) do update set
      next_slot_at = greatest(p.next_slot_at, clock_timestamp() + ${seconds} * interval '1 second')`)
}
