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
import { type Campaign, isWritable } from '../../../campaigns/campaign.ts'
import { filterOf, launchCampaign, scheduleCampaign } from '../../../campaigns/launch.ts'
import { mergeUses } from '../../../campaigns/merge-uses.ts'
import { previewOf } from '../../../delivery/preview.ts'
import { atWallTime, wallTime } from '../../../i18n/zones.ts'
import type { List } from '../../../lists/list.ts'
import { rulesOf } from '../../../pacing/find.ts'
import { DomainError, type Fault, invalid } from '../../../platform/errors.ts'
import { countAudience } from '../../../segments/audience.ts'
import type { Filter } from '../../../segments/filter.ts'
import { namesOfSegments } from '../../../segments/find-names.ts'
import { countLacking, countLeftOut, type LeftOut } from '../../../segments/left-out.ts'
import { readForm } from '../../../ui/read-body.ts'
import { campaignAt } from '../at.ts'
import { type Form, valueIn, versionIn } from '../writing/fields.ts'
import { checksOf, hasMoved } from './checks.ts'
import { LaunchPage } from './launch-view.tsx'

export const launchRoutes = new Hono<ConsoleEnv>()

interface About {
  readonly campaign: Campaign
  readonly list: List
}

/** What was chosen, and what stands in the way. */
interface Choice {
  readonly later: boolean
  readonly local: boolean
  readonly at: string
  readonly faults: readonly Fault[]
  /** Why the page is there once more, though nothing typed was wrong. */
  readonly moved: string | null
}

launchRoutes.get('/campaigns/:id/launch', async (c) => {
  const about = await campaignAt(c, 'campaigns.write')
  if (!isWritable(about.campaign)) return c.redirect(`/console/campaigns/${about.campaign.id}`, 303)
  const { timezone } = c.var.session.operator
  const { scheduledAt, localTime } = about.campaign
  const at = localTime ?? wallTime(timezone, scheduledAt ?? tomorrowAtEight(c, timezone))
  const chosen = { later: scheduledAt !== null, local: localTime !== null }
  return launchPage(c, 200, about, { ...chosen, at, faults: [], moved: null })
})

/** A time to begin with; nobody sends at this minute. */
const tomorrowAtEight = (c: ConsoleContext, timezone: string): Date => {
  const tomorrow = new Date(c.env.clock().getTime() + 86_400_000)
  return atWallTime(timezone, `${wallTime(timezone, tomorrow).slice(0, 10)}T08:00`) ?? tomorrow
}

launchRoutes.post('/campaigns/:id/launch', async (c) => {
  const about = await campaignAt(c, 'campaigns.write')
  allow(c, 'campaigns.send', about.list.number)
  const form = await readForm(c)
  const when = valueIn(form, 'when')
  const local = when === 'local'
  const choice = { later: local || when === 'later', local, at: valueIn(form, 'at') }
  const moved = await whatMoved(c, about, form)
  if (moved !== null) return launchPage(c, 409, about, { ...choice, faults: [], moved })
  try {
    await (choice.later ? schedule(c, about, choice) : launchNow(c, about))
    const done = choice.later ? 'scheduled' : 'launched'
    return c.redirect(`/console/campaigns/${about.campaign.id}?done=${done}`, 303)
  } catch (error) {
    return launchPage(c, 422, about, { ...choice, faults: faultsOrThrow(error), moved: null })
  }
})

const launchNow = (c: ConsoleContext, { campaign, list }: About): Promise<void> =>
  launchCampaign(c.env, actorOf(c), campaign, list)

async function schedule(
  c: ConsoleContext,
  { campaign }: About,
  chosen: { at: string; local: boolean },
): Promise<void> {
  // Whether a clock shows it is asked of UTC, where no hour is leapt over: what others leap over they show an hour later.
  const timezone = chosen.local ? 'UTC' : c.var.session.operator.timezone
  const at = atWallTime(timezone, chosen.at)
  const shown = chosen.local ? '' : ` that the clock in ${timezone} shows`
  if (at === null) throw invalid('at', `Choose a day and a time${shown}.`)
  await scheduleCampaign(c.env, actorOf(c), campaign, chosen.local ? { localTime: chosen.at } : { at })
}

/** Nobody sends what they have not seen, nor to many more or fewer than they were told. */
async function whatMoved(c: ConsoleContext, about: About, form: Form): Promise<string | null> {
  if (!isWritable(about.campaign)) return null
  if (versionIn(form) !== about.campaign.version)
    return 'Somebody changed this campaign while you looked at it. This is how it stands now; nothing was sent.'
  const { people } = await audienceOf(c, about)
  return hasMoved(Number(valueIn(form, 'people')), people)
    ? 'The number of people changed while you looked at it. These are the figures now; nothing was sent.'
    : null
}

async function launchPage(c: ConsoleContext, status: 200 | 409 | 422, about: About, choice: Choice) {
  const { campaign, list } = about
  const { operator } = c.var.session
  const maySeePeople = may(operator.role, 'subscribers.read')
  const counted = await audienceOf(c, about)
  const houseZone = (await rulesOf(c.env.db)).timezone
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
      checks={checksOf(campaign, list, mailOf(c, about), counted.lacking)}
      senders={may(operator.role, 'campaigns.send') ? null : await sendersOf(c, list)}
      houseZone={houseZone}
      opensPeople={maySeePeople && campaign.segment === null}
      {...counted}
      {...choice}
    />,
  )
}

interface Audience {
  readonly people: number
  readonly leftOut: readonly LeftOut[]
  /** How many have no value, by the key of a field that is shown. */
  readonly lacking: ReadonlyMap<string, number>
  /** Why the segment can no longer be asked; null where it can. */
  readonly blocked: string | null
}

async function audienceOf(c: ConsoleContext, about: About): Promise<Audience> {
  try {
    const filter = await filterOf(c.env, about.campaign, about.list)
    return { ...(await countAll(c, about, filter)), blocked: null }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { people: 0, leftOut: [], lacking: new Map(), blocked: error.message }
  }
}

async function countAll(c: ConsoleContext, { campaign, list }: About, filter: Filter) {
  const about = { list, purpose: campaign.purpose, filter, now: c.env.clock() }
  const shown = new Set(mergeUses(campaign).map(({ key }) => key))
  const fields = list.fields.filter(({ key }) => shown.has(key))
  const [people, leftOut, lacking] = await Promise.all([
    countAudience(c.env.db, about),
    countLeftOut(c.env.db, about),
    countLacking(c.env.db, about, fields),
  ])
  return { people, leftOut, lacking }
}

/** Null where it cannot be rendered as it stands: the check says so. */
function mailOf(c: ConsoleContext, { campaign, list }: About) {
  try {
    return previewOf(c.env, { campaign, list, person: 'complete' })
  } catch (error) {
    if (error instanceof DomainError) return null
    throw error
  }
}

/** Names of those who may send to this list. */
async function sendersOf(c: ConsoleContext, list: List): Promise<readonly string[]> {
  const operators = await allOperators(c.env)
  return operators
    .filter((one) => one.disabledAt === null && operatorMay(one, 'campaigns.send', list.number))
    .map(({ name }) => name)
}
