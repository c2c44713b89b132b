// web · /console/campaigns/{id}/launch: who gets it, who does not and why, what to look at once more; then the button
import { Hono } from 'hono'
import {
  actorOf,
  type ConsoleContext,
  type ConsoleEnv,
  faultsOrThrow,
  frameOf,
  screen,
} from '../../../auth/console.tsx'
import { allOperators } from '../../../auth/find-operators.ts'
import { allow } from '../../../auth/guard.tsx'
import { operatorMay } from '../../../auth/operator.ts'
import { may } from '../../../auth/roles.ts'
import { isWritable } from '../../../campaigns/campaign.ts'
import { launchCampaign, scheduleCampaign } from '../../../campaigns/launch.ts'
import { type About, audienceOf, preflight, refuseDefiniteNo } from '../../../delivery/preflight/preflight.ts'
import { atWallTime, wallTime } from '../../../i18n/zones.ts'
import type { List } from '../../../lists/list.ts'
import { type Fault, invalid } from '../../../platform/errors.ts'
import { namesOfSegments } from '../../../segments/find-names.ts'
import { readForm } from '../../../ui/read-body.ts'
import { campaignAt } from '../at.ts'
import { type Form, valueIn, versionIn } from '../writing/fields.ts'
import { hasMoved } from './checks.ts'
import { LaunchPage } from './launch-view.tsx'

export const launchRoutes = new Hono<ConsoleEnv>()

/** What was chosen, and what stands in the way. */
interface Choice {
  readonly later: boolean
  readonly at: string
  readonly faults: readonly Fault[]
  /** Why the page is there once more, though nothing typed was wrong. */
  readonly moved: string | null
}

launchRoutes.get('/campaigns/:id/launch', async (c) => firstLook(c, 'here'))

/** The same page with what the world outside says; it shows, and changes nothing. */
launchRoutes.post('/campaigns/:id/preflight', async (c) => firstLook(c, 'outside'))
launchRoutes.get('/campaigns/:id/preflight', async (c) => {
  const { campaign } = await campaignAt(c, 'campaigns.write')
  return c.redirect(`/console/campaigns/${campaign.id}/launch`, 303)
})

async function firstLook(c: ConsoleContext, reach: 'here' | 'outside') {
  const about = await campaignAt(c, 'campaigns.write')
  if (!isWritable(about.campaign)) return c.redirect(`/console/campaigns/${about.campaign.id}`, 303)
  const { timezone } = c.var.session.operator
  const { scheduledAt } = about.campaign
  const at = wallTime(timezone, scheduledAt ?? tomorrowAtEight(c, timezone))
  return launchPage(c, 200, about, { later: scheduledAt !== null, at, faults: [], moved: null }, reach)
}

/** A time to begin with; nobody sends at this minute. */
const tomorrowAtEight = (c: ConsoleContext, timezone: string): Date => {
  const tomorrow = new Date(c.env.clock().getTime() + 86_400_000)
  return atWallTime(timezone, `${wallTime(timezone, tomorrow).slice(0, 10)}T08:00`) ?? tomorrow
}

launchRoutes.post('/campaigns/:id/launch', async (c) => {
  const about = await campaignAt(c, 'campaigns.write')
  allow(c, 'campaigns.send', about.list.number)
  const form = await readForm(c)
  const choice = { later: valueIn(form, 'when') === 'later', at: valueIn(form, 'at') }
  const moved = await whatMoved(c, about, form)
  if (moved !== null) return launchPage(c, 409, about, { ...choice, faults: [], moved })
  try {
    await refuseDefiniteNo(c.env, about)
    await (choice.later ? schedule(c, about, choice.at) : launchNow(c, about))
    const done = choice.later ? 'scheduled' : 'launched'
    return c.redirect(`/console/campaigns/${about.campaign.id}?done=${done}`, 303)
  } catch (error) {
    return launchPage(c, 422, about, { ...choice, faults: faultsOrThrow(error), moved: null })
  }
})

const launchNow = (c: ConsoleContext, { campaign, list }: About): Promise<void> =>
  launchCampaign(c.env, actorOf(c), campaign, list)

async function schedule(c: ConsoleContext, { campaign }: About, text: string): Promise<void> {
  const { timezone } = c.var.session.operator
  const at = atWallTime(timezone, text)
  if (at === null) throw invalid('at', `Choose a day and a time that the clock in ${timezone} shows.`)
  await scheduleCampaign(c.env, actorOf(c), campaign, at)
}

/** Nobody sends what they have not seen, nor to many more or fewer than they were told. */
async function whatMoved(c: ConsoleContext, about: About, form: Form): Promise<string | null> {
  if (!isWritable(about.campaign)) return null
  if (versionIn(form) !== about.campaign.version)
    return 'Somebody changed this campaign while you looked at it. This is how it stands now; nothing was sent.'
  const { people } = await audienceOf(c.env, about)
  return hasMoved(Number(valueIn(form, 'people')), people)
    ? 'The number of people changed while you looked at it. These are the figures now; nothing was sent.'
    : null
}

async function launchPage(
  c: ConsoleContext,
  status: 200 | 409 | 422,
  about: About,
  choice: Choice,
  reach: 'here' | 'outside' = 'here',
) {
  const { campaign, list } = about
  const { operator } = c.var.session
  const maySeePeople = may(operator.role, 'subscribers.read')
  const found = await preflight(c.env, about, reach)
  const segment =
    campaign.segment === null
      ? null
      : ((await namesOfSegments(c.env.db, [campaign.segment])).get(campaign.segment) ?? '')
  return screen(
    c,
    status,
    <LaunchPage
      frame={frameOf(c)}
      campaign={campaign}
      list={list}
      segment={segment}
      found={found}
      senders={may(operator.role, 'campaigns.send') ? null : await sendersOf(c, list)}
      opensPeople={maySeePeople && campaign.segment === null}
      {...choice}
    />,
  )
}

/** Names of those who may send to this list. */
async function sendersOf(c: ConsoleContext, list: List): Promise<readonly string[]> {
  const operators = await allOperators(c.env)
  return operators
    .filter((one) => one.disabledAt === null && operatorMay(one, 'campaigns.send', list.number))
    .map(({ name }) => name)
}
