// shell · single-use sign-in links: requested by mail, sent with an invitation, printed at the first start
import { and, eq, gt, inArray, isNull, lt, sql } from 'drizzle-orm'
import { recordAct } from '../../audit/record.ts'
import type { Locale } from '../../i18n/locale.ts'
import { queueServiceMails } from '../../outbox/queue.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import { sameBytes } from '../../platform/vault/keys.ts'
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
  /** Asked for in another browser than the one that opens it. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'sign_in' | 'invitation'; readonly id: string; readonly operator: Operator }

export const linkUrl = (deps: Pick<Deps, 'config' | 'vault'>, id: string): string =>
  `${deps.config.publicUrl}/console/sign-in/${requestToken(deps.vault, 'sign-in', id)}`

/** The browser that asked for a link. */
interface Asking {
  readonly hash: Uint8Array
  /** Whether it signed in with this address before. */
  readonly isKnown: boolean
}

/** Mails nothing if the operator is unknown or disabled, or has an open link that this request must not end. */
export async function mailSignInLink(
  deps: Deps,
  canonical: string,
  { locale, browser }: { locale: Locale; browser: Asking },
): Promise<void> {
  const operator = await findOperatorByAddress(deps, canonical)
  if (operator === null || operator.disabledAt !== null) return
  await deps.db.transaction(async (tx) => {
    const kind = 'sign_in'
    const { hash, isKnown } = browser
    if (!(await endOpenLinks(deps, tx, { kind, operator: operator.id, isKnown }))) return
    const id = await insertLink(deps, tx, { kind, operator: operator.id, browser: hash, known: isKnown })
    await queueServiceMails(deps, tx, [{ kind, request: id, locale }])
  })
}

/**
 * Deletes the operator's open links of this kind, so that the next is the only one. False where a browser that the operator does not
 * know asks while one of theirs waits for its mail: otherwise strangers could end each link before it is opened.
 */
async function endOpenLinks(
  deps: Deps,
  tx: Tx,
  about: { kind: LinkKind; operator: string; isKnown: boolean },
): Promise<boolean> {
  // One request at a time for each operator: two at once would leave two links.
  await tx.execute(sql`select from operators where id = ${about.operator} for no key update`)
  const open = await tx
    .select({ id: signInLinks.id, known: signInLinks.known })
    .from(signInLinks)
    .where(
      and(
        eq(signInLinks.operator, about.operator),
        eq(signInLinks.kind, about.kind),
        isNull(signInLinks.usedAt),
        gt(signInLinks.expiresAt, deps.clock()),
      ),
    )
  if (!about.isKnown && open.some(({ known }) => known)) return false
  if (open.length > 0)
    await tx.delete(signInLinks).where(
      inArray(
        signInLinks.id,
        open.map(({ id }) => id),
      ),
    )
  return true
}

/** Mails an invitation in place of an older one, in the caller's transaction. It opens in any browser. */
export async function mailInvitation(
  deps: Deps,
  tx: Tx,
  { operator, locale }: { operator: string; locale: Locale },
): Promise<void> {
  await endOpenLinks(deps, tx, { kind: 'invitation', operator, isKnown: true })
  const id = await insertLink(deps, tx, { kind: 'invitation', operator, ...anyBrowser })
  await queueServiceMails(deps, tx, [{ kind: 'invitation', request: id, locale }])
}

/**
 * The first-start link, to print where only the machine's owner reads; null once an owner exists. Deletes earlier links, so that an
 * old log opens nothing.
 */
export async function firstOwnerLink(deps: Deps): Promise<string | null> {
  return deps.db.transaction(async (tx) => {
    if (await isAnyOwner(tx)) return null
    await tx.delete(signInLinks).where(and(eq(signInLinks.kind, 'first_owner'), isNull(signInLinks.usedAt)))
    return linkUrl(deps, await insertLink(deps, tx, { kind: 'first_owner', operator: null, ...anyBrowser }))
  })
}

const anyBrowser = { browser: null, known: true } as const

/** A link to hand over in person, in place of any other; null if the operator is unknown or disabled. */
export async function linkForOperator(deps: Deps, canonical: string): Promise<string | null> {
  const operator = await findOperatorByAddress(deps, canonical)
  if (operator === null || operator.disabledAt !== null) return null
  return deps.db.transaction(async (tx) => {
    await endOpenLinks(deps, tx, { kind: 'sign_in', operator: operator.id, isKnown: true })
    await recordAct(deps, tx, {
      actor: { kind: 'system' },
      verb: 'operator.link',
      subject: { kind: 'operator', id: operator.id },
    })
    return linkUrl(
      deps,
      await insertLink(deps, tx, { kind: 'sign_in', operator: operator.id, ...anyBrowser }),
    )
  })
}

/**
 * The effect of a link in the browser with this hash; null if the link is foreign, used, expired or ended by a newer one. Changes
 * nothing.
 */
export async function openLink(
  deps: Deps,
  token: string,
  browser: Uint8Array | null,
): Promise<OpenLink | null> {
  const id = openRequest(deps.vault, 'sign-in', token)
  if (id === null) return null
  const [row] = await deps.db.select().from(signInLinks).where(openAt(deps, id))
  if (row === undefined) return null
  if (row.kind === 'first_owner') return (await isAnyOwner(deps.db)) ? null : { kind: 'first_owner', id }
  const operator = row.operator === null ? null : await findOperator(deps, row.operator)
  if (operator === null || operator.disabledAt !== null) return null
  // Once joined, operators use sign-in links, valid for minutes instead of a week.
  if (row.kind === 'invitation' && operator.joinedAt !== null) return null
  if (row.browser !== null && !(browser !== null && sameBytes(row.browser, browser)))
    return { kind: 'elsewhere' }
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
  link: { kind: LinkKind; operator: string | null; browser: Uint8Array | null; known: boolean },
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
