// table · mails of the mailbox mailer, sealed; handovers of the SMTP mailer
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
 * SMTP has no idempotency keys, so a row is kept from before a mail's text is sent until a week later, named by a digest of key and
 * tag. `handing_over` past `until` is unknown: the mail may have been accepted and is never tried again.
 */
export const smtpHandovers = pgTable(
  'smtp_handovers',
  {
    mail: uuid().primaryKey(),
    state: text().notNull(),
    /** The server's words on refusal or deferral. */
    reason: text(),
    /** First handover, refusal or deferral. */
    since: moment().notNull(),
    /** End of the claim, or the next try of a deferred mail. */
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
