// shell · re-wraps the keys of subscriptions after a rotation of SECRET; the keys themselves never change
import { and, asc, eq, gt } from 'drizzle-orm'
import type { Deps } from '../../platform/deps.ts'
import { unwrap, wrap } from '../../platform/vault/keys.ts'
import { subscriptionKeys } from '../tables.ts'

/** `last` is where the next range begins, null at the end. */
export async function rewrapRange(
  deps: Pick<Deps, 'db' | 'vault' | 'randomBytes'>,
  after: number,
  most: number,
): Promise<{ keys: number; rewrapped: number; unreadable: number; last: number | null }> {
  const [kek] = deps.vault.keks
  const rows = await deps.db
    .select()
    .from(subscriptionKeys)
    .where(gt(subscriptionKeys.subscription, after))
    .orderBy(asc(subscriptionKeys.subscription))
    .limit(most)
  let rewrapped = 0
  let unreadable = 0
  for (const { subscription, wrapped } of rows) {
    const name = `K_s/${subscription}`
    const opened = unwrap(deps.vault.keks, wrapped, name)
    if (opened === null || kek === undefined) unreadable += 1
    else if (opened.stale) {
      await deps.db
        .update(subscriptionKeys)
        .set({ wrapped: wrap(kek, deps.randomBytes(12), opened.key, name) })
        .where(and(eq(subscriptionKeys.subscription, subscription), eq(subscriptionKeys.wrapped, wrapped)))
      rewrapped += 1
    }
  }
  return { keys: rows.length, rewrapped, unreadable, last: rows.at(-1)?.subscription ?? null }
}
