// table · frozen recipients, the batches that carry them, single marketing messages
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

/** Written once, at the freeze; the gate refuses anyone without a live grant. */
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
 * Up to 100 recipients under one idempotency key. Members are the recipients in subscriber order; an attempt is the members
 * less the first n skips, so `open_attempts` holds that n for each attempt that may have been accepted.
 */
export const batches = pgTable(
  'batches',
  {
    campaign: bigint({ mode: 'number' })
      .notNull()
      .references(() => campaigns.number),
    batchNo: integer('batch_no').notNull(),
    /** The throttle group, see `lanes`; 0: only rules for the whole deployment apply. */
    lane: integer().notNull().default(0),
    size: integer().notNull(),
    /** Places per part of a batch that is too heavy for one request; set before the first part is posted. */
    partSize: integer('part_size'),
    state: text().notNull().default('queued'),
    attempt: integer().notNull().default(0),
    leaseUntil: moment('lease_until'),
    holder: text(),
    firstAttemptAt: moment('first_attempt_at'),
    /** When its recipients were counted against hourly and daily limits; null where nothing is limited. */
    countedAt: moment('counted_at'),
    idempotencyKey: uuid('idempotency_key').notNull().default(sql`gen_random_uuid()`),
    /** [[subscriber, reason], …] in the order of skipping; a skip is final. */
    skips: jsonb().notNull().default(sql`'[]'::jsonb`),
    openAttempts: integer('open_attempts').array().notNull().default(sql`'{}'::integer[]`),
    /** [[subscriber, reason], …]: refused one by one by the provider. */
    rejects: jsonb().notNull().default(sql`'[]'::jsonb`),
    unknowns: bigint({ mode: 'number' }).array().notNull().default(sql`'{}'::bigint[]`),
    /** All members who were not sent the mail, or may not have been: skipped, rejected, unknown. */
    leftOut: bigint('left_out', { mode: 'number' }).array().notNull().default(sql`'{}'::bigint[]`),
    providerIds: uuid('provider_ids').array(),
    /** Inferred as accepted: the answer to the accepted attempt never came. */
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
 * Batches being rendered now, by which process, and how many processes in a row ended with them in hand. Unlogged, as its
 * migration says: Drizzle cannot express that.
 */
export const inHand = pgTable(
  'in_hand',
  {
    campaign: bigint({ mode: 'number' }).notNull(),
    batchNo: integer('batch_no').notNull(),
    /** Null while the batch rests after a death. */
    process: uuid(),
    deaths: integer().notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.campaign, t.batchNo] })],
)

/**
 * Throttle groups: batches of a campaign that share a mailbox provider's hourly or daily limit, and a time of day in their
 * zone. A rule that holds back a group is evaluated once for all of its batches.
 */
export const throttleGroups = pgTable(
  'lanes',
  {
    campaign: bigint({ mode: 'number' })
      .notNull()
      .references(() => campaigns.number),
    /** From 1. */
    lane: integer().notNull(),
    /** Null: mailbox providers without a limit of their own. */
    mailbox: text(),
    /** IANA name; null: the deployment's zone. */
    zone: text(),
    /** Set where the campaign goes out at a local time. */
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
