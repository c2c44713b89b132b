// shell · creation and change of draft campaigns; fields, tags and filters are checked before saving
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../../audit/actor.ts'
import { isLatestAct, recordAct } from '../../audit/record.ts'
import type { List } from '../../lists/list.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import { DomainError, type Fault, invalid, notAvailableYet, notFound } from '../../platform/errors.ts'
import { findSegment } from '../../segments/save.ts'
import { type Campaign, isWritable, writableStates } from '../campaign.ts'
import { findCampaign } from '../find.ts'
import { campaigns } from '../tables.ts'
import { checkWriting } from './check.ts'
import { storageFaults, type Writing } from './content.ts'
import { inTurn } from './in-turn.ts'

export interface Draft {
  readonly segment: string | null
  readonly purpose: string
  readonly subject: string
  readonly preheader: string
  readonly content: Campaign['content']
  readonly tracking: string
}

/**
 * `unfinished`: a text that cannot be sent yet is saved all the same. `id`: that of the form, so that a form sent twice makes one
 * campaign; with other words it makes another.
 */
export async function createCampaign(
  deps: Deps,
  actor: Actor,
  input: { list: List; draft: Draft; unfinished?: boolean; id?: string },
): Promise<Campaign> {
  await checkDraft(deps, input)
  const { list, draft } = input
  const now = deps.clock()
  const id = input.id ?? deps.ids()
  const isNew = await deps.db.transaction(async (tx) => {
    const made = await tx
      .insert(campaigns)
      .values({ id, list: list.number, ...draft, createdAt: now, updatedAt: now })
      .onConflictDoNothing({ target: campaigns.id })
      .returning({ id: campaigns.id })
    if (made.length === 0) return false
    await recordAct(deps, tx, { actor, verb: 'campaign.create', subject: { kind: 'campaign', id } })
    return true
  })
  const campaign = await reread(deps, id)
  return isNew || (campaign.list === list.number && isSame(campaign, draft))
    ? campaign
    : createCampaign(deps, actor, { ...input, id: deps.ids() })
}

const isSame = (campaign: Campaign, draft: Draft): boolean =>
  campaign.segment === draft.segment &&
  campaign.purpose === draft.purpose &&
  campaign.subject === draft.subject &&
  campaign.preheader === draft.preheader &&
  campaign.content.body === draft.content.body

/**
 * Throws DomainError `conflict` if the campaign was launched, or saved by another operator after `version` was read. A null version
 * skips the second check. `unfinished` as for createCampaign, where the campaign is not scheduled.
 */
export async function changeCampaign(
  deps: Deps,
  actor: Actor,
  input: {
    campaign: Campaign
    list: List
    draft: Draft
    version: number | null
    unfinished?: boolean
    /** One of a row of saves while somebody writes: the audit log has the first of an hour. */
    isAutosave?: boolean
  },
): Promise<Campaign> {
  const unfinished = input.unfinished === true && input.campaign.state === 'draft'
  await checkDraft(deps, { ...input, unfinished })
  await deps.db.transaction(async (tx) => {
    const changed = await tx
      .update(campaigns)
      .set({ ...input.draft, updatedAt: deps.clock(), version: sql`${campaigns.version} + 1` })
      .where(
        and(
          eq(campaigns.id, input.campaign.id),
          inArray(campaigns.state, unfinished ? ['draft'] : [...writableStates]),
          input.version === null ? undefined : eq(campaigns.version, input.version),
        ),
      )
      .returning({ id: campaigns.id })
    if (changed.length === 0) throw await overtaken(tx, input.campaign.id)
    const act = {
      actor,
      verb: 'campaign.change',
      subject: { kind: 'campaign', id: input.campaign.id },
    }
    if (input.isAutosave !== true || !(await isLatestAct(deps, tx, act, 60))) await recordAct(deps, tx, act)
  })
  return reread(deps, input.campaign.id)
}

/** Throws DomainError `conflict` if the campaign was launched or scheduled. */
export async function deleteCampaign(deps: Deps, actor: Actor, campaign: Campaign): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const deleted = await tx
      .delete(campaigns)
      .where(
        and(
          eq(campaigns.id, campaign.id),
          inArray(campaigns.state, ['draft', 'cancelled']),
          isNull(campaigns.launchedAt),
        ),
      )
      .returning({ id: campaigns.id })
    if (deleted.length === 0)
      throw new DomainError('conflict', 'Only a campaign that was never sent or scheduled can be deleted.')
    await recordAct(deps, tx, {
      actor,
      verb: 'campaign.delete',
      subject: { kind: 'campaign', id: campaign.id },
    })
  })
}

async function overtaken(tx: Tx, id: string): Promise<DomainError> {
  const now = await findCampaign(tx, id)
  return new DomainError(
    'conflict',
    now !== null && isWritable(now)
      ? 'Someone else saved this campaign meanwhile; look at what they wrote first.'
      : 'This campaign was launched; what was launched cannot change.',
  )
}

async function reread(deps: Deps, id: string): Promise<Campaign> {
  const campaign = await findCampaign(deps.db, id)
  if (campaign === null) throw notFound('campaign')
  return campaign
}

/** What keeps a text from being sent: empty for a finished one. */
export const faultsOfWriting = (deps: Deps, writing: Writing, list: List): Promise<readonly Fault[]> =>
  inTurn(deps, () => checkWriting(writing, list.fields))

async function checkDraft(
  deps: Deps,
  { list, draft, unfinished }: { list: List; draft: Draft; unfinished?: boolean },
): Promise<void> {
  if (draft.tracking !== 'none') throw notAvailableYet('tracking', 'Measuring of opens and clicks')
  if (!list.purposes.some(({ key, kind }) => key === draft.purpose && kind === 'mail'))
    throw invalid('purpose', `This list has no purpose "${draft.purpose}" of kind mail.`)
  if (draft.segment !== null) {
    const segment = await findSegment(deps.db, draft.segment)
    if (segment === null || segment.list !== list.number)
      throw invalid('segment', 'This list has no such segment.')
  }
  const faults = unfinished === true ? storageFaults(draft) : await faultsOfWriting(deps, draft, list)
  if (faults.length > 0)
    throw new DomainError('invalid', 'The campaign was not saved. Please fix its text.', { faults })
}
