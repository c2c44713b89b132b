// shell · whom mails to operators come from: what was set, else the sender of the first list, else this host
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import type { Deps } from '../platform/deps.ts'
import { line, mailAddress } from '../platform/form.ts'
import { settings } from './tables.ts'

export const senderInput = z.object({ name: line(100), email: mailAddress })
export type HouseSender = z.output<typeof senderInput>

const stored = z.object({ name: z.string(), email: z.string() })

/** `isSet` tells whether somebody chose it. */
export async function houseSender(
  deps: Pick<Deps, 'db' | 'config'>,
): Promise<HouseSender & { isSet: boolean }> {
  const [row] = await deps.db.execute<{ chosen: unknown; first: unknown }>(sql`
    select (select value from settings where name = 'sender') as chosen,
      (select settings -> 'sender' from lists order by number limit 1) as first`)
  const chosen = stored.safeParse(row?.chosen)
  if (chosen.success) return { ...chosen.data, isSet: true }
  const first = stored.safeParse(row?.first)
  const host = new URL(deps.config.publicUrl).hostname
  return { ...(first.success ? first.data : { name: 'Assent', email: `assent@${host}` }), isSet: false }
}

export async function setHouseSender(deps: Deps, actor: Actor, sender: HouseSender): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const set = { value: sender, updatedAt: deps.clock() }
    await tx
      .insert(settings)
      .values({ name: 'sender', ...set })
      .onConflictDoUpdate({ target: settings.name, set })
    await recordAct(deps, tx, { actor, verb: 'settings.sender', subject: { kind: 'settings', id: 'sender' } })
  })
}
