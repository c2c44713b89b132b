// shell · operators: first owner, sign-in by link, invitations, role changes, disabling
import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import type { Actor } from '../../audit/actor.ts'
import { recordAct } from '../../audit/record.ts'
import type { Locale } from '../../i18n/locale.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import { DomainError, invalid, notFound } from '../../platform/errors.ts'
import { sealField } from '../../platform/vault/fields.ts'
import { addressIndex } from '../../platform/vault/indexes.ts'
import { revokeKeysOf } from '../keys.ts'
import type { Role } from '../roles.ts'
import { saveFirstZone } from '../save-setting.ts'
import { beginSession, endSessionsOf } from '../sessions.ts'
import { mailInvitation, takeLink } from '../sign-in/links.ts'
import { operators } from '../tables.ts'
import { findOperator, findOperatorByAddress, isAnyOwner } from './find-operators.ts'
import type { Operator, OperatorAddress } from './operator.ts'

interface NewOperator {
  readonly name: string
  readonly address: OperatorAddress
  readonly role: Role
  readonly lists: readonly number[] | null
}

export interface Entry {
  readonly operator: string
  readonly cookie: string
  readonly until: Date
}

/** Makes the holder of the first-start link the owner. Throws `conflict` if the link is used or an owner exists. */
export async function becomeFirstOwner(
  deps: Deps,
  input: {
    link: string
    name: string
    address: OperatorAddress
    userAgent: string
    /** The browser's: the operator's own, and the deployment's until somebody changes it. */
    timezone: string | null
  },
): Promise<Entry> {
  return deps.db.transaction(async (tx) => {
    // Of two concurrent requests, the second waits here.
    if (!(await takeLink(deps, tx, input.link)) || (await isAnyOwner(tx))) throw linkIsOver()
    const operator = await insertOperator(deps, tx, { ...input, role: 'owner', lists: null })
    if (operator === null) throw isThere()
    await tx
      .update(operators)
      .set({ joinedAt: deps.clock(), timezone: zoneOr(input.timezone) })
      .where(eq(operators.id, operator))
    if (input.timezone !== null) await saveFirstZone(deps, tx, input.timezone)
    await recordAct(deps, tx, {
      actor: { kind: 'operator', id: operator },
      verb: 'operator.first_owner',
      subject: { kind: 'operator', id: operator },
    })
    return {
      operator,
      ...(await beginSession(deps, tx, { operator, method: 'link', userAgent: input.userAgent })),
    }
  })
}

/** Signs in and uses up the link. Throws `conflict` if the link is used or expired. */
export async function enterByLink(
  deps: Deps,
  link: { id: string; operator: string; userAgent: string; timezone: string | null },
): Promise<Entry> {
  return deps.db.transaction(async (tx) => {
    if (!(await takeLink(deps, tx, link.id))) throw linkIsOver()
    await tx
      .update(operators)
      .set({ joinedAt: deps.clock(), timezone: zoneOr(link.timezone) })
      .where(and(eq(operators.id, link.operator), isNull(operators.joinedAt)))
    return {
      operator: link.operator,
      ...(await beginSession(deps, tx, {
        operator: link.operator,
        method: 'link',
        userAgent: link.userAgent,
      })),
    }
  })
}

/** The browser's zone, or the one that is there. */
const zoneOr = (timezone: string | null) => sql`coalesce(${timezone}::text, ${operators.timezone})`

const linkIsOver = (): DomainError =>
  new DomainError('conflict', 'This link was already used or has expired. Request a new one.')

/**
 * Mails an invitation, valid for a week. Throws `invalid`: on `email` for an existing operator, on `lists` for an owner limited to
 * some lists.
 */
export async function inviteOperator(
  deps: Deps,
  actor: Actor,
  input: NewOperator & { locale: Locale },
): Promise<string> {
  if ((await findOperatorByAddress(deps, input.address.canonical)) !== null) throw isThere()
  ownsAll(input)
  return deps.db.transaction(async (tx) => {
    const operator = await insertOperator(deps, tx, input)
    if (operator === null) throw isThere()
    await mailInvitation(deps, tx, { operator, locale: input.locale })
    await recordAct(deps, tx, {
      actor,
      verb: 'operator.invite',
      subject: { kind: 'operator', id: operator },
      details: { role: input.role, lists: input.lists === null ? null : input.lists.length },
    })
    return operator
  })
}

const isThere = (): DomainError =>
  invalid('email', 'An operator already has this address. Change their role instead.')

/** Owners manage operators, so a limited owner could lift the limit. */
function ownsAll({ role, lists }: { role: Role; lists: readonly number[] | null }): void {
  if (role === 'owner' && lists !== null) throw invalid('lists', 'An owner sees every list.')
}

