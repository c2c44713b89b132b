// shell · launching and scheduling for console, API and schedule; refuses what would certainly fail
import type { Actor } from '../audit/actor.ts'
import { dueCampaigns, findCampaign } from '../campaigns/find.ts'
import {
  askAboutOverdue,
  launchCampaign,
  returnToDraft,
  scheduleCampaign,
  type When,
} from '../campaigns/launch.ts'
import { lookInHand } from '../delivery/in-hand.ts'
import { listByNumber } from '../lists/find.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError } from '../platform/errors.ts'
import { eachInTurn } from '../platform/failures.ts'
import { type About, refuseDefiniteNo } from './preflight.ts'

/** Launches now. Throws DomainError with the reason for a refusal. */
export async function launch(deps: Deps, actor: Actor, about: About): Promise<void> {
  await refuseDefiniteNo(deps, about)
  await launchCampaign(deps, actor, about.campaign, about.list)
}

/** Schedules a launch. Checks now, while an operator can fix a problem, and again at the scheduled time. */
export async function schedule(deps: Deps, actor: Actor, about: About, when: When): Promise<void> {
  await refuseDefiniteNo(deps, about)
  await scheduleCampaign(deps, actor, about.campaign, when)
}

/**
 * Launches due campaigns, except those overdue by more than an hour, which need confirmation first. A campaign that cannot be
 * launched becomes a draft again, with the reason, without delaying the others. Each campaign is loaded again, since it may
 * have been changed or rescheduled meanwhile.
 */
export async function launchDue(deps: Deps): Promise<number> {
  await askAboutOverdue(deps)
  const due = await dueCampaigns(deps.db, deps.clock())
  await eachInTurn(due, async ({ id }) => {
    const campaign = await findCampaign(deps.db, id)
    const list = campaign === null ? null : await listByNumber(deps.db, campaign.list)
    if (campaign === null || list === null) return
    try {
      await lookInHand(deps, campaign.number, () => refuseDefiniteNo(deps, { campaign, list }))
      await launchCampaign(deps, { kind: 'system' }, campaign, list)
    } catch (error) {
      // `rate_limited`: too many renderings at this moment; the next run tries again.
      if (!(error instanceof DomainError) || error.code === 'rate_limited') throw error
      await returnToDraft(deps, campaign, error.message)
    }
  })
  return due.length
}
