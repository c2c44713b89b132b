// shell · the one door to a launch, for the console, the API and the schedule: what would surely fail is refused first
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

/** Now. Throws DomainError with what stands in the way. */
export async function launch(deps: Deps, actor: Actor, about: About): Promise<void> {
  await refuseDefiniteNo(deps, about)
  await launchCampaign(deps, actor, about.campaign, about.list)
}

/** Later; asked now, since now somebody is there to mend it, and once more at its hour. */
export async function schedule(deps: Deps, actor: Actor, about: About, when: When): Promise<void> {
  await refuseDefiniteNo(deps, about)
  await scheduleCampaign(deps, actor, about.campaign, when)
}

/**
 * Launches what is due, but for what was due more than an hour ago: that asks first. A campaign that cannot be launched goes
 * back to its author, with the reason, and keeps none of the others waiting. One that was changed meanwhile, to another hour
 * perhaps, is looked at anew.
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
      // Many looked at their texts in this moment: it is tried again in the next.
      if (!(error instanceof DomainError) || error.code === 'rate_limited') throw error
      await returnToDraft(deps, campaign, error.message)
    }
  })
  return due.length
}
