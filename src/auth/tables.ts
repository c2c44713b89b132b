// table · keys that programs sign in with, hashed at rest

import { sql } from 'drizzle-orm'
import { check, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { moment, octets } from '../platform/columns.ts'

export const apiKeys = pgTable(
  'api_keys',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    role: text().notNull(),
    hash: octets().notNull().unique(),
    createdAt: moment('created_at').notNull(),
    revokedAt: moment('revoked_at'),
  },
  (t) => [check('api_keys_role', sql`${t.role} in ('owner', 'editor', 'sender', 'analyst', 'auditor')`)],
)
