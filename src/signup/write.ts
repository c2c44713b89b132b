// shell · sealed sign-ups become rows: those of one moment by one INSERT, each answered when its own is committed. I4

import type { Database } from '../platform/database/database.ts'
import { batchWrites } from '../platform/database/group-commit.ts'
import { hexOf } from '../platform/encoding/bytes.ts'
import { perObject } from '../platform/memory/per-object.ts'

/** Moments as RFC 3339 texts. */
export interface SealedSignup {
  readonly id: string
  readonly list: number
  readonly locale: string
  readonly sealed: Uint8Array
  readonly createdAt: string
  readonly expiresAt: string
}

type Client = NonNullable<Database['$client']>

/**
 * A statement and its commit cost as much processor on either side for one row as for many: 16 at once, one by one, are 3,500
 * sign-ups a second; together, 7,000. With two groups under way one is filled while the other commits; more are only smaller.
 */
const ways = { maxGroups: 2, maxMembers: 64, patienceMs: 1000 }

/** One for each pool: in a worker a request has its own, and may not wait for what belongs to another. */
const writerOf = perObject((client: Client) =>
  batchWrites<SealedSignup>((group) => insertSignups(client, group), ways),
)

/** Resolves once the row is committed. */
export const writeSignup = (client: Client, one: SealedSignup): Promise<void> => writerOf(client)(one)

/** One text for any number, prepared by the driver: building and parsing it each time took a third of the request. */
const insertSignups = (client: Client, group: readonly SealedSignup[]) => client`
  insert into signup_requests (id, list, locale, sealed, created_at, expires_at)
  select * from json_to_recordset(${JSON.stringify(group.map(rowOf))}::json)
    as one (id uuid, list bigint, locale text, sealed bytea, created_at timestamptz, expires_at timestamptz)`

const rowOf = ({ createdAt, expiresAt, sealed, ...row }: SealedSignup) => ({
  ...row,
  sealed: `\\x${hexOf(sealed)}`,
  created_at: createdAt,
  expires_at: expiresAt,
})
