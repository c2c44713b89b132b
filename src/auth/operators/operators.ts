// shell · who may come in, and as what: the first owner, invitations, changes of role, the end of it
import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import type { Actor } from '../../audit/actor.ts'
import { recordAct } from '../../audit/record.ts'
import type { Locale } from '../../i18n/locale.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import { DomainError, invalid, notFound } from '../../platform/errors.ts'
import { sealField } from '../../platform/vault/fields.ts'
import { addressIndex } from '../../platform/vault/indexes.ts'
import type { Role } from '../roles.ts'
import { beginSession, endSessionsOf } from '../sessions.ts'
import { mailLink, takeLink } from '../sign-in/links.ts'
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

/** The one who holds the link of the first start becomes the owner. Throws `conflict` where somebody was faster. */
export async function becomeFirstOwner(
  deps: Deps,
  input: { link: string; name: string; address: OperatorAddress; userAgent: string },
): Promise<Entry> {
  return deps.db.transaction(async (tx) => {
    // Two at the same link: the second waits here, and finds it used.
    if (!(await takeLink(deps, tx, input.link)) || (await isAnyOwner(tx))) throw linkIsOver()
    const operator = await insertOperator(deps, tx, { ...input, role: 'owner', lists: null })
    if (operator === null) throw isThere()
    await tx.update(operators).set({ joinedAt: deps.clock() }).where(eq(operators.id, operator))
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

/** Signs in by a link, which is used up by it. Throws `conflict` where it is over. */
export async function enterByLink(
  deps: Deps,
  link: { id: string; operator: string; userAgent: string },
): Promise<Entry> {
  return deps.db.transaction(async (tx) => {
    if (!(await takeLink(deps, tx, link.id))) throw linkIsOver()
    await tx
      .update(operators)
      .set({ joinedAt: deps.clock() })
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

const linkIsOver = (): DomainError =>
  new DomainError('conflict', 'This link was used or is over; ask for another one.')

/**
 * Mails an invitation that is good for a week. Throws `invalid`: of `email` for somebody who is there already, of `lists`
 * for an owner of some.
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
    await mailLink(deps, tx, { kind: 'invitation', operator, locale: input.locale })
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
  invalid('email', 'This address belongs to an operator already; change their role instead.')

/** Whoever decides about operators could give themselves the other lists at any time. */
function ownsAll({ role, lists }: { role: Role; lists: readonly number[] | null }): void {
  if (role === 'owner' && lists !== null) throw invalid('lists', 'An owner sees every list.')
}

/** Sends the invitation once more, with a link of its own. Throws `conflict` once they have joined. */
export async function inviteAgain(
  deps: Deps,
  actor: Actor,
  operator: Operator,
  locale: Locale,
): Promise<void> {
  if (operator.joinedAt !== null || operator.disabledAt !== null)
    throw new DomainError('conflict', 'They have joined already, or were shut out.')
  await deps.db.transaction(async (tx) => {
    await mailLink(deps, tx, { kind: 'invitation', operator: operator.id, locale })
    await recordAct(deps, tx, {
      actor,
      verb: 'operator.invite_again',
      subject: { kind: 'operator', id: operator.id },
    })
  })
}

/** A new role or other lists; their sessions end, since each was begun with the old ones. Throws `invalid` as invitations do. */
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

/** Shuts an operator out, or lets them in again; what they did stays theirs in the audit log. */
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

/** What operators may change about themselves; their sessions stay. */
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
    /** Whether it is so already: then nothing happens. */
    isDone?: (operator: Operator) => boolean
    details?: Readonly<Record<string, string>>
  },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    // Owners are changed one after another, or the last two could go at the same moment.
    await tx.execute(sql`select id from operators where role = 'owner' order by id for update`)
    const before = await findOperator({ db: tx, vault: deps.vault }, change.operator)
    if (before === null) throw notFound('operator')
    if (change.isDone?.(before) === true) return
    if (before.role === 'owner' && !change.staysOwner && !(await isOtherOwner(tx, change.operator)))
      throw new DomainError('conflict', 'They are the last owner; make somebody else an owner first.')
    await tx.update(operators).set(change.set).where(eq(operators.id, change.operator))
    await endSessionsOf(deps, tx, { operator: change.operator })
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

/** Null where the address belongs to somebody by now. */
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
