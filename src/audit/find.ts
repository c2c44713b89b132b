// sql · the audit log by page, newest first, filtered by actor, verb and subject
import { and, desc, eq, isNull, lt, or, sql } from 'drizzle-orm'
import type { Executor } from '../platform/database/database.ts'
import { auditLog } from './tables.ts'

export interface AuditedAct {
  /** The internal number; serves as a cursor. */
  readonly number: number
  readonly id: string
  readonly at: Date
  readonly actor: { readonly kind: string; readonly id: string | null }
  readonly verb: string
  readonly subject: { readonly kind: string; readonly id: string }
  readonly details: unknown
}

/** `actor`: an id, or the kind of an actor without one; `subject`: an id; `before`: number of the last act already seen. */
export async function pageOfActs(
  db: Executor,
  page: {
    limit: number
    before: number | null
    actor?: string | undefined
    verb?: string | undefined
    subject?: string | undefined
    /** Id of a person: what was done to them, and each page and search that showed them. */
    person?: string | undefined
  },
): Promise<readonly AuditedAct[]> {
  const { before, actor, verb, subject, person } = page
  return db
    .select({
      number: auditLog.id,
      id: auditLog.uid,
      at: auditLog.at,
      actor: { kind: auditLog.actorKind, id: auditLog.actorId },
      verb: auditLog.verb,
      subject: { kind: auditLog.subjectKind, id: auditLog.subjectId },
      details: auditLog.details,
    })
    .from(auditLog)
    .where(
      and(
        before === null ? undefined : lt(auditLog.id, before),
        actor === undefined
          ? undefined
          : or(eq(auditLog.actorId, actor), and(isNull(auditLog.actorId), eq(auditLog.actorKind, actor))),
        verb === undefined ? undefined : eq(auditLog.verb, verb),
        subject === undefined ? undefined : eq(auditLog.subjectId, subject),
        person === undefined ? undefined : about(person),
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(page.limit)
}

const about = (person: string) =>
  or(
    and(eq(auditLog.subjectKind, 'subscriber'), eq(auditLog.subjectId, person)),
    sql`${auditLog.details} ? 'people' and ${auditLog.details} -> 'people' @> ${JSON.stringify([person])}::jsonb`,
  )
