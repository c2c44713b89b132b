// shell · a deployment-wide setting by name, saved with its audit row
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
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
