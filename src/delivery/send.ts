// shell · sends one batch: slot, claim, render, post, mark. Killed anywhere in between, the same request is made again

import { finishCampaigns } from '../campaigns/progress.ts'
import { TooMuch } from '../campaigns/render/measure.ts'
import { renderMail } from '../campaigns/render.ts'
import type { Deps, SendOutcome, WireMail } from '../platform/deps.ts'
import { isLate, type Slot, takeSlot, takeSlotWithin } from '../platform/pace.ts'
import { addresseeOf } from './addressee.ts'
import type { Skip } from './attempt.ts'
import { type ClaimedBatch, claimBatch, isBatchDue, type Member, secondsUntilDue } from './claim.ts'
import { type ReadyCampaign, readyCampaign } from './compile.ts'
import { markBatch, release, settleWithoutPost } from './mark.ts'
import { stopUnlessPassing } from './stop.ts'
import type { BatchName } from './turns.ts'

/**
 * Answers whether there was a batch. `again`: the one before answered yes, so another is likely and nobody asks first. With
 * none left, campaigns that were waiting for their last are done.
 */
export async function sendBatch(deps: Deps, again = false): Promise<boolean> {
  const taken = again || (await isBatchDue(deps)) ? await takeBatch(deps) : null
  if (taken === null) {
    await finishCampaigns(deps)
    return false
  }
  await handOver(deps, taken)
  return true
}

/**
 * The same for one batch that somebody names, who would rather come back than wait longer than `patienceMs` for a slot.
 * Answers in how many seconds to come back; null where the batch is settled, or its campaign is not being sent.
 */
export async function sendNamedBatch(
  deps: Deps,
  which: BatchName,
  patienceMs: number,
): Promise<number | null> {
  if (await isBatchDue(deps, which)) {
    const slot = await takeSlotWithin(deps, patienceMs)
    if ('waitSeconds' in slot) return slot.waitSeconds
    const taken = await claimWith(deps, slot, which)
    if (taken !== null) await handOver(deps, taken)
  }
  return secondsUntilDue(deps, which)
}

interface Taken {
  readonly slot: Slot
  readonly batch: ClaimedBatch
  readonly claimedAt: Date
}

const takeBatch = async (deps: Deps): Promise<Taken | null> => claimWith(deps, await takeSlot(deps))

async function claimWith(deps: Deps, slot: Slot, which: BatchName | null = null): Promise<Taken | null> {
  const claimedAt = deps.clock()
  const batch = await claimBatch(deps, which)
  return batch === null ? null : { slot, batch, claimedAt }
}

async function handOver(deps: Deps, { slot, batch, claimedAt }: Taken): Promise<void> {
  const ready = await readyOrStopped(deps, batch)
  if (ready === null) return
  const rendered = renderBatch(deps, ready, batch.members)
  if (rendered.mails.length === 0) return settleWithoutPost(deps, batch, rendered)
  await slot.depart()
  if (isLate(deps, claimedAt)) return
  const outcome = await postMarketing(deps, rendered.mails, batch.idempotencyKey)
  await markBatch(deps, batch, rendered, outcome)
}

/** The one place where marketing mail is handed over. */
export const postMarketing = (
  deps: Deps,
  mails: readonly WireMail[],
  idempotencyKey: string,
): Promise<SendOutcome> => deps.mailer.send(mails, idempotencyKey)

async function readyOrStopped(deps: Deps, batch: ClaimedBatch): Promise<ReadyCampaign | null> {
  try {
    return await readyCampaign(deps, batch.campaign)
  } catch (error) {
    await stopUnlessPassing(deps, batch.campaign, error)
    await release(deps, batch, 0)
    return null
  }
}

export interface RenderedBatch {
  readonly mails: readonly WireMail[]
  /** Whose mail each one is. */
  readonly members: readonly Member[]
  /** Who could not be rendered, and why; the others do not wait for them. */
  readonly unreadable: readonly Skip[]
}

export function renderBatch(deps: Deps, ready: ReadyCampaign, members: readonly Member[]): RenderedBatch {
  const mails: WireMail[] = []
  const rendered: Member[] = []
  const unreadable: Skip[] = []
  for (const member of members) {
    const wire = rendering(deps, ready, member)
    if ('reason' in wire) unreadable.push([member.subscriber, wire.reason])
    else {
      mails.push(wire.mail)
      rendered.push(member)
    }
  }
  return { mails, members: rendered, unreadable }
}

/** A row that was damaged, or a value that breaks the template, breaks one mail, not the ninety-nine beside it. */
function rendering(
  deps: Deps,
  ready: ReadyCampaign,
  member: Member,
): { readonly mail: WireMail } | { readonly reason: string } {
  try {
    const addressee = addresseeOf(deps, member, { list: ready.list, campaign: ready.campaign.number })
    return addressee === null
      ? { reason: 'address_unreadable' }
      : { mail: renderMail(ready.compiled, addressee) }
  } catch (error) {
    // The text alone is not: the campaign would not have been compiled.
    if (error instanceof TooMuch) return { reason: 'too_large' }
    deps.log.error('mail.not_rendered', {
      campaign: ready.campaign.id,
      error: error instanceof Error ? error.name : 'unknown',
    })
    return { reason: 'not_rendered' }
  }
}
