// shell · records an act of an operator, a key or the system, in the transaction of the act itself
import { and, desc, eq } from 'drizzle-orm'
import type { Executor, Tx } from '../platform/database/database.ts'
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

/** Whether the newest row about a thing is this act of this actor, not older than so many minutes. */
export async function isLatestAct(
  { clock }: Pick<Deps, 'clock'>,
  tx: Tx,
  act: { actor: Actor; verb: string; subject: { kind: string; id: string } },
  minutes: number,
): Promise<boolean> {
  const [last] = await tx
    .select({ at: auditLog.at, verb: auditLog.verb, kind: auditLog.actorKind, id: auditLog.actorId })
    .from(auditLog)
    .where(and(eq(auditLog.subjectKind, act.subject.kind), eq(auditLog.subjectId, act.subject.id)))
    .orderBy(desc(auditLog.id))
    .limit(1)
  return (
    last !== undefined &&
    last.verb === act.verb &&
    last.kind === act.actor.kind &&
    last.id === ('id' in act.actor ? act.actor.id : null) &&
    clock().getTime() - last.at.getTime() < minutes * 60_000
  )
}
