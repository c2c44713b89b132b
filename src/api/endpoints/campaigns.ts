// web · /api/v1/campaigns
// Long because it declares every endpoint of campaigns.
import * as z from 'zod'
import { type Campaign, campaignChange, campaignInput, type Totals } from '../../campaigns/campaign.ts'
import { findCampaign, pageOfCampaigns } from '../../campaigns/find.ts'
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../../campaigns/launch.ts'
import { contentOf } from '../../campaigns/writing/content.ts'
import { changeCampaign, createCampaign, type Draft } from '../../campaigns/writing/draft.ts'
import type { Deps } from '../../platform/deps.ts'
import { notFound } from '../../platform/errors.ts'
import { mailAddress, writtenTime } from '../../platform/form.ts'
import { launch, schedule } from '../../preflight/launch.ts'
import { aboutSender, preflight } from '../../preflight/preflight.ts'
import { sendTest } from '../../preflight/test-mail.ts'
import { blockerSentences, sentenceOfBlocker } from '../../reports/blockers.ts'
import { type Estimate, estimateOf } from '../../reports/estimate.ts'
import { noTotals, totalsOf, totalsOfMany } from '../../reports/figures.ts'
import { whyHeld } from '../../throttle/restored-copy.ts'
import { pageShape, type Shown } from '../answers.ts'
import { campaignShape, preflightShape } from '../campaign-answers.ts'
import {
  type Call,
  collection,
  type Endpoint,
  endpoint,
  holdToLists,
  pageOf,
  type Reach,
} from '../endpoint.ts'
import { listNamed } from './lists.ts'
import { listOf } from './subscribers.ts'

const at = (moment: Date | null): string | null => moment?.toISOString() ?? null

const shown = async (deps: Deps, campaign: Campaign): Promise<Shown<typeof campaignShape>> =>
  withTotals(deps, campaign, await totalsOf(deps.db, campaign.number, deps.clock()))

async function withTotals(
  deps: Deps,
  campaign: Campaign,
  totals: Totals,
): Promise<Shown<typeof campaignShape>> {
  const list = await listOf(deps, campaign.list)
  const outlook = await estimateOf(deps, campaign, totals)
  return {
    id: campaign.id,
    list: list.id,
    segment: campaign.segment,
    purpose: campaign.purpose,
    subject: campaign.subject,
    preheader: campaign.preheader,
    content: campaign.content,
    tracking: campaign.tracking,
    state: campaign.state,
    problem: campaign.problem ?? (await holdOf(deps, campaign)),
    version: campaign.version,
    totals,
    progress: outlook === null ? null : progressOf(outlook),
    created_at: at(campaign.createdAt),
    updated_at: at(campaign.updatedAt),
    scheduled_at: at(campaign.scheduledAt),
    local_time: campaign.localTime,
    launched_at: at(campaign.launchedAt),
    finished_at: at(campaign.finishedAt),
  }
}

/** A copy, or a deployment that was stopped, sends nothing: a campaign that is to go out says so. */
async function holdOf(deps: Deps, { state }: Campaign): Promise<string | null> {
  if (state !== 'scheduled' && state !== 'freezing' && state !== 'sending') return null
  const hold = await whyHeld(deps.db)
  return hold === null ? null : blockerSentences[hold]
}

const progressOf = ({ handled, recipients, frozenShare, peoplePerSecond, endsAt, blockers }: Estimate) => ({
  handled,
  recipients,
  frozen_share: frozenShare,
  rate_per_second: peoplePerSecond === null ? null : Math.round(peoplePerSecond * 10) / 10,
  expected_end: at(endsAt),
  waits: blockers.map((wait) => ({
    reason: wait.reason,
    until: at(wait.until),
    ...(wait.mailbox === undefined ? {} : { mailbox: wait.mailbox }),
    explanation: sentenceOfBlocker(wait),
  })),
})

/** Throws DomainError `not_found`, and `forbidden` where the key is limited to other lists. */
export async function campaignAt(reach: Reach, id: string): Promise<Campaign> {
  const campaign = await findCampaign(reach.deps.db, id)
  if (campaign === null) throw notFound('campaign')
  holdToLists(reach, campaign.list)
  return campaign
}

