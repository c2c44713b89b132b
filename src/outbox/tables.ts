// table · queued service mail: a kind, an id and a language, never free text
import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { feedbackColumns } from '../mail/feedback-columns.ts'
import { moment, octets } from '../platform/database/columns.ts'

export const serviceMails = pgTable(
  'service_mails',
  {
    id: uuid().primaryKey(),
    kind: text().notNull(),
    /** The sign-up, or the sign-in link, of the mail. */
    request: uuid(),
    subscription: bigint({ mode: 'number' }),
    locale: text().notNull(),
    createdAt: moment('created_at').notNull(),
    state: text().notNull().default('queued'),
    attempt: integer().notNull().default(0),
    leaseUntil: moment('lease_until'),
    holder: text(),
    /** The key and the position of mails handed over together, so that a repeat is the same request. */
    batch: uuid(),
    position: integer(),
    firstAttemptAt: moment('first_attempt_at'),
    sentAt: moment('sent_at'),
    providerId: text('provider_id'),
    /** SHA-256 of the wire form, which the evidence cites. */
    bodyHash: octets('body_hash'),
    problem: text(),
    ...feedbackColumns(),
  },
  (t) => [
    check(
      'service_mails_kind',
      sql`${t.kind} in ('confirmation', 'already_subscribed', 'sign_in', 'invitation')`,
    ),
    check(
      'service_mails_state',
      sql`${t.state} in ('queued', 'posting', 'sent', 'dropped', 'rejected', 'unknown')`,
    ),
    check(
      'service_mails_about',
      sql`(${t.kind} = 'already_subscribed') = (${t.subscription} is not null) and (${t.kind} <> 'already_subscribed') = (${t.request} is not null)`,
    ),
    index('service_mails_due').on(t.createdAt).where(sql`${t.state} in ('queued', 'posting')`),
    index('service_mails_request').on(t.request),
  ],
)
