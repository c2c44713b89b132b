// web · /api/v1/campaigns
import * as z from 'zod'
import { type Campaign, campaignChange, campaignInput } from '../campaigns/campaign.ts'
import { contentOf } from '../campaigns/content.ts'
import { changeCampaign, createCampaign, type Draft } from '../campaigns/draft.ts'
import { findCampaign, pageOfCampaigns } from '../campaigns/find.ts'
import {
  cancelCampaign,
  launchCampaign,
  pauseCampaign,
  resumeCampaign,
  scheduleCampaign,
} from '../campaigns/launch.ts'
import { explainCampaign } from '../delivery/explain.ts'
import { heardOf, outcomes, type RecipientRow, recipientsOf, totalsOf } from '../delivery/outcomes.ts'
import { sendTest } from '../delivery/test-mail.ts'
import type { Deps } from '../platform/deps.ts'
import { invalid, notFound } from '../platform/errors.ts'
import { mailAddress, time } from '../platform/form.ts'
import { parseAddress } from '../subscribers/address.ts'
import { type Call, collection, endpoint, pageOf } from './endpoint.ts'
import { listNamed } from './lists.ts'
import { listOf } from './subscribers.ts'

async function shown(deps: Deps, campaign: Campaign) {
  const list = await listOf(deps, campaign.list)
  const at = (moment: Date | null): string | null => moment?.toISOString() ?? null
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
    problem: campaign.problem,
    totals: await totalsOf(deps.db, campaign.number, deps.clock()),
    created_at: at(campaign.createdAt),
    updated_at: at(campaign.updatedAt),
    scheduled_at: at(campaign.scheduledAt),
    launched_at: at(campaign.launchedAt),
    finished_at: at(campaign.finishedAt),
  }
}

const instant = (text: string | null): string | null => (text === null ? null : new Date(text).toISOString())

const recipientShown = (row: RecipientRow) => ({
  subscriber: row.subscriber,
  outcome: row.outcome,
  reason: row.reason,
  inferred: row.inferred,
  consent: row.eid === null ? null : { eid: row.eid, seq: row.seq },
  batch: row.batch,
  sent_at: instant(row.sent_at),
  delivered_at: instant(row.delivered_at),
  delayed_at: instant(row.delayed_at),
  bounced_at: instant(row.bounced_at),
  bounce: row.bounce,
  complained_at: instant(row.complained_at),
  failed_at: instant(row.failed_at),
  failure: row.failure,
  suppressed_at: instant(row.suppressed_at),
})

async function campaignAt(deps: Deps, id: string): Promise<Campaign> {
  const campaign = await findCampaign(deps.db, id)
  if (campaign === null) throw notFound('campaign')
  return campaign
}

endpoint(
  { method: 'POST', path: '/campaigns', permission: 'campaigns.write', body: campaignInput, status: 201 },
  async ({ deps, actor, body }) => {
    const { list: name, content, ...draft } = body
    const list = await listNamed(deps, name)
    return shown(
      deps,
      await createCampaign(deps, actor, { list, draft: { ...draft, content: contentOf(content) } }),
    )
  },
)

endpoint({ method: 'GET', path: '/campaigns', permission: 'campaigns.read' }, async (call) => {
  const { limit, after } = pageOf(call, z.int())
  const campaigns = await pageOfCampaigns(call.deps.db, { limit, before: after })
  const page = collection(campaigns, { limit, show: (one) => one, position: (one) => one.number })
  return { ...page, data: await Promise.all(campaigns.map((campaign) => shown(call.deps, campaign))) }
})

endpoint({ method: 'GET', path: '/campaigns/:id', permission: 'campaigns.read' }, async (call) =>
  shown(call.deps, await campaignAt(call.deps, call.path('id'))),
)

endpoint(
  { method: 'PATCH', path: '/campaigns/:id', permission: 'campaigns.write', body: campaignChange },
  async ({ deps, actor, body, path }) => {
    const campaign = await campaignAt(deps, path('id'))
    const draft: Draft = {
      segment: body.segment === undefined ? campaign.segment : body.segment,
      purpose: body.purpose ?? campaign.purpose,
      subject: body.subject ?? campaign.subject,
      preheader: body.preheader ?? campaign.preheader,
      content: body.content === undefined ? campaign.content : contentOf(body.content),
      tracking: body.tracking ?? campaign.tracking,
    }
    const list = await listOf(deps, campaign.list)
    return shown(deps, await changeCampaign(deps, actor, { campaign, list, draft }))
  },
)

