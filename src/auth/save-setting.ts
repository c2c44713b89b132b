// shell · keeps what holds for the whole deployment, by name, with the audit row beside it
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import type { Deps } from '../platform/deps.ts'
import { settings } from './tables.ts'

/** In the audit log it is `settings.<name>`, to `settings` of that name. */
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
