// web · /console: the home page: first steps, figures, recent campaigns
import { Hono } from 'hono'
import { actorOf, type ConsoleEnv, frameOf, screen } from '../auth/console.tsx'
import { may, type Role } from '../auth/roles.ts'
import { endSession } from '../auth/sessions.ts'
import { goOut } from '../auth/sign-in/routes.tsx'
import type { CampaignState } from '../campaigns/campaign.ts'
import { type RecentCampaign, recentCampaigns } from '../campaigns/recent.ts'
import { titleOf } from '../campaigns/title.ts'
import { allListNames } from '../lists/find.ts'
import { type SubscriberCounts, subscriberCounts } from '../segments/subscriber-counts.ts'
import { ConsolePage } from '../ui/console/console.tsx'
import {
  count,
  counted,
  Figures,
  LinkButton,
  PageHead,
  RowLink,
  State,
  Table,
  Time,
} from '../ui/console/parts.tsx'
import { stateWords } from './campaigns/words.ts'

export const homeRoutes = new Hono<ConsoleEnv>()

const maxLately = 8

homeRoutes.get('/', async (c) => {
  const { operator } = c.var.session
  const [standings, campaigns, lists] = await Promise.all([
    subscriberCounts(c.env.db, { lists: operator.lists, now: c.env.clock() }),
    recentCampaigns(c.env.db, { lists: operator.lists, limit: maxLately }),
    allListNames(c.env.db),
  ])
  const seen = lists.filter(({ number }) => operator.lists?.includes(number) ?? true)
  const isIn = (...states: readonly CampaignState[]) => campaigns.some(({ state }) => states.includes(state))
  const steps = stepsOf(operator.role, {
    lists: seen.length,
    active: standings.active,
    isLaunched: isIn('freezing', 'sending', 'paused'),
  })
  return screen(
    c,
    200,
    <ConsolePage frame={frameOf(c)} section="home" title="Home">
      <PageHead title={`Hello, ${operator.name}`}>
        {may(operator.role, 'campaigns.write') && seen.length > 0 && (
          <LinkButton href="/console/campaigns/new" icon="plus">
            New campaign
          </LinkButton>
        )}
      </PageHead>
      {!isIn('sent') && steps.length > 0 && <FirstSteps steps={steps} />}
      {seen.length > 0 && <Standing standings={standings} people={may(operator.role, 'subscribers.read')} />}
      {campaigns.length > 0 && <Lately campaigns={campaigns} timezone={operator.timezone} />}
    </ConsolePage>,
  )
})

homeRoutes.post('/sign-out', async (c) => {
  const { id, operator } = c.var.session
  await endSession(c.env, actorOf(c), { id, operator: operator.id })
  goOut(c)
  return c.redirect('/console/sign-in', 303)
})

interface Step {
  readonly done: boolean
  readonly what: string
  readonly why: string
  readonly href: string | null
}

/** The steps from an empty deployment to a sent campaign; steps that the role may not take have no link. */
function stepsOf(role: Role, there: { lists: number; active: number; isLaunched: boolean }): readonly Step[] {
  return [
    {
      done: there.lists > 0,
      what: 'Create a list',
      why: 'Answer a few questions to get a sign-up form and its privacy notice, in up to four languages.',
      href: may(role, 'lists.write') ? '/console/lists/new' : null,
    },
    {
      done: there.active > 0,
      what: 'Share its sign-up form',
      why: 'Link to the hosted page or paste the HTML into your site. Everyone who signs up confirms by email.',
      href: there.lists > 0 ? '/console/lists' : null,
    },
    {
      done: there.isLaunched,
      what: 'Send a campaign',
      why: 'Write in Markdown with a live preview. It goes once to each person whose consent is in force.',
      href: there.lists > 0 && may(role, 'campaigns.write') ? '/console/campaigns/new' : null,
    },
  ]
}

const FirstSteps = ({ steps }: { steps: readonly Step[] }) => (
  <section class="panel narrow">
    <h2>Get started</h2>
    <ol class="steps">
      {steps.map(({ done, what, why, href }) => (
        <li class={done ? 'step-done' : undefined}>
          <div>
            <p>
              <strong>{href === null || done ? what : <a href={href}>{what}</a>}</strong>
            </p>
            <p class="soft">{why}</p>
          </div>
        </li>
      ))}
    </ol>
  </section>
)

/** Each figure links to its people, where the role may see them. */
const Standing = ({ standings, people }: { standings: SubscriberCounts; people: boolean }) => {
  const opening = (state: string) => (people ? { href: `/console/people?state=${state}` } : {})
  return (
    <Figures
      figures={[
        {
          label: 'People you can reach',
          value: count(standings.reachable),
          note: `on ${counted(standings.active, 'active subscription', 'active subscriptions')}`,
          ...opening('active'),
        },
        { label: 'Awaiting confirmation', value: count(standings.pending), ...opening('pending') },
        {
          label: 'No longer subscribed',
          value: count(standings.ended),
          note: 'kept as proof of consent',
          ...opening('ended'),
        },
      ]}
    />
  )
}

const Lately = ({ campaigns, timezone }: { campaigns: readonly RecentCampaign[]; timezone: string }) => (
  <section class="desk-part">
    <h2>Recent campaigns</h2>
    <Table
      caption="Recent campaigns"
      columns={[
        { label: 'Subject' },
        { label: 'List' },
        { label: 'State' },
        { label: 'Progress', number: true },
        { label: 'Updated' },
      ]}
      rows={campaigns.map((campaign) => [
        <RowLink href={`/console/campaigns/${campaign.id}`}>{titleOf(campaign.subject)}</RowLink>,
        campaign.list,
        <State tone={campaign.problem === null ? stateWords[campaign.state].tone : 'warn'}>
          {stateWords[campaign.state].word}
        </State>,
        campaign.recipients === 0 ? '' : `${count(campaign.settled)} of ${count(campaign.recipients)}`,
        <Time at={campaign.at} timezone={timezone} />,
      ])}
    />
  </section>
)
