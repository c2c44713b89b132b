// shell · closes a sign-up request and deletes the personal data in it
import { and, eq } from 'drizzle-orm'
import type { Tx } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import { openRequests, signupRequests } from '../tables.ts'

export async function closeRequest(
  deps: Pick<Deps, 'clock'>,
  tx: Tx,
  id: string,
  state: 'confirmed' | 'refused' | 'expired',
): Promise<void> {
  await tx.delete(openRequests).where(eq(openRequests.request, id))
  await tx
    .update(signupRequests)
    .set({ state, closedAt: deps.clock(), sealed: new Uint8Array() })
    .where(and(eq(signupRequests.id, id), eq(signupRequests.state, 'open')))
}
