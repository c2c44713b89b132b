// entry · the heartbeat: all work without a request. Concurrent ticks are harmless; Postgres is the truth

import { forgetAnswers } from './api/idempotency.ts'
import { dropPastForms } from './auth/saved-forms.ts'
import { dropPastSessions } from './auth/sessions.ts'
import { dropPastLinks } from './auth/sign-in/links.ts'
import { finishCampaigns } from './campaigns/progress.ts'
import { republishAtStart } from './consent/publish.ts'
import { pullBackBatches, takeOverBatches } from './delivery/claim.ts'
import { freezeCampaigns } from './delivery/freeze/freeze.ts'
import { giveUpLost } from './delivery/mark.ts'
import { sendBatch } from './delivery/send.ts'
import { pauseOnBadReputation } from './feedback/pause-on-bad-reputation.ts'
import { dropPastEvents } from './feedback/record-feedback.ts'
import { forgetHandovers } from './mail/smtp/handovers.ts'
import { pullBackServiceMails, sendServiceMails, takeOverServiceMails } from './outbox/send.ts'
import type { Executor } from './platform/database/database.ts'
import type { Deps } from './platform/deps.ts'
import { eachInTurn } from './platform/failures.ts'
import { beat, findGone, type Gone, removeDead } from './platform/heartbeat.ts'
import { perObject } from './platform/memory/per-object.ts'
import { dropPastLimits } from './platform/network/limits.ts'
import { launchDue } from './preflight/launch.ts'
import { serviceMailRenderers } from './service-mails.ts'
import { expireSignups } from './signup/confirmation/expire.ts'
import { processOrSetAside } from './signup/processing/set-aside.ts'

/** Processes sign-ups; returns whether more may be waiting. */
export async function tickSignups(deps: Deps): Promise<boolean> {
  const settled = await processOrSetAside(deps)
  if (settled > 0) deps.wake()
  return settled > 0
}

export const tickServiceMails = async (deps: Deps): Promise<boolean> =>
  (await sendServiceMails(deps, serviceMailRenderers)) > 0

export async function tickCampaigns(deps: Deps): Promise<boolean> {
  let moved = 0
  const steps = [
    async () => {
      moved += await launchDue(deps)
    },
    async () => {
      moved += await freezeCampaigns(deps)
    },
    // Here too, not only when the sender is idle: a finished campaign does not wait for the end of a larger one.
    () => finishCampaigns(deps),
  ]
  await eachInTurn(steps, (step) => step())
  if (moved > 0) deps.wake()
  return moved > 0
}

export const tickBatches = (deps: Deps, again = false): Promise<boolean> => sendBatch(deps, again)

/** Records that this process is alive, and takes over the leases of dead processes. */
export async function tickHeartbeat(deps: Deps): Promise<boolean> {
  await beat(deps)
  if (await takeOverFromDead(deps)) deps.wake()
  return false
}

/** What this process saw at its last look: a killed process is known by the second. */
const lastLook = perObject((_: object): { gone: readonly Gone[] } => ({ gone: [] }))

async function takeOverFromDead({ db }: Deps): Promise<boolean> {
  const look = lastLook(db)
  const dead = await db.transaction(async (tx) => {
    const found = await removeDead(tx, look.gone)
    if (found.length > 0) await takeOver(tx, found)
    return found
  })
  look.gone = await findGone(db)
  return dead.length > 0
}

/** Makes the work of these holders claimable at once; a process restarted under its old name passes its own. */
export async function takeOver(db: Executor, holders: readonly string[]): Promise<void> {
  await takeOverServiceMails(db, holders)
  await takeOverBatches(db, holders)
}

/** Work that can wait for minutes. A failing step does not hold up the others. */
export async function tickUpkeep(deps: Deps): Promise<boolean> {
  let done = 0
  const steps = [
    async () => {
      await takeOverFromDead(deps)
    },
    () => pullBackBatches(deps),
    () => pullBackServiceMails(deps),
    () => dropPastLimits(deps.db, deps.clock()),
    () => dropPastForms(deps),
    () => dropPastLinks(deps),
    () => dropPastSessions(deps),
    () => republishAtStart(deps),
    () => pauseOnBadReputation(deps),
    async () => {
      done += Number(await dropPastEvents(deps))
    },
    async () => {
      done += await expireSignups(deps)
    },
    async () => {
      const lost = await giveUpLost(deps)
      done += lost
      // Only when no batch was lost: the record holds the results of lost batches.
      if (lost === 0) await forgetHandovers(deps.db)
    },
    async () => {
      done += await forgetAnswers(deps)
    },
  ]
  await eachInTurn(steps, (step) => step())
  return done > 0
}

/** Runs one step of everything; returns whether anything was done. Workers call it by cron, tests until it returns false. */
export async function tick(deps: Deps): Promise<boolean> {
  const done = [
    await tickSignups(deps),
    await tickServiceMails(deps),
    await tickCampaigns(deps),
    await tickBatches(deps),
    await tickUpkeep(deps),
  ]
  return done.some(Boolean)
}

/** Ticks until nothing is left to do, or `most` times. */
export async function tickUntilRest(deps: Deps, most = 1000): Promise<void> {
  for (let round = 0; round < most; round += 1) if (!(await tick(deps))) return
}
