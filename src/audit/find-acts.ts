// sql · recorded acts on one subject, in order
import { and, asc, eq } from 'drizzle-orm'
import type { Executor } from '../platform/database/database.ts'
import { auditLog } from './tables.ts'

export interface DoneAct {
  readonly at: Date
  readonly actorKind: string
  readonly actorId: string | null
  readonly verb: string
}

/** The first `most` acts on a subject, oldest first. */
export const actsOn = (
  db: Executor,
  subject: { kind: string; id: string },
  most: number,
): Promise<readonly DoneAct[]> =>
  db
    .select({
      at: auditLog.at,
      actorKind: auditLog.actorKind,
      actorId: auditLog.actorId,
      verb: auditLog.verb,
    })
    .from(auditLog)
    .where(and(eq(auditLog.subjectKind, subject.kind), eq(auditLog.subjectId, subject.id)))
    .orderBy(asc(auditLog.id))
    .limit(most)