/** Mails a new invitation; older ones end. Throws `conflict` for an operator who has joined or is disabled. */
export async function inviteAgain(
  deps: Deps,
  actor: Actor,
  operator: Operator,
  locale: Locale,
): Promise<void> {
  if (operator.joinedAt !== null || operator.disabledAt !== null)
    throw new DomainError('conflict', 'They have already joined, or are blocked.')
  await deps.db.transaction(async (tx) => {
    await mailInvitation(deps, tx, { operator: operator.id, locale })
    await recordAct(deps, tx, {
      actor,
      verb: 'operator.invite_again',
      subject: { kind: 'operator', id: operator.id },
    })
  })
}

/**
 * Changes role and lists, and ends sessions, which began under the old ones; of somebody who is no owner any more, also their API
 * keys. Throws `invalid` like an invitation.
 */
export async function changeOperator(
  deps: Deps,
  actor: Actor,
  change: { operator: string; role: Role; lists: readonly number[] | null },
): Promise<void> {
  ownsAll(change)
  await changing(deps, actor, {
    operator: change.operator,
    verb: 'operator.change',
    set: { role: change.role, lists: change.lists === null ? null : [...change.lists] },
    staysOwner: change.role === 'owner',
    details: { role: change.role },
  })
}

/** Their API keys are revoked. Their acts stay in the audit log. */
export const disableOperator = (deps: Deps, actor: Actor, operator: string): Promise<void> =>
  changing(deps, actor, {
    operator,
    verb: 'operator.disable',
    set: { disabledAt: deps.clock() },
    staysOwner: false,
    isDone: ({ disabledAt }) => disabledAt !== null,
  })

export const enableOperator = (deps: Deps, actor: Actor, operator: string): Promise<void> =>
  changing(deps, actor, {
    operator,
    verb: 'operator.enable',
    set: { disabledAt: null },
    staysOwner: true,
    isDone: ({ disabledAt }) => disabledAt === null,
  })

/** Operators' own changes; sessions stay. */
export async function changeProfile(
  deps: Deps,
  operator: Operator,
  profile: { name: string; timezone: string },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const name = sealField(
      deps.vault,
      deps.randomBytes(12),
      { uid: operator.id, field: 'name' },
      profile.name,
    )
    await tx.update(operators).set({ name, timezone: profile.timezone }).where(eq(operators.id, operator.id))
    await recordAct(deps, tx, {
      actor: { kind: 'operator', id: operator.id },
      verb: 'operator.change_profile',
      subject: { kind: 'operator', id: operator.id },
    })
  })
}

async function changing(
  deps: Deps,
  actor: Actor,
  change: {
    operator: string
    verb: string
    set: Partial<typeof operators.$inferInsert>
    staysOwner: boolean
    /** Whether nothing has to change. */
    isDone?: (operator: Operator) => boolean
    details?: Readonly<Record<string, string>>
  },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    // One owner at a time; otherwise the last two could be removed concurrently.
    await tx.execute(sql`select id from operators where role = 'owner' order by id for update`)
    const before = await findOperator({ db: tx, vault: deps.vault }, change.operator)
    if (before === null) throw notFound('operator')
    if (change.isDone?.(before) === true) return
    if (before.role === 'owner' && !change.staysOwner && !(await isOtherOwner(tx, change.operator)))
      throw new DomainError('conflict', 'They are the last owner. Make someone else an owner first.')
    await tx.update(operators).set(change.set).where(eq(operators.id, change.operator))
    await endSessionsOf(deps, tx, { operator: change.operator })
    // Only owners make keys; nobody keeps, by a key, what was taken from them.
    if (!change.staysOwner) await revokeKeysOf(deps, tx, actor, change.operator)
    await recordAct(deps, tx, {
      actor,
      verb: change.verb,
      subject: { kind: 'operator', id: change.operator },
      ...(change.details === undefined ? {} : { details: change.details }),
    })
  })
}

async function isOtherOwner(tx: Tx, than: string): Promise<boolean> {
  const others = await tx
    .select({ id: operators.id })
    .from(operators)
    .where(
      and(
        eq(operators.role, 'owner'),
        ne(operators.id, than),
        isNull(operators.disabledAt),
        sql`${operators.joinedAt} is not null`,
      ),
    )
    .limit(1)
  return others.length > 0
}

/** Null if another operator has the address by now. */
async function insertOperator(deps: Deps, tx: Tx, input: NewOperator): Promise<string | null> {
  const id = deps.ids()
  const sealed = (field: string, value: string): Uint8Array =>
    sealField(deps.vault, deps.randomBytes(12), { uid: id, field }, value)
  const values = {
    id,
    addressIndex: addressIndex(deps.vault, input.address.canonical),
    address: sealed('address', input.address.sendTo),
    name: sealed('name', input.name),
    role: input.role,
    lists: input.lists === null ? null : [...input.lists],
    createdAt: deps.clock(),
  }
  const made = await tx.insert(operators).values(values).onConflictDoNothing().returning({ id: operators.id })
  return made[0]?.id ?? null
}
