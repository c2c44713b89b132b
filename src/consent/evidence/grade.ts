// shell · how well a consent is proven: A and B double opt-in, C single with a record, D asserted only. docs/ledger.md 3.7
import { inArray } from 'drizzle-orm'
import type { Tx } from '../../platform/database/database.ts'
import { subscriptions } from '../tables.ts'

export const setGrades = async (
  tx: Tx,
  ids: readonly number[],
  grade: 'A' | 'B' | 'C' | 'D',
): Promise<void> => {
  if (ids.length > 0)
    await tx
      .update(subscriptions)
      .set({ grade })
      .where(inArray(subscriptions.id, [...ids]))
}
