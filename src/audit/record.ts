// shell · records an act of an operator, a key or the system, in the transaction of the act itself
import type { Executor } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import type { Json } from '../platform/encoding/jcs.ts'
import type { Actor } from './actor.ts'
import { auditLog } from './tables.ts'

/** `details` hold ids, counts and reasons; never an address, a name of a person or a token. */
export async function recordAct(
  deps: Pick<Deps, 'clock' | 'ids'>,
  tx: Executor,
  act: {
    actor: Actor
    verb: string
    subject: { kind: string; id: string }
    details?: Readonly<Record<string, Json>>
  },
): Promise<void> {
  await tx.insert(auditLog).values({
    uid: deps.ids(),
    at: deps.clock(),
    actorKind: act.actor.kind,
    actorId: 'id' in act.actor ? act.actor.id : null,
    verb: act.verb,
    subjectKind: act.subject.kind,
    subjectId: act.subject.id,
    details: act.details ?? {},
  })
}
