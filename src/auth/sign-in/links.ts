// shell · single-use sign-in links: requested by mail, sent with an invitation, printed at the first start
import { and, eq, gt, inArray, isNull, lt } from 'drizzle-orm'
import { recordAct } from '../../audit/record.ts'
import type { Locale } from '../../i18n/locale.ts'
import { queueServiceMails } from '../../outbox/queue.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import { openRequest, requestToken } from '../../platform/vault/tokens.ts'
import { findOperator, findOperatorByAddress, isAnyOwner } from '../operators/find-operators.ts'
import type { Operator } from '../operators/operator.ts'
import { signInLinks } from '../tables.ts'

export const linkMinutes = 20
export const invitationDays = 7
const firstOwnerHours = 24

export type LinkKind = 'first_owner' | 'sign_in' | 'invitation'

export type OpenLink =
  | { readonly kind: 'first_owner'; readonly id: string }
  | { readonly kind: 'sign_in' | 'invitation'; readonly id: string; readonly operator: Operator }

export const linkUrl = (deps: Pick<Deps, 'config' | 'vault'>, id: string): string =>
  `${deps.config.publicUrl}/console/sign-in/${requestToken(deps.vault, 'sign-in', id)}`

/** Mails nothing if the operator is unknown or disabled. */
export async function mailSignInLink(deps: Deps, canonical: string, locale: Locale): Promise<void> {
  const operator = await findOperatorByAddress(deps, canonical)
  if (operator === null || operator.disabledAt !== null) return
  await deps.db.transaction((tx) => mailLink(deps, tx, { kind: 'sign_in', operator: operator.id, locale }))
}

/** Queues a mail with a new link, in the caller's transaction. */
export async function mailLink(
  deps: Deps,
  tx: Tx,
  link: { kind: 'sign_in' | 'invitation'; operator: string; locale: Locale },
): Promise<void> {
  const id = await insertLink(deps, tx, { kind: link.kind, operator: link.operator })
  await queueServiceMails(deps, tx, [{ kind: link.kind, request: id, locale: link.locale }])
}

/**
 * The first-start link, to print where only the machine's owner reads; null once an owner exists. Deletes earlier links, so that an
 * old log opens nothing.
 */
export async function firstOwnerLink(deps: Deps): Promise<string | null> {
  return deps.db.transaction(async (tx) => {
    if (await isAnyOwner(tx)) return null
    await tx.delete(signInLinks).where(and(eq(signInLinks.kind, 'first_owner'), isNull(signInLinks.usedAt)))
    return linkUrl(deps, await insertLink(deps, tx, { kind: 'first_owner', operator: null }))
  })
}

/** A link to hand over in person; null if the operator is unknown or disabled. */
export async function linkForOperator(deps: Deps, canonical: string): Promise<string | null> {
  const operator = await findOperatorByAddress(deps, canonical)
  if (operator === null || operator.disabledAt !== null) return null
  return deps.db.transaction(async (tx) => {
    await recordAct(deps, tx, {
      actor: { kind: 'system' },
      verb: 'operator.link',
      subject: { kind: 'operator', id: operator.id },
    })
    return linkUrl(deps, await insertLink(deps, tx, { kind: 'sign_in', operator: operator.id }))
  })
}

/** The effect of a link; null if foreign, used or expired. Changes nothing. */
export async function openLink(deps: Deps, token: string): Promise<OpenLink | null> {
  const id = openRequest(deps.vault, 'sign-in', token)
  if (id === null) return null
  const [row] = await deps.db.select().from(signInLinks).where(openAt(deps, id))
  if (row === undefined) return null
  if (row.kind === 'first_owner') return (await isAnyOwner(deps.db)) ? null : { kind: 'first_owner', id }
  const operator = row.operator === null ? null : await findOperator(deps, row.operator)
  if (operator === null || operator.disabledAt !== null) return null
  // Once joined, operators use sign-in links, valid for minutes instead of a week.
  if (row.kind === 'invitation' && operator.joinedAt !== null) return null
  return { kind: row.kind === 'invitation' ? 'invitation' : 'sign_in', id, operator }
}

/** Returns whether the link was still valid. */
export async function takeLink(deps: Deps, tx: Tx, id: string): Promise<boolean> {
  const taken = await tx
    .update(signInLinks)
    .set({ usedAt: deps.clock() })
    .where(openAt(deps, id))
    .returning({ id: signInLinks.id })
  return taken.length > 0
}

const openAt = (deps: Deps, id: string) =>
  and(eq(signInLinks.id, id), isNull(signInLinks.usedAt), gt(signInLinks.expiresAt, deps.clock()))

async function insertLink(
  deps: Deps,
  tx: Tx,
  link: { kind: LinkKind; operator: string | null },
): Promise<string> {
  const id = deps.ids()
  const now = deps.clock()
  const seconds = {
    sign_in: linkMinutes * 60,
    invitation: invitationDays * 86_400,
    first_owner: firstOwnerHours * 3600,
  }
  await tx.insert(signInLinks).values({
    id,
    ...link,
    createdAt: now,
    expiresAt: new Date(now.getTime() + seconds[link.kind] * 1000),
  })
  return id
}

const maxDrop = 1000

/** Deletes links expired for a day. A mail still queued for such a link would be useless. */
export async function dropPastLinks(deps: Deps): Promise<void> {
  const before = new Date(deps.clock().getTime() - 86_400_000)
  const past = deps.db
    .select({ id: signInLinks.id })
    .from(signInLinks)
    .where(lt(signInLinks.expiresAt, before))
    .limit(maxDrop)
  await deps.db.delete(signInLinks).where(inArray(signInLinks.id, past))
}
