// table · the mailbox mailer's own box: what would have been sent, sealed; and what the SMTP mailer did with each mail
import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { moment, octets } from '../platform/database/columns.ts'

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

/**
 * SMTP remembers no keys, so the mailer does: a row from before a mail's text is sent until a week after. Names are digests of
 * key and tag. `handing_over` past its `until` is unknown: it may have been accepted, and is never tried again.
 */
export const smtpHandovers = pgTable(
  'smtp_handovers',
  {
    mail: uuid().primaryKey(),
    state: text().notNull(),
    /** What the server said when it refused or put off. */
    reason: text(),
    /** When it was first handed over, refused or put off. */
    since: moment().notNull(),
    /** Until when the one who is handing it over may be at it; when one that was put off may be tried again. */
    until: moment(),
  },
  (t) => [
    check(
      'smtp_handovers_state',
      sql`${t.state} in ('handing_over', 'accepted', 'refused', 'deferred', 'unknown')`,
    ),
    index('smtp_handovers_since').on(t.since),
  ],
)
