// table · the mailbox mailer's own box: what would have been sent, sealed
import { bigint, integer, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { moment, octets } from '../platform/columns.ts'

export const mailbox = pgTable(
  'mailbox',
  {
    number: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    id: uuid().notNull().unique(),
    idempotencyKey: text('idempotency_key').notNull(),
    position: integer().notNull(),
    sealed: octets().notNull(),
    at: moment().notNull(),
  },
  (t) => [unique('mailbox_once').on(t.idempotencyKey, t.position)],
)
