// table · operators, their sessions, links and passkeys; API keys. Secrets are stored as hashes
import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { moment, octets } from '../platform/database/columns.ts'

const roleCheck = (column: unknown) => sql`${column} in ('owner', 'editor', 'sender', 'analyst', 'auditor')`

export const apiKeys = pgTable(
  'api_keys',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    role: text().notNull(),
    /** List numbers; null: every list. */
    lists: bigint({ mode: 'number' }).array(),
    hash: octets().notNull().unique(),
    /** Null: made on the server, or by another key. */
    maker: uuid().references(() => operators.id),
    createdAt: moment('created_at').notNull(),
    /** Null: never. */
    expiresAt: moment('expires_at'),
    revokedAt: moment('revoked_at'),
  },
  (t) => [
    check('api_keys_role', roleCheck(t.role)),
    check('api_keys_owner', sql`${t.role} <> 'owner' or ${t.lists} is null`),
    index('api_keys_maker').on(t.maker).where(sql`${t.revokedAt} is null`),
  ],
)

export const operators = pgTable(
  'operators',
  {
    id: uuid().primaryKey(),
    addressIndex: octets('address_index').notNull().unique(),
    /** Address and name are sealed like a subscriber's fields. */
    address: octets().notNull(),
    name: octets().notNull(),
    role: text().notNull(),
    /** List numbers; null: every list. */
    lists: bigint({ mode: 'number' }).array(),
    /** IANA name, for times on screens. */
    timezone: text().notNull().default('UTC'),
    createdAt: moment('created_at').notNull(),
    /** First sign-in; null while the invitation is pending. */
    joinedAt: moment('joined_at'),
    disabledAt: moment('disabled_at'),
  },
  (t) => [check('operators_role', roleCheck(t.role))],
)

export const sessions = pgTable(
  'sessions',
  {
    id: uuid().primaryKey(),
    /** SHA-256 of the secret in the cookie. */
    hash: octets().notNull().unique(),
    operator: uuid()
      .notNull()
      .references(() => operators.id),
    method: text().notNull(),
    /** "Firefox on Linux"; the full user agent is not stored. */
    device: text().notNull(),
    createdAt: moment('created_at').notNull(),
    lastSeenAt: moment('last_seen_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
    endedAt: moment('ended_at'),
  },
  (t) => [
    check('sessions_method', sql`${t.method} in ('link', 'passkey')`),
    index('sessions_operator').on(t.operator).where(sql`${t.endedAt} is null`),
  ],
)

/** Single use. The token is a MAC over the id, so the row opens nothing. */
export const signInLinks = pgTable(
  'sign_in_links',
  {
    id: uuid().primaryKey(),
    kind: text().notNull(),
    /** Null only for the first-start link: no operator exists yet. */
    operator: uuid().references(() => operators.id),
    /** SHA-256 of the secret in the cookie of the browser that asked; null: opens in any browser. */
    browser: octets(),
    /** Whether nobody but the operator can have asked: requests of strangers do not end it. */
    known: boolean().notNull().default(false),
    createdAt: moment('created_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
    usedAt: moment('used_at'),
  },
  (t) => [
    check('sign_in_links_kind', sql`${t.kind} in ('first_owner', 'sign_in', 'invitation')`),
    check('sign_in_links_operator', sql`(${t.kind} = 'first_owner') = (${t.operator} is null)`),
    index('sign_in_links_operator').on(t.operator),
  ],
)

export const passkeys = pgTable(
  'passkeys',
  {
    /** The credential id, base64url. */
    id: text().primaryKey(),
    operator: uuid()
      .notNull()
      .references(() => operators.id),
    name: text().notNull(),
    publicKey: text('public_key').notNull(),
    algorithm: text().notNull(),
    transports: text().array().notNull(),
    /** The authenticator's signature counter; a falling count reveals a copied key. */
    counter: bigint({ mode: 'number' }).notNull(),
    synced: boolean().notNull(),
    createdAt: moment('created_at').notNull(),
    lastUsedAt: moment('last_used_at'),
  },
  (t) => [index('passkeys_operator').on(t.operator)],
)

/** Forms posted after a session expired, shown again only to their operator in the browser with the cookie. */
export const keptForms = pgTable('kept_forms', {
  /** 128 random bits: the cookie's value. */
  id: uuid().primaryKey(),
  operator: uuid()
    .notNull()
    .references(() => operators.id),
  sealed: octets().notNull(),
  expiresAt: moment('expires_at').notNull(),
})

/** Deployment-wide; `sender` is the sender of mails to operators. */
export const settings = pgTable('settings', {
  name: text().primaryKey(),
  value: jsonb().notNull(),
  updatedAt: moment('updated_at').notNull(),
})