const askDns = async (reach: Reach, path: (name: string) => string): Promise<unknown> => {
  const campaign = await campaignAt(reach, path('id'))
  return aboutSender(reach.deps, await listOf(reach.deps, campaign.list))
}

/** The handler of a verb without a body: acts on the campaign and returns its new state. */
const verb =
  (act: (call: Call<undefined>, campaign: Campaign) => Promise<void>) =>
  async (call: Call<undefined>): Promise<Shown<typeof campaignShape>> => {
    const campaign = await campaignAt(call, call.path('id'))
    await act(call, campaign)
    return shown(call.deps, await campaignAt(call, campaign.id))
  }

const sending = (name: string, summary: string, description: string) =>
  ({
    method: 'POST',
    path: `/campaigns/:id/${name}`,
    permission: 'campaigns.send',
    summary,
    description,
    status: 202,
    answer: campaignShape,
  }) as const

export const campaignEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      method: 'POST',
      path: '/campaigns',
      permission: 'campaigns.write',
      summary: 'Write a campaign',
      description:
        'A draft: nothing is sent before it is launched. Fields, tags and filters that the list does not know are refused here.',
      body: campaignInput,
      example: {
        list: 'garden',
        subject: 'June in the garden',
        content: {
          format: 'markdown',
          body: '# June\n\nDear {{ subscriber.first_name | default: "reader" }},\n\nThe beans are up.',
        },
      },
      status: 201,
      answer: campaignShape,
    },
    async (call) => {
      const { deps, actor } = call
      const { list: name, content, ...draft } = call.body
      const list = await listNamed(call, name)
      return shown(
        deps,
        await createCampaign(deps, actor, { list, draft: { ...draft, content: contentOf(content) } }),
      )
    },
  ),
  endpoint(
    {
      method: 'GET',
      path: '/campaigns',
      permission: 'campaigns.read',
      summary: 'All campaigns',
      description: 'Newest first.',
      pages: true,
      answer: pageShape(campaignShape),
    },
    async (call) => {
      const { limit, after } = pageOf(call, z.int())
      const campaigns = await pageOfCampaigns(call.deps.db, { limit, before: after, lists: call.lists })
      const page = collection(campaigns, { limit, show: (one) => one, position: (one) => one.number })
      const numbers = page.data.map(({ number }) => number)
      const totals = await totalsOfMany(call.deps.db, numbers, call.deps.clock())
      const shown = page.data.map((one) => withTotals(call.deps, one, totals.get(one.number) ?? noTotals))
      return { ...page, data: await Promise.all(shown) }
    },
  ),
  endpoint(
    {
      method: 'GET',
      path: '/campaigns/:id',
      permission: 'campaigns.read',
      summary: 'One campaign',
      description:
        'With its state, its totals, and how far it is: how fast, until when, and why it waits where it does.',
      answer: campaignShape,
    },
    async (call) => shown(call.deps, await campaignAt(call, call.path('id'))),
  ),
  endpoint(
    {
      method: 'PATCH',
      path: '/campaigns/:id',
      permission: 'campaigns.write',
      summary: 'Change a campaign',
      description: 'Until it is launched; what was launched cannot change.',
      body: campaignChange,
      example: { subject: 'June, at last' },
      answer: campaignShape,
    },
    async (call) => {
      const { deps, actor, body } = call
      const campaign = await campaignAt(call, call.path('id'))
      const draft: Draft = {
        segment: body.segment === undefined ? campaign.segment : body.segment,
        purpose: body.purpose ?? campaign.purpose,
        subject: body.subject ?? campaign.subject,
        preheader: body.preheader ?? campaign.preheader,
        content: body.content === undefined ? campaign.content : contentOf(body.content),
        tracking: body.tracking ?? campaign.tracking,
      }
      const list = await listOf(deps, campaign.list)
      const version = body.version ?? null
      return shown(deps, await changeCampaign(deps, actor, { campaign, list, draft, version }))
    },
  ),
  endpoint(
    {
      method: 'POST',
      path: '/campaigns/:id/test',
      permission: 'campaigns.write',
      summary: 'Send a test',
      description:
        "To the list's own addresses only, marked [Test]. After a crash of ours in the middle, a repeat may send it twice.",
      body: z.strictObject({ to: mailAddress }),
      example: { to: 'news@brand.example' },
      status: 202,
      answer: z.strictObject({ status: z.literal('sent') }),
      outside: true,
    },
    async (call) => {
      const { deps, actor, body } = call
      const campaign = await campaignAt(call, call.path('id'))
      await sendTest(deps, actor, { campaign, list: await listOf(deps, campaign.list), to: body.to })
      return { status: 'sent' as const }
    },
  ),
  endpoint(
    {
      method: 'POST',
      path: '/campaigns/:id/preflight',
      permission: 'campaigns.write',
      summary: 'Look it over before sending',
      description:
        'Renders the mail for a sample reader, counts the audience, asks DNS about the sender, and asks every link that is the same for everyone, 50 at most; takes ten seconds at most and changes nothing. Only a verdict of `block` keeps a launch from happening: what could not be asked is `unknown`. A mail of more than 1 MB, HTML and plain text together, is such a block; 429 where too many texts are looked at in one moment.',
      answer: preflightShape,
      outside: true,
    },
    async (call) => {
      const { deps } = call
      const campaign = await campaignAt(call, call.path('id'))
      const list = await listOf(deps, campaign.list)
      const { checks, headers, people, leftOut } = await preflight(deps, { campaign, list }, 'outside')
      return {
        verdict: checks[0]?.verdict ?? 'ok',
        people,
        left_out: leftOut,
        headers: headers.map(([name, value]) => ({ name, value })),
        checks,
      }
    },
  ),
  endpoint(
    {
      method: 'POST',
      path: '/campaigns/:id/schedule',
      permission: 'campaigns.send',
      summary: 'Launch it later',
      description:
        'With `local`, each person gets it when the clock in their own time zone shows the date, hour and minute of `at` as they are written; its offset does not count. Where no zone is known, that of the list does, else that of the deployment (`GET /sending`). The audience is then written down at the first of those moments.',
      body: z.strictObject({
        at: writtenTime,
        local: z.boolean({ error: 'must be true or false' }).default(false),
      }),
      example: { at: '2026-12-01T08:00:00+01:00', local: true },
      status: 202,
      answer: campaignShape,
      ask: askDns,
    },
    async (call) => {
      const { deps, actor, body } = call
      const campaign = await campaignAt(call, call.path('id'))
      const list = await listOf(deps, campaign.list)
      const when = body.local ? { localTime: body.at.digits } : { at: body.at.moment }
      await schedule(deps, actor, { campaign, list }, when)
      return shown(deps, await campaignAt(call, campaign.id))
    },
  ),
  endpoint(
    {
      ...sending(
        'launch',
        'Launch it now',
        'The audience is frozen at once: everyone in the segment with a live consent for its purpose. Refused with 422 where it would surely fail, as DNS says of the sender; see preflight.',
      ),
      ask: askDns,
    },
    verb(async ({ deps, actor }, campaign) => {
      await launch(deps, actor, { campaign, list: await listOf(deps, campaign.list) })
    }),
  ),
  endpoint(
    sending('pause', 'Pause it', 'Takes hold within one batch of a hundred.'),
    verb(({ deps, actor }, campaign) => pauseCampaign(deps, actor, campaign)),
  ),
  endpoint(
    sending('resume', 'Go on', 'Nobody gets it twice. A provider whose quota was used up is asked at once.'),
    verb(({ deps, actor }, campaign) => resumeCampaign(deps, actor, campaign)),
  ),
  endpoint(
    sending('cancel', 'Cancel it', 'For good. What was handed over cannot come back.'),
    verb(({ deps, actor }, campaign) => cancelCampaign(deps, actor, campaign)),
  ),
]
