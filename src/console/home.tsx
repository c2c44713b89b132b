// web · /console: what is going on, and what to do next
import { Hono } from 'hono'
import { actorOf, type ConsoleEnv, frameOf, screen } from '../auth/console.tsx'
import { may, type Role } from '../auth/roles.ts'
import { endSession } from '../auth/sessions.ts'
import { goOut } from '../auth/sign-in/routes.tsx'
import type { CampaignState } from '../campaigns/campaign.ts'
import { type RecentCampaign, recentCampaigns } from '../campaigns/recent.ts'
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
  type Tone,
} from '../ui/console/parts.tsx'

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
  const isSent = campaigns.some(({ state }) => state === 'sent')
  const steps = stepsOf(operator.role, {
    lists: seen.length,
    active: standings.active,
    campaigns: campaigns.length,
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
      {!isSent && steps.length > 0 && <FirstSteps steps={steps} />}
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

/** From nothing to a sent campaign; a step that the role may not take has no link. */
function stepsOf(role: Role, there: { lists: number; active: number; campaigns: number }): readonly Step[] {
  return [
    {
      done: there.lists > 0,
      what: 'Make a list',
      why: 'A few plain questions. The form and its legal notice come out of them, in four languages.',
      href: may(role, 'lists.write') ? '/console/lists/new' : null,
    },
    {
      done: there.active > 0,
      what: 'Put its form where people see it',
      why: 'A page of its own, or a piece of HTML for your site. Each who signs up confirms by mail.',
      href: there.lists > 0 ? '/console/lists' : null,
    },
    {
      done: there.campaigns > 0,
      what: 'Write to them',
      why: 'In markdown, with a preview. It goes to those with a live consent, each of them once.',
      href: there.lists > 0 && may(role, 'campaigns.write') ? '/console/campaigns/new' : null,
    },
  ]
}

const FirstSteps = ({ steps }: { steps: readonly Step[] }) => (
  <section class="panel narrow">
    <h2>What to do next</h2>
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

/** Each figure opens into its people, where the role may see any. */
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
        { label: 'Not confirmed yet', value: count(standings.pending), ...opening('pending') },
        { label: 'Ended', value: count(standings.ended), note: 'kept for the proof', ...opening('ended') },
      ]}
    />
  )
}

const tones: Readonly<Record<CampaignState, Tone>> = {
  draft: 'none',
  scheduled: 'busy',
  freezing: 'busy',
  sending: 'busy',
  paused: 'warn',
  sent: 'good',
  cancelled: 'bad',
}

const Lately = ({ campaigns, timezone }: { campaigns: readonly RecentCampaign[]; timezone: string }) => (
  <section class="desk-part">
    <h2>Campaigns lately</h2>
    <Table
      caption="Campaigns lately"
      columns={[
        { label: 'Subject' },
        { label: 'List' },
        { label: 'State' },
        { label: 'How far', number: true },
        { label: 'Moved' },
      ]}
      rows={campaigns.map((campaign) => [
        <RowLink href={`/console/campaigns/${campaign.id}`}>{campaign.subject}</RowLink>,
        campaign.list,
        <State tone={campaign.problem === null ? tones[campaign.state] : 'warn'}>{campaign.state}</State>,
        campaign.recipients === 0 ? '' : `${count(campaign.settled)} of ${count(campaign.recipients)}`,
        <Time at={campaign.at} timezone={timezone} />,
      ])}
    />
  </section>
)
