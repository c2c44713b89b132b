// shell · operators' sessions: begun by link or passkey; ended by sign-out, expiry or a change of role
import { and, eq, gt, inArray, isNull, lt, ne, or } from 'drizzle-orm'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import type { Tx } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import { base64urlOf, bytesOf } from '../platform/encoding/bytes.ts'
import { sha256 } from '../platform/encoding/jcs.ts'
import { deviceOf } from './device.ts'
import { findOperator } from './operators/find-operators.ts'
import type { Operator } from './operators/operator.ts'
import { readSession, signSession } from './session-token.ts'
import { operators, sessions } from './tables.ts'

export const sessionDays = 14
/** How long an ended session is still recognised. */
const sessionKeptDays = 30
/** Idle timeout. */
const idleHours = 12
const touchMinutes = 5

export interface Session {
  readonly id: string
  readonly operator: Operator
  readonly method: string
  readonly signedInAt: Date
}

/** Returns the cookie's value and expiry. */
export async function beginSession(
  deps: Deps,
  tx: Tx,
  who: { operator: string; method: 'link' | 'passkey'; userAgent: string },
): Promise<{ cookie: string; until: Date }> {
  const now = deps.clock()
  const until = new Date(now.getTime() + sessionDays * 86_400_000)
  const secret = base64urlOf(deps.randomBytes(32))
  const id = deps.ids()
  await tx.insert(sessions).values({
    id,
    hash: sha256(bytesOf(secret)),
    operator: who.operator,
    method: who.method,
    device: deviceOf(who.userAgent),
    createdAt: now,
    lastSeenAt: now,
    expiresAt: until,
  })
  await recordAct(deps, tx, {
    actor: { kind: 'operator', id: who.operator },
    verb: 'session.begin',
    subject: { kind: 'session', id },
    details: { method: who.method },
  })
  // Outlives the session, so that a form posted after its end can be kept.
  return {
    cookie: await signSession(deps.vault, { secret, operator: who.operator, from: now, until }),
    until: new Date(until.getTime() + sessionKeptDays * 86_400_000),
  }
}

/** Null if expired, ended, or the operator is disabled. */
export async function sessionOf(deps: Deps, cookie: string): Promise<Session | null> {
  const now = deps.clock()
  const token = await readSession(deps.vault, cookie, { now })
  if (token === null) return null
  const [row] = await deps.db
    .select({
      id: sessions.id,
      operator: sessions.operator,
      method: sessions.method,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
    })
    .from(sessions)
    .where(
      and(
        eq(sessions.hash, sha256(bytesOf(token.secret))),
        isNull(sessions.endedAt),
        gt(sessions.expiresAt, now),
        gt(sessions.lastSeenAt, new Date(now.getTime() - idleHours * 3_600_000)),
      ),
    )
  if (row === undefined || row.operator !== token.operator) return null
  const operator = await findOperator(deps, row.operator)
  if (operator === null || operator.disabledAt !== null) return null
  if (now.getTime() - row.lastSeenAt.getTime() > touchMinutes * 60_000)
    await deps.db.update(sessions).set({ lastSeenAt: now }).where(eq(sessions.id, row.id))
  return { id: row.id, operator, method: row.method, signedInAt: row.createdAt }
}

/**
 * The operator of a cookie's session, even after its end. Null if the session is unknown or the operator disabled. A cookie without
 * our signature costs no database query.
 */
export async function onceSignedIn(deps: Deps, cookie: string): Promise<string | null> {
  const token = await readSession(deps.vault, cookie, {
    now: deps.clock(),
    lateSeconds: sessionKeptDays * 86_400,
  })
  if (token === null) return null
  const [row] = await deps.db
    .select({ operator: sessions.operator })
    .from(sessions)
    .innerJoin(operators, eq(operators.id, sessions.operator))
    .where(
      and(
        eq(sessions.hash, sha256(bytesOf(token.secret))),
        eq(sessions.operator, token.operator),
        isNull(operators.disabledAt),
      ),
    )
  return row?.operator ?? null
}

/** Returns whether the session was still active. */
export async function endSession(
  deps: Deps,
  actor: Actor,
  session: { id: string; operator: string },
): Promise<boolean> {
  return deps.db.transaction(async (tx) => {
    const ended = await tx
      .update(sessions)
      .set({ endedAt: deps.clock() })
      .where(
        and(eq(sessions.id, session.id), eq(sessions.operator, session.operator), isNull(sessions.endedAt)),
      )
      .returning({ id: sessions.id })
    if (ended.length > 0)
      await recordAct(deps, tx, { actor, verb: 'session.end', subject: { kind: 'session', id: session.id } })
    return ended.length > 0
  })
}

/** Ends every session but this one; audited only if another was active. */
export async function endOtherSessions(deps: Deps, session: Session): Promise<void> {
  const { id } = session.operator
  await deps.db.transaction(async (tx) => {
    if ((await endSessionsOf(deps, tx, { operator: id, except: session.id })) === 0) return
    await recordAct(deps, tx, {
      actor: { kind: 'operator', id },
      verb: 'session.end_others',
      subject: { kind: 'operator', id },
    })
  })
}

/** Ends an operator's sessions but `except`, in the caller's transaction; returns how many. */
export async function endSessionsOf(
  deps: Deps,
  tx: Tx,
  which: { operator: string; except?: string },
): Promise<number> {
  const ended = await tx
    .update(sessions)
    .set({ endedAt: deps.clock() })
    .where(
      and(
        eq(sessions.operator, which.operator),
        isNull(sessions.endedAt),
        which.except === undefined ? undefined : ne(sessions.id, which.except),
      ),
    )
    .returning({ id: sessions.id })
  return ended.length
}

const maxDrop = 1000

/** The acts of deleted sessions stay in the audit log. */
export async function dropPastSessions(deps: Deps): Promise<void> {
  const before = new Date(deps.clock().getTime() - sessionKeptDays * 86_400_000)
  const past = deps.db
    .select({ id: sessions.id })
    .from(sessions)
    .where(or(lt(sessions.expiresAt, before), lt(sessions.endedAt, before)))
    .limit(maxDrop)
  await deps.db.delete(sessions).where(inArray(sessions.id, past))
}
