// sql · operators by id, by address, or all; active sessions, and passkeys
import { and, asc, desc, eq, gt, isNull } from 'drizzle-orm'
import type { Executor } from '../../platform/database/database.ts'
import { openField } from '../../platform/vault/fields.ts'
import { addressIndex } from '../../platform/vault/indexes.ts'
import type { Vault } from '../../platform/vault/keys.ts'
import { operators, passkeys, sessions } from '../tables.ts'
import { type Operator, roleOf } from './operator.ts'

type Row = typeof operators.$inferSelect

function operatorOf(vault: Vault, row: Row): Operator | null {
  const role = roleOf(row.role)
  const name = openField(vault, { uid: row.id, field: 'name' }, row.name)
  const email = openField(vault, { uid: row.id, field: 'address' }, row.address)
  if (role === null || name === null || email === null) return null
  const { id, lists, timezone, joinedAt, disabledAt } = row
  return { id, name, email, role, lists, timezone, joinedAt, disabledAt }
}

export async function findOperator(at: { db: Executor; vault: Vault }, id: string): Promise<Operator | null> {
  const [row] = await at.db.select().from(operators).where(eq(operators.id, id))
  return row === undefined ? null : operatorOf(at.vault, row)
}

/** By canonical address, disabled and invited operators included. */
export async function findOperatorByAddress(
  at: { db: Executor; vault: Vault },
  canonical: string,
): Promise<Operator | null> {
  const index = addressIndex(at.vault, canonical)
  const [row] = await at.db.select().from(operators).where(eq(operators.addressIndex, index))
  return row === undefined ? null : operatorOf(at.vault, row)
}

/** In the order of their invitations. */
export async function allOperators(at: { db: Executor; vault: Vault }): Promise<readonly Operator[]> {
  const rows = await at.db.select().from(operators).orderBy(asc(operators.createdAt), asc(operators.id))
  return rows.flatMap((row) => operatorOf(at.vault, row) ?? [])
}

export async function isAnyOwner(db: Executor): Promise<boolean> {
  const rows = await db
    .select({ id: operators.id })
    .from(operators)
    .where(eq(operators.role, 'owner'))
    .limit(1)
  return rows.length > 0
}

export interface SessionRow {
  readonly id: string
  readonly method: string
  readonly device: string
  readonly createdAt: Date
  readonly lastSeenAt: Date
}

/** Active sessions, most recently used first. */
export const sessionsOf = (db: Executor, operator: string, now: Date): Promise<readonly SessionRow[]> =>
  db
    .select({
      id: sessions.id,
      method: sessions.method,
      device: sessions.device,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
    })
    .from(sessions)
    .where(and(eq(sessions.operator, operator), isNull(sessions.endedAt), gt(sessions.expiresAt, now)))
    .orderBy(desc(sessions.lastSeenAt))

export interface PasskeyRow {
  readonly id: string
  readonly name: string
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly synced: boolean
}

export const passkeysOf = (db: Executor, operator: string): Promise<readonly PasskeyRow[]> =>
  db
    .select({
      id: passkeys.id,
      name: passkeys.name,
      createdAt: passkeys.createdAt,
      lastUsedAt: passkeys.lastUsedAt,
      synced: passkeys.synced,
    })
    .from(passkeys)
    .where(eq(passkeys.operator, operator))
    .orderBy(asc(passkeys.createdAt))
