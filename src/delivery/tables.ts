// table · who gets what: frozen recipients, the batches that carry them, single marketing messages
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { campaigns } from '../campaigns/tables.ts'
import { subscriptions } from '../consent/tables.ts'
import { moment } from '../platform/database/columns.ts'

/** Written once, when the audience is frozen; the gate lets in only those with a live grant. */
export const recipients = pgTable(
  'recipients',
  {
    campaign: bigint({ mode: 'number' }).notNull(),
    batchNo: integer('batch_no').notNull(),
    subscriber: bigint({ mode: 'number' }).notNull(),
    consentSeq: integer('consent_seq').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.campaign, t.batchNo, t.subscriber] }),
    unique('recipients_once').on(t.subscriber, t.campaign),
  ],
)

/**
 * Up to 100 recipients under one idempotency key. Its members are its recipients in subscriber order; an attempt is the
 * members less the first n skips, so `open_attempts` holds that n for each attempt that may have been accepted.
 */
export const batches = pgTable(
  'batches',
  {
    campaign: bigint({ mode: 'number' })
      .notNull()
      .references(() => campaigns.number),
    batchNo: integer('batch_no').notNull(),
    /** Those who share what they wait for, see `lanes`; 0: nothing but the rules of the whole house. */
    lane: integer().notNull().default(0),
    size: integer().notNull(),
    /** Where its mails are too heavy for one request: how many places each part has, from the first part posted on. */
    partSize: integer('part_size'),
    state: text().notNull().default('queued'),
    attempt: integer().notNull().default(0),
    leaseUntil: moment('lease_until'),
    holder: text(),
    firstAttemptAt: moment('first_attempt_at'),
    /** When its people were counted into what may be sent in an hour or a day; null where nothing is limited. */
    countedAt: moment('counted_at'),
    idempotencyKey: uuid('idempotency_key').notNull().default(sql`gen_random_uuid()`),
    /** [[subscriber, reason], …] in the order they left; once out, out. */
    skips: jsonb().notNull().default(sql`'[]'::jsonb`),
    openAttempts: integer('open_attempts').array().notNull().default(sql`'{}'::integer[]`),
    /** [[subscriber, reason], …]: refused one by one by the provider. */
    rejects: jsonb().notNull().default(sql`'[]'::jsonb`),
    unknowns: bigint({ mode: 'number' }).array().notNull().default(sql`'{}'::bigint[]`),
    /** Everyone of the batch who did not get it, or may not have: skipped, rejected, unknown. */
    leftOut: bigint('left_out', { mode: 'number' }).array().notNull().default(sql`'{}'::bigint[]`),
    providerIds: uuid('provider_ids').array(),
    /** Accepted by an attempt whose answer never came. */
    inferred: boolean().notNull().default(false),
    sentAt: moment('sent_at'),
  },
  (t) => [
    primaryKey({ columns: [t.campaign, t.batchNo] }),
    check('batches_state', sql`${t.state} in ('queued', 'posting', 'sent', 'unknown')`),
    index('batches_due')
      .on(t.campaign, t.state, t.lane, t.batchNo)
      .where(sql`${t.state} in ('queued', 'posting')`),
  ],
)

/**
 * Batches whose mails are being made in this moment, by which process, and how many processes in a row ended with them in hand.
 * Unlogged, as its migration says: Drizzle knows no word for that.
 */
export const inHand = pgTable(
  'in_hand',
  {
    campaign: bigint({ mode: 'number' }).notNull(),
    batchNo: integer('batch_no').notNull(),
    /** Null while it rests after a death. */
    process: uuid(),
    deaths: integer().notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.campaign, t.batchNo] })],
)

/**
 * What some batches of a campaign wait for together: a mailbox provider whose people are sent so many an hour or a day, and a
 * time of day by the clock of their zone. A rule that holds back a lane is looked at once for all of its batches.
 */
export const lanes = pgTable(
  'lanes',
  {
    campaign: bigint({ mode: 'number' })
      .notNull()
      .references(() => campaigns.number),
    /** From 1. */
    lane: integer().notNull(),
    /** Null: whoever has no limit of their own. */
    mailbox: text(),
    /** IANA name; null: the zone of the house. */
    zone: text(),
    /** Where the campaign goes out at a time of everybody's own. */
    notBefore: moment('not_before'),
  },
  (t) => [primaryKey({ columns: [t.campaign, t.lane] })],
)

/** One marketing mail to one person outside a campaign; gated like recipients. */
export const messages = pgTable(
  'messages',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    subscription: bigint({ mode: 'number' })
      .notNull()
      .references(() => subscriptions.id),
    purpose: text().notNull(),
    kind: text().notNull(),
    state: text().notNull().default('queued'),
    createdAt: moment('created_at').notNull(),
    sentAt: moment('sent_at'),
  },
  (t) => [
    check('messages_kind', sql`${t.kind} in ('sequence')`),
    check('messages_state', sql`${t.state} in ('queued', 'posting', 'sent', 'rejected', 'unknown')`),
    index('messages_queued').on(t.subscription).where(sql`${t.state} = 'queued'`),
  ],
)
