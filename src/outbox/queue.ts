// shell · queues service mail, in the transaction of its occasion
import { and, eq, inArray, isNotNull, or, sql } from 'drizzle-orm'
import type { Locale } from '../i18n/locale.ts'
import { afterCommit } from '../platform/database/after-commit.ts'
import type { Executor, Tx } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import { serviceMails } from './tables.ts'

export const serviceMailKinds = ['confirmation', 'already_subscribed', 'sign_in', 'invitation'] as const
export type ServiceMailKind = (typeof serviceMailKinds)[number]

/** The subject of a service mail, as an id, never its text. */
export type ServiceMailOrder =
  | {
      readonly kind: 'confirmation' | 'sign_in' | 'invitation'
      readonly request: string
      readonly locale: Locale
    }
  | { readonly kind: 'already_subscribed'; readonly subscription: number; readonly locale: Locale }

export async function queueServiceMails(
  deps: Pick<Deps, 'ids' | 'clock' | 'wake'>,
  tx: Tx,
  orders: readonly ServiceMailOrder[],
): Promise<void> {
  if (orders.length === 0) return
  await tx.insert(serviceMails).values(
    orders.map((order) => ({
      id: deps.ids(),
      kind: order.kind,
      locale: order.locale,
      createdAt: deps.clock(),
      ...('request' in order ? { request: order.request } : { subscription: order.subscription }),
    })),
  )
  afterCommit(tx, deps.wake)
}

/** The confirmation mail of a request as sent, with the provider's feedback so far. */
export interface SentConfirmation {
  readonly sentAt: Date
  readonly providerId: string | null
  readonly bodyHash: Uint8Array | null
  readonly deliveredAt: Date | null
  readonly delayedAt: Date | null
  readonly bouncedAt: Date | null
  readonly bounce: string | null
}

/**
 * The confirmation mail that is known delivered, else the last one. A delivered mail was sent, whether or not it was marked.
 * Null before that.
 */
export async function sentConfirmation(db: Executor, request: string): Promise<SentConfirmation | null> {
  const [row] = await db
    .select({
      sentAt: serviceMails.sentAt,
      firstAttemptAt: serviceMails.firstAttemptAt,
      providerId: serviceMails.providerId,
      bodyHash: serviceMails.bodyHash,
      deliveredAt: serviceMails.deliveredAt,
      delayedAt: serviceMails.delayedAt,
      bouncedAt: serviceMails.bouncedAt,
      bounce: serviceMails.bounce,
    })
    .from(serviceMails)
    .where(
      and(
        eq(serviceMails.request, request),
        or(eq(serviceMails.state, 'sent'), isNotNull(serviceMails.deliveredAt)),
      ),
    )
    .orderBy(sql`${serviceMails.deliveredAt} is null, ${serviceMails.sentAt} desc nulls last`)
    .limit(1)
  if (row === undefined) return null
  const { firstAttemptAt, ...mail } = row
  const sentAt = mail.sentAt ?? firstAttemptAt
  return sentAt === null ? null : { ...mail, sentAt }
}

/** When each mail was queued, by id: the time that its text mentions. */
export async function serviceMailTimes(
  db: Executor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Date>> {
  const rows = await db
    .select({ id: serviceMails.id, at: serviceMails.createdAt })
    .from(serviceMails)
    .where(inArray(serviceMails.id, [...ids]))
  return new Map(rows.map(({ id, at }) => [id, at]))
}
