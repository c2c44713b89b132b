// shell · how far a campaign got, as delivery tells: frozen, standing still, done
import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import type { Tx } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import { campaigns } from './tables.ts'

/** Delivery's word on a campaign: it stands still because its audience cannot be named, or the provider refuses it. */
export async function stopForProblem(deps: Deps, number: number, problem: string): Promise<void> {
  await deps.db
    .update(campaigns)
    .set({ state: 'paused', problem, updatedAt: deps.clock() })
    .where(and(eq(campaigns.number, number), inArray(campaigns.state, ['freezing', 'sending'])))
}

/** So far the audience is written down: whoever goes on, after a crash or a pause, begins behind this subscriber. */
export async function markFrozenTo(
  deps: Pick<Deps, 'clock'>,
  tx: Tx,
  { number, subscriber }: { number: number; subscriber: number },
): Promise<void> {
  await tx
    .update(campaigns)
    .set({ frozenTo: subscriber, updatedAt: deps.clock() })
    .where(eq(campaigns.number, number))
}

/** The audience is written down: from now on it is sent, or, with nobody in it, done. */
export async function markFrozen(deps: Deps, tx: Tx, number: number, people: number): Promise<boolean> {
  const now = deps.clock()
  const moved = await tx
    .update(campaigns)
    .set(
      people === 0
        ? { state: 'sent', frozenAt: now, frozenTo: null, finishedAt: now }
        : { state: 'sending', frozenAt: now, frozenTo: null },
    )
    .where(and(eq(campaigns.number, number), eq(campaigns.state, 'freezing')))
    .returning({ number: campaigns.number })
  return moved.length > 0
}

/** Done once no batch is left to settle. */
export async function finishCampaigns(deps: Deps): Promise<void> {
  await deps.db
    .update(campaigns)
    .set({ state: 'sent', problem: null, finishedAt: deps.clock() })
    .where(
      and(
        inArray(campaigns.state, ['sending', 'paused']),
        isNotNull(campaigns.frozenAt),
        sql`not exists (
          select from batches as b where b.campaign = ${campaigns.number} and b.state in ('queued', 'posting'))`,
      ),
    )
}
