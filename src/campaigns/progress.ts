// shell · a campaign's progress, reported by delivery: frozen, stopped, finished
import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import type { Tx } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import { campaigns } from './tables.ts'

/** Pauses a campaign whose audience cannot be determined or which the provider refuses. */
export async function stopForProblem(deps: Deps, number: number, problem: string): Promise<void> {
  await deps.db
    .update(campaigns)
    .set({ state: 'paused', problem, updatedAt: deps.clock() })
    .where(and(eq(campaigns.number, number), inArray(campaigns.state, ['freezing', 'sending'])))
}

/** After a crash or a pause, freezing continues behind this subscriber. */
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

/** Ends freezing: the campaign is sending, or sent if nobody is in the audience. */
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

/** A campaign is sent once no batch is open. */
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
