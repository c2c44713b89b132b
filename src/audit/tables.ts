// table · the audit log, append-only
import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../platform/database/columns.ts'

export const auditLog = pgTable(
  'audit_log',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    uid: uuid().notNull().unique(),
    at: moment().notNull(),
    actorKind: text('actor_kind').notNull(),
    actorId: text('actor_id'),
    verb: text().notNull(),
    /** By id; never an address. */
    subjectKind: text('subject_kind').notNull(),
    subjectId: text('subject_id').notNull(),
    details: jsonb().notNull().default(sql`'{}'::jsonb`),
  },
  (t) => [
    index('audit_log_subject').on(t.subjectKind, t.subjectId),
    // Whose data was read, and by whom: a person may ask. CJEU C-579/21
    index('audit_log_people')
      .using('gin', sql`(${t.details} -> 'people') jsonb_path_ops`)
      .where(sql`${t.details} ? 'people'`),
  ],
)
