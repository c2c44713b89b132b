// web · /console/campaigns: the overview of drafts, scheduled, running and sent campaigns
import { Hono } from 'hono'
import { type ConsoleContext, type ConsoleEnv, frameOf, screen } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { may } from '../../auth/roles.ts'
import type { Campaign } from '../../campaigns/campaign.ts'
import { findCampaign, pageOfCampaigns } from '../../campaigns/find.ts'
import { pageOfLists } from '../../lists/find.ts'
import type { List } from '../../lists/list.ts'
import { countsOf } from '../../reports/figures.ts'
import { namesOfSegments } from '../../segments/find-names.ts'
import { OverviewPage, type OverviewRow } from './overview-view.tsx'
import { type Group, groups } from './words.ts'

export const overviewRoutes = new Hono<ConsoleEnv>()

/** Rows per group when all groups share one page. */
const maxPart = 8
const maxPage = 25
/** Organisations have a handful of lists. */
const maxLists = 500

overviewRoutes.get('/campaigns', async (c) => {
  allow(c, 'campaigns.read')
  const asked = c.req.query('show')
  const chosen = groups.find(({ key }) => key === asked) ?? null
  const lists = await pageOfLists(c.env.db, { limit: maxLists, before: null })
  const before = await numberOf(c, c.req.query('after'))
  const parts = await Promise.all(
    (chosen === null ? groups : [chosen]).map((group) => partOf(c, { group, chosen, before, lists })),
  )
  const frame = frameOf(c)
  const { role } = c.var.session.operator
  return screen(
    c,
    200,
    <OverviewPage
      frame={frame}
      parts={parts}
      chosen={chosen?.key ?? null}
      mayWrite={may(role, 'campaigns.write')}
      done={c.req.query('done')}
    />,
  )
})

/** The number of the last campaign on the previous page, from its id. */
async function numberOf(c: ConsoleContext, id: string | undefined): Promise<number | null> {
  if (id === undefined) return null
  return (await findCampaign(c.env.db, id))?.number ?? null
}

interface Asked {
  readonly group: Group
  readonly chosen: Group | null
  readonly before: number | null
  readonly lists: readonly List[]
}

async function partOf(c: ConsoleContext, { group, chosen, before, lists }: Asked) {
  const most = chosen === null ? maxPart : maxPage
  const found = await pageOfCampaigns(c.env.db, {
    limit: most + 1,
    before,
    lists: c.var.session.operator.lists,
    states: group.states,
  })
  const campaigns = found.slice(0, most)
  const last = found.length > most ? campaigns.at(-1) : undefined
  return { group, rows: await rowsOf(c, campaigns, lists), next: last?.id ?? null }
}

async function rowsOf(
  c: ConsoleContext,
  campaigns: readonly Campaign[],
  lists: readonly List[],
): Promise<readonly OverviewRow[]> {
  const [counts, segments] = await Promise.all([
    countsOf(
      c.env.db,
      campaigns.map(({ number }) => number),
      c.env.clock(),
    ),
    namesOfSegments(
      c.env.db,
      campaigns.flatMap(({ segment }) => segment ?? []),
    ),
  ])
  return campaigns.map((campaign) => ({
    campaign,
    list: lists.find(({ number }) => number === campaign.list)?.name ?? '',
    segment: campaign.segment === null ? null : (segments.get(campaign.segment) ?? 'deleted segment'),
    counts: counts.get(campaign.number) ?? null,
  }))
}
