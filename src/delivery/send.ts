// shell · sends one batch: slot, claim, render, post, mark. Killed anywhere in between, the same request is made again

import { finishCampaigns } from '../campaigns/progress.ts'
import type { Deps, SendOutcome, WireMail } from '../platform/deps.ts'
import { isLate } from '../throttle/lease.ts'
import { type Slot, waitForSlot, waitForSlotWithin } from '../throttle/provider-rate.ts'
import type { Skip } from './attempt.ts'
import { type ClaimedBatch, claimBatch, isBatchDue, type Member, secondsUntilDue } from './claim.ts'
import type { BatchName } from './due-batches.ts'
import { withInHand } from './in-hand.ts'
import { cutBatch, markBatch, release, settleWithoutPost } from './mark.ts'
import { andThen, answerOf, leaversOf, noAnswer, partSize, partsOf } from './parts.ts'
import { octetsKnown, type ReadyCampaign, readyCampaign } from './render/compile.ts'
import { type RenderedBatch, renderBatch } from './render/render-batch.ts'
import { inRoom } from './room.ts'
import { stopUnlessPassing } from './stop.ts'

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
    const slot = await waitForSlotWithin(deps, patienceMs)
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

const takeBatch = async (deps: Deps): Promise<Taken | null> => claimWith(deps, await waitForSlot(deps))

async function claimWith(deps: Deps, slot: Slot, which: BatchName | null = null): Promise<Taken | null> {
  const claimedAt = deps.clock()
  const batch = await claimBatch(deps, which)
  return batch === null ? null : { slot, batch, claimedAt }
}

const handOver = (deps: Deps, taken: Taken): Promise<void> =>
  inRoom(deps, octetsKnown(deps, taken.batch.campaign) * taken.batch.members.length, async () => {
    const { batch } = taken
    const mails = batch.partSize === null ? await makeMails(deps, batch, batch.members) : tooHeavy
    if (mails === null) return
    if (mails !== tooHeavy) return handOverWhole(deps, taken, mails)
    const size = batch.partSize ?? (await cut(deps, batch))
    if (size !== null) await handOverParts(deps, taken, size)
  })

async function handOverWhole(
  deps: Deps,
  { slot, batch, claimedAt }: Taken,
  rendered: RenderedBatch,
): Promise<void> {
  if (rendered.mails.length === 0) return settleWithoutPost(deps, batch, rendered)
  await slot.depart()
  if (isLate(deps, claimedAt)) return
  const outcome = await postMarketing(deps, rendered.mails, batch.idempotencyKey)
  await markBatch(deps, batch, rendered, outcome)
}

/** In how many places each part is; null where it cannot be cut. A batch that was posted whole under its key stays whole. */
async function cut(deps: Deps, batch: ClaimedBatch): Promise<number | null> {
  if (batch.earlier.length > 0) {
    const outcome = { kind: 'unknown', reason: 'its mails have grown since it was posted' } as const
    await markBatch(deps, batch, { members: batch.members, unreadable: [] }, outcome)
    return null
  }
  return (await cutBatch(deps, batch, partSize)) ? partSize : null
}

/**
 * Part by part, each under a key of its own, one in memory at a time; the answers are marked as one. Killed in between, the parts
 * are posted again in the same order: those that were taken answer what they answered before.
 */
async function handOverParts(deps: Deps, { slot, batch, claimedAt }: Taken, size: number): Promise<void> {
  const members: Member[] = []
  const unreadable: Skip[] = []
  const conflicting = new Set<number>()
  const empty = new Set<number>()
  let answer = noAnswer
  let next: Slot | null = slot
  for (const [at, part] of partsOf(batch, size).entries()) {
    if (part.length === 0) {
      empty.add(at)
      continue
    }
    const rendered = await makeMails(deps, batch, part)
    if (rendered === null || rendered === tooHeavy) return
    unreadable.push(...rendered.unreadable)
    if (rendered.mails.length === 0) continue
    await (next ?? (await waitForSlot(deps))).depart()
    next = null
    if (isLate(deps, claimedAt)) return
    // A mailer with a record of its own knows each mail, whatever it came with.
    const key = deps.mailer.record === undefined ? `${batch.idempotencyKey}.${at}` : batch.idempotencyKey
    const outcome = await postMarketing(deps, rendered.mails, key)
    if (outcome.kind === 'conflict') conflicting.add(at)
    answer = andThen(answer, outcome, rendered.mails.length)
    members.push(...rendered.members)
    if (answer.ended !== null) break
  }
  if (answer.count === 0 && answer.ended === null) return settleWithoutPost(deps, batch, { unreadable })
  // A mailer with a record of its own is asked about those who left.
  const left = deps.mailer.record === undefined ? leaversOf(batch, size, { conflicting, empty }) : undefined
  await markBatch(deps, batch, { members, unreadable, left }, answerOf(answer))
}

/** The one place where marketing mail is handed over. */
export const postMarketing = (
  deps: Deps,
  mails: readonly WireMail[],
  idempotencyKey: string,
): Promise<SendOutcome> => deps.mailer.send(mails, idempotencyKey)

const tooHeavy = Symbol('too heavy for one request')

/** Null where the campaign stands still instead: it cannot be compiled, or the process died of it twice. */
async function makeMails(
  deps: Deps,
  batch: ClaimedBatch,
  members: readonly Member[],
): Promise<RenderedBatch | typeof tooHeavy | null> {
  const making = await withInHand(deps, batch, async () => {
    const ready = await readyOrStopped(deps, batch)
    return ready === null ? null : (renderBatch(deps, ready, members) ?? tooHeavy)
  })
  if ('made' in making) return making.made
  // What died while it was made was never posted.
  await release(deps, { ...batch, earlier: batch.earlier.slice(0, -making.deaths) }, 0)
  return null
}

async function readyOrStopped(deps: Deps, batch: ClaimedBatch): Promise<ReadyCampaign | null> {
  try {
    return await readyCampaign(deps, batch.campaign)
  } catch (error) {
    await stopUnlessPassing(deps, batch.campaign, error)
    await release(deps, batch, 0)
    return null
  }
}
