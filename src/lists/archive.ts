// shell · closes a list for good or opens it again; nothing of it is deleted
import { eq } from 'drizzle-orm'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError } from '../platform/errors.ts'
import { campaignsUnderWay } from './find.ts'
import type { List } from './list.ts'
import { setArchived } from './save.ts'
import { lists } from './tables.ts'

/**
 * From now on the form is closed and nothing is launched. Throws DomainError `conflict` where it is archived already, or
 * where a campaign is still on its way: what stops is to be somebody's decision, campaign by campaign.
 */
export async function archiveList(
  deps: Deps,
  actor: Actor,
  list: Pick<List, 'number' | 'id'>,
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    // Launches and freezes read the list after this lock, or are seen here.
    await tx.select({ number: lists.number }).from(lists).where(eq(lists.number, list.number)).for('update')
    const underWay = await campaignsUnderWay(tx, list.number)
    if (underWay.length > 0)
      throw new DomainError(
        'conflict',
        'A campaign to this list is still on its way; let it finish or cancel it, then archive the list.',
      )
    if (!(await setArchived(tx, list.number, deps.clock())))
      throw new DomainError('conflict', 'This list is archived already.')
    await recordAct(deps, tx, { actor, verb: 'list.archive', subject: { kind: 'list', id: list.id } })
  })
}

/** Takes sign-ups and campaigns again. Throws DomainError `conflict` where it is open. */
export async function reopenList(deps: Deps, actor: Actor, list: Pick<List, 'number' | 'id'>): Promise<void> {
  await deps.db.transaction(async (tx) => {
    if (!(await setArchived(tx, list.number, null)))
      throw new DomainError('conflict', 'This list is open already.')
    await recordAct(deps, tx, { actor, verb: 'list.reopen', subject: { kind: 'list', id: list.id } })
  })
}
