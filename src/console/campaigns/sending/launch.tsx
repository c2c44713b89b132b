// web · /console/campaigns/{id}/launch: audience and checks; send now or schedule
import { Hono } from 'hono'
import {
  actorOf,
  type ConsoleContext,
  type ConsoleEnv,
  faultsOrThrow,
  frameOf,
  screen,
} from '../../../auth/console.tsx'
import { allow } from '../../../auth/guard.tsx'
import { allOperators } from '../../../auth/operators/find-operators.ts'
import { operatorMay } from '../../../auth/operators/operator.ts'
import { may } from '../../../auth/roles.ts'
import { type Campaign, isWritable } from '../../../campaigns/campaign.ts'
import { atWallTime, wallTime } from '../../../i18n/zones.ts'
import type { List } from '../../../lists/list.ts'
import { type Fault, invalid } from '../../../platform/errors.ts'
import { launch, schedule } from '../../../preflight/launch.ts'
import { type About, audienceOf, preflight } from '../../../preflight/preflight.ts'
import { namesOfSegments } from '../../../segments/find-names.ts'
import { rulesOf } from '../../../sending-rules/find.ts'
import { readForm } from '../../../ui/read-body.ts'
import { campaignAt } from '../load-campaign.ts'
import { type Form, valueIn, versionIn } from '../writing/fields.ts'
import { hasMoved } from './checks.ts'
import { LaunchPage } from './launch-view.tsx'

export const launchRoutes = new Hono<ConsoleEnv>()

interface Chosen {
  readonly later: boolean
  /** In each person's own time zone. */
  readonly local: boolean
  readonly at: string
}

/** The chosen time, and what prevents the launch. */
interface Choice extends Chosen {
  readonly faults: readonly Fault[]
  /** Why the page is shown again although the input was valid. */
  readonly moved: string | null
}

launchRoutes.get('/campaigns/:id/launch', async (c) => {
  const about = await campaignAt(c, 'campaigns.write')
  if (!isWritable(about.campaign)) return c.redirect(`/console/campaigns/${about.campaign.id}`, 303)
  return launchPage(c, 200, about, { ...plannedFor(c, about.campaign), faults: [], moved: null })
})

/** The same page with link and DNS checks; keeps the chosen time and changes nothing. */
launchRoutes.post('/campaigns/:id/preflight', async (c) => {
  const about = await campaignAt(c, 'campaigns.write')
  if (!isWritable(about.campaign)) return c.redirect(`/console/campaigns/${about.campaign.id}`, 303)
  const form = await readForm(c)
  const chosen = valueIn(form, 'when') === '' ? plannedFor(c, about.campaign) : choiceIn(form)
  return launchPage(c, 200, about, { ...chosen, faults: [], moved: null }, 'outside')
})
launchRoutes.get('/campaigns/:id/preflight', async (c) => {
  const { campaign } = await campaignAt(c, 'campaigns.write')
  return c.redirect(`/console/campaigns/${campaign.id}/launch`, 303)
})

function plannedFor(c: ConsoleContext, { scheduledAt, localTime }: Campaign): Chosen {
  const { timezone } = c.var.session.operator
  const at = localTime ?? wallTime(timezone, scheduledAt ?? tomorrowAtEight(c, timezone))
  return { later: scheduledAt !== null, local: localTime !== null, at }
}

function choiceIn(form: Form): Chosen {
  const when = valueIn(form, 'when')
  const local = when === 'local'
  return { later: local || when === 'later', local, at: valueIn(form, 'at') }
}

/** The default time in the form. */
const tomorrowAtEight = (c: ConsoleContext, timezone: string): Date => {
  const tomorrow = new Date(c.env.clock().getTime() + 86_400_000)
  return atWallTime(timezone, `${wallTime(timezone, tomorrow).slice(0, 10)}T08:00`) ?? tomorrow
}

launchRoutes.post('/campaigns/:id/launch', async (c) => {
  const about = await campaignAt(c, 'campaigns.write')
  allow(c, 'campaigns.send', about.list.number)
  const form = await readForm(c)
  const choice = choiceIn(form)
  // An answer that names no time must not be taken for "now".
  if (!['now', 'later', 'local'].includes(valueIn(form, 'when')))
    return launchPage(c, 422, about, {
      ...choice,
      faults: [{ path: 'when-now', message: 'Choose when to send: now, or at a set time.' }],
      moved: null,
    })
  const moved = await whatMoved(c, about, form)
  if (moved !== null) return launchPage(c, 409, about, { ...choice, faults: [], moved })
  try {
    await (choice.later ? scheduleAt(c, about, choice) : launch(c.env, actorOf(c), about))
    const done = choice.later ? 'scheduled' : 'launched'
    return c.redirect(`/console/campaigns/${about.campaign.id}?done=${done}`, 303)
  } catch (error) {
    return launchPage(c, 422, about, { ...choice, faults: faultsOrThrow(error), moved: null })
  }
})

async function scheduleAt(
  c: ConsoleContext,
  about: About,
  chosen: { at: string; local: boolean },
): Promise<void> {
  // A local time is checked against UTC, which skips no hour: zones that skip it send an hour later.
  const timezone = chosen.local ? 'UTC' : c.var.session.operator.timezone
  const at = atWallTime(timezone, chosen.at)
  const shown = chosen.local ? '' : ` that exist in ${timezone}`
  if (at === null) throw invalid('at', `Choose a date and time${shown}.`)
  await schedule(c.env, actorOf(c), about, chosen.local ? { localTime: chosen.at } : { at })
}

/** Returns why the page must be confirmed again: another version, or an audience that changed too much. */
async function whatMoved(c: ConsoleContext, about: About, form: Form): Promise<string | null> {
  if (!isWritable(about.campaign)) return null
  if (versionIn(form) !== about.campaign.version)
    return 'A colleague changed this campaign while you were looking at it. Nothing was sent. Review the current version below.'
  const { people } = await audienceOf(c.env, about)
  return hasMoved(Number(valueIn(form, 'people')), people)
    ? 'The number of people changed while you were looking at this page. Nothing was sent. Review the current numbers below.'
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
  const zoneOfOthers = list.timezone ?? (await rulesOf(c.env.db)).timezone
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
      zoneOfOthers={zoneOfOthers}
      opensPeople={maySeePeople && campaign.segment === null}
      {...choice}
    />,
  )
}

/** Names of the operators who may send to this list. */
async function sendersOf(c: ConsoleContext, list: List): Promise<readonly string[]> {
  const operators = await allOperators(c.env)
  return operators
    .filter((one) => one.disabledAt === null && operatorMay(one, 'campaigns.send', list.number))
    .map(({ name }) => name)
}