endpoint(
  {
    method: 'POST',
    path: '/campaigns/:id/test',
    permission: 'campaigns.write',
    body: z.strictObject({ to: mailAddress }),
    status: 202,
  },
  async ({ deps, actor, body, path }) => {
    const campaign = await campaignAt(deps, path('id'))
    await sendTest(deps, actor, { campaign, list: await listOf(deps, campaign.list), to: body.to })
    return { status: 'sent' }
  },
)

endpoint(
  {
    method: 'POST',
    path: '/campaigns/:id/schedule',
    permission: 'campaigns.send',
    body: z.strictObject({ at: time }),
    status: 202,
  },
  async ({ deps, actor, body, path }) => {
    const campaign = await campaignAt(deps, path('id'))
    await scheduleCampaign(deps, actor, campaign, body.at)
    return shown(deps, await campaignAt(deps, campaign.id))
  },
)

/** A verb without a body: what it is done to, then how it stands. */
const verb =
  (act: (call: Call<undefined>, campaign: Campaign) => Promise<void>) =>
  async (call: Call<undefined>): Promise<unknown> => {
    const campaign = await campaignAt(call.deps, call.path('id'))
    await act(call, campaign)
    return shown(call.deps, await campaignAt(call.deps, campaign.id))
  }

const sending = (name: string) =>
  ({ method: 'POST', path: `/campaigns/:id/${name}`, permission: 'campaigns.send', status: 202 }) as const

endpoint(
  sending('launch'),
  verb(async ({ deps, actor }, campaign) =>
    launchCampaign(deps, actor, campaign, await listOf(deps, campaign.list)),
  ),
)
endpoint(
  sending('pause'),
  verb(({ deps, actor }, campaign) => pauseCampaign(deps, actor, campaign)),
)
endpoint(
  sending('resume'),
  verb(({ deps, actor }, campaign) => resumeCampaign(deps, actor, campaign)),
)
endpoint(
  sending('cancel'),
  verb(({ deps, actor }, campaign) => cancelCampaign(deps, actor, campaign)),
)

endpoint(
  { method: 'GET', path: '/campaigns/:id/recipients', permission: 'subscribers.read' },
  async (call) => {
    const campaign = await campaignAt(call.deps, call.path('id'))
    const outcome = oneOf(call, 'outcome', outcomes)
    const heard = oneOf(call, 'heard', heardOf)
    const { limit, after } = pageOf(call, z.strictObject({ batch: z.int32(), number: z.int() }))
    const rows = await recipientsOf(call.deps.db, {
      campaign: campaign.number,
      outcome,
      heard,
      limit,
      after,
      now: call.deps.clock(),
    })
    return collection(rows, {
      limit,
      position: ({ batch, number }) => ({ batch, number }),
      show: recipientShown,
    })
  },
)

/** A choice in the query; null where none was made. Throws `invalid` for any other word. */
function oneOf<T extends string>(call: Call<undefined>, name: string, words: readonly T[]): T | null {
  const asked = call.query(name)
  const found = words.find((word) => word === asked) ?? null
  if (asked !== undefined && found === null) throw invalid(name, `It is one of ${words.join(', ')}.`)
  return found
}

endpoint(
  {
    method: 'POST',
    path: '/campaigns/:id/explain',
    permission: 'subscribers.read',
    body: z.strictObject({ email: z.string({ error: 'must be an e-mail address' }) }),
  },
  async ({ deps, body, path }) => {
    const campaign = await campaignAt(deps, path('id'))
    const address = parseAddress(body.email, { smtpUtf8: true })
    if (!address.ok) throw invalid('email', 'This is not an e-mail address.')
    const list = await listOf(deps, campaign.list)
    const { recipient, ...explained } = await explainCampaign(deps, {
      campaign,
      list,
      address: address.address,
    })
    return { ...explained, ...(recipient === null ? {} : recipientShown(recipient)) }
  },
)
