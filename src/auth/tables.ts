// table · who may come in: operators, their sessions, links and passkeys; keys for programs. Secrets are hashed at rest
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
    hash: octets().notNull().unique(),
    createdAt: moment('created_at').notNull(),
    revokedAt: moment('revoked_at'),
  },
  (t) => [check('api_keys_role', roleCheck(t.role))],
)

export const operators = pgTable(
  'operators',
  {
    id: uuid().primaryKey(),
    addressIndex: octets('address_index').notNull().unique(),
    /** Both sealed, as a subscriber's fields are. */
    address: octets().notNull(),
    name: octets().notNull(),
    role: text().notNull(),
    /** Numbers of the lists they see; null: all of them. */
    lists: bigint({ mode: 'number' }).array(),
    /** IANA name; times on their screens are theirs. */
    timezone: text().notNull().default('UTC'),
    createdAt: moment('created_at').notNull(),
    /** When they first came in; null while the invitation waits. */
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
    /** How they came in: a link or a passkey. */
    method: text().notNull(),
    /** "Firefox on Linux", never the whole user agent. */
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

/** A link acts once. The token is a MAC over the id: nothing here opens anything. */
export const signInLinks = pgTable(
  'sign_in_links',
  {
    id: uuid().primaryKey(),
    kind: text().notNull(),
    /** Null for the owner's link of the first start: there is no operator yet. */
    operator: uuid().references(() => operators.id),
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
    /** The authenticator's own count of signatures; one that falls is a copy. */
    counter: bigint({ mode: 'number' }).notNull(),
    synced: boolean().notNull(),
    createdAt: moment('created_at').notNull(),
    lastUsedAt: moment('last_used_at'),
  },
  (t) => [index('passkeys_operator').on(t.operator)],
)

/** What an operator was writing when their session ended, sealed; shown again to them in the browser that holds the cookie. */
export const keptForms = pgTable('kept_forms', {
  /** 128 bits of chance: the cookie's value. */
  id: uuid().primaryKey(),
  operator: uuid()
    .notNull()
    .references(() => operators.id),
  sealed: octets().notNull(),
  expiresAt: moment('expires_at').notNull(),
})

/** What holds for the whole deployment, by name: `sender` is who sign-in mails come from. */
export const settings = pgTable('settings', {
  name: text().primaryKey(),
  value: jsonb().notNull(),
  updatedAt: moment('updated_at').notNull(),
})
