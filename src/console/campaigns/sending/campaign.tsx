// web · /console/campaigns/{id}: progress, results, activity; pause, resume and cancel

import { Hono } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { actsOn } from '../../../audit/find-acts.ts'
import { actorOf, type ConsoleContext, type ConsoleEnv, frameOf, screen } from '../../../auth/console.tsx'
import { allOperators } from '../../../auth/operators/find-operators.ts'
import { operatorMay } from '../../../auth/operators/operator.ts'
import type { Permission } from '../../../auth/roles.ts'
import type { Campaign } from '../../../campaigns/campaign.ts'
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../../../campaigns/launch.ts'
import type { List } from '../../../lists/list.ts'
import { missingFeedbackOf } from '../../../platform/config.ts'
import { estimateOf } from '../../../reports/estimate.ts'
import { countsOfOne, reasonsOf, totalsOf } from '../../../reports/figures.ts'
import { namesOfSegments } from '../../../segments/find-names.ts'
import { campaignAt } from '../load-campaign.ts'
import { CampaignPage, CancelPage, type Story } from './campaign-view.tsx'
import { type Progress, ProgressPanel } from './progress-view.tsx'

export const campaignRoutes = new Hono<ConsoleEnv>()

/** Acts shown in the activity of one campaign. */
const maxActs = 200

campaignRoutes.get('/campaigns/:id', async (c) => {
  const { campaign, list } = await campaignAt(c, 'campaigns.read')
  const [progress, totals, reasons, story, segment] = await Promise.all([
    progressOf(c, campaign),
    totalsOf(c.env.db, campaign.number, c.env.clock()),
    reasonsOf(c.env.db, campaign.number),
    storyOf(c, campaign),
    segmentOf(c, campaign),
  ])
  return screen(
    c,
    200,
    <CampaignPage
      frame={frameOf(c)}
      campaign={campaign}
      list={list}
      segment={segment}
      progress={progress}
      totals={totals}
      reasons={reasons}
      unheard={missingFeedbackOf(c.env.config)}
      story={story}
      done={c.req.query('done')}
      once={c.env.ids()}
      may={(permission) => mayHere(c, permission, list)}
    />,
  )
})

/** The panel alone, for the island that polls every two seconds. */
campaignRoutes.get('/campaigns/:id/progress', async (c) => {
  const { campaign } = await campaignAt(c, 'campaigns.read')
  const { timezone } = c.var.session.operator
  return screen(c, 200, <ProgressPanel progress={await progressOf(c, campaign)} timezone={timezone} />)
})

const mayHere = (c: ConsoleContext, permission: Permission, list: List): boolean =>
  operatorMay(c.var.session.operator, permission, list.number)

async function progressOf(c: ConsoleContext, campaign: Campaign): Promise<Progress> {
  const counts = await countsOfOne(c.env.db, campaign.number, c.env.clock())
  const { id, state, problem } = campaign
  return {
    id,
    state,
    problem,
    counts,
    outlook: await estimateOf(c.env, campaign, counts),
    now: c.env.clock(),
  }
}

async function segmentOf(c: ConsoleContext, { segment }: Campaign): Promise<string | null> {
  if (segment === null) return null
  return (await namesOfSegments(c.env.db, [segment])).get(segment) ?? 'deleted segment'
}

async function storyOf(c: ConsoleContext, campaign: Campaign): Promise<readonly Story[]> {
  const [acts, operators] = await Promise.all([
    actsOn(c.env.db, { kind: 'campaign', id: campaign.id }, maxActs),
    allOperators(c.env),
  ])
  const names = new Map(operators.map(({ id, name }) => [id, name]))
  return acts.map(({ at, verb, actorKind, actorId }) => ({ at, verb, who: whoOf(actorKind, actorId, names) }))
}

function whoOf(kind: string, id: string | null, names: ReadonlyMap<string, string>): string {
  if (kind === 'operator') return names.get(id ?? '') ?? 'An operator'
  return kind === 'key' ? 'An API key' : 'Assent'
}

/** Registers a button's route; `done` names the message on the page that follows. */
const act = (
  name: string,
  done: string,
  verb: (c: ConsoleContext, campaign: Campaign) => Promise<void>,
): void => {
  campaignRoutes.post(`/campaigns/:id/${name}`, async (c) => {
    const { campaign } = await campaignAt(c, 'campaigns.send')
    await verb(c, campaign)
    return c.redirect(`/console/campaigns/${campaign.id}?done=${done}`, 303)
  })
}

act('pause', 'paused', (c, campaign) => pauseCampaign(c.env, actorOf(c), campaign))
act('resume', 'resumed', (c, campaign) => resumeCampaign(c.env, actorOf(c), campaign))
act('cancel', 'cancelled', (c, campaign) => cancelCampaign(c.env, actorOf(c), campaign))

campaignRoutes.get('/campaigns/:id/cancel', async (c) => {
  const { campaign } = await campaignAt(c, 'campaigns.send')
  const counts = await countsOfOne(c.env.db, campaign.number, c.env.clock())
  const page: JSX.Element = <CancelPage frame={frameOf(c)} campaign={campaign} counts={counts} />
  return screen(c, 200, page)
})
