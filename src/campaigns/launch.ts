// shell · operators' acts on a campaign: launch, schedule, pause, resume, cancel. Delivery does the sending
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import { houseZone } from '../i18n/house-zone.ts'
import { listByNumber } from '../lists/find.ts'
import type { List } from '../lists/list.ts'
import { afterCommit } from '../platform/database/after-commit.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError, invalid } from '../platform/errors.ts'
import { countAudience } from '../segments/audience.ts'
import { everyone, type Filter } from '../segments/filter.ts'
import { checkedFilter, findSegment } from '../segments/save.ts'
import { rulesOf } from '../sending-rules/find.ts'
import { resumeProvider } from '../throttle/provider-pause.ts'
import type { Campaign, CampaignState } from './campaign.ts'
import { deliveryHealthOf } from './delivery-health.ts'
import { findCampaign, firstMoment, isOverdue } from './find.ts'
import { pinOf } from './pinned.ts'
import { campaigns } from './tables.ts'

/** Read together, so that the counted audience is the launched one. */
export interface CampaignFilter {
  readonly stored: unknown
  readonly checked: Filter
}

/** The segment's current filter; everyone without a segment. Throws `invalid` if the segment is gone. */
export async function filterOf(
  deps: Deps,
  campaign: Pick<Campaign, 'segment'>,
  list: List,
): Promise<CampaignFilter> {
  if (campaign.segment === null) return { stored: everyone, checked: everyone }
  const segment = await findSegment(deps.db, campaign.segment)
  if (segment === null) throw invalid('segment', 'The segment of this campaign was deleted. Choose another.')
  return { stored: segment.filter, checked: checkedFilter(segment.filter, list) }
}

/** Hands the campaign over to delivery, with the segment's current filter. Called by src/preflight/launch.ts alone. */
export async function launchCampaign(
  deps: Deps,
  actor: Actor,
  campaign: Campaign,
  list: List,
): Promise<void> {
  if (list.archivedAt !== null)
    throw new DomainError('conflict', 'The list is archived. Campaigns cannot be sent to it.')
  const { stored, checked } = await filterOf(deps, campaign, list)
  const about = { list, purpose: campaign.purpose, filter: checked, now: deps.clock() }
  const people = await countAudience(deps.db, about)
  const zone = await houseZone(deps)
  if (people === 0)
    throw invalid(
      'segment',
      'Nobody would get this campaign: nobody in the segment has a consent in force for its purpose.',
    )
  await move(deps, actor, {
    campaign,
    verb: 'campaign.launch',
    from: actor.kind === 'system' ? ['scheduled'] : ['draft', 'scheduled'],
    to: 'freezing',
    set: {
      filter: stored,
      pinned: pinOf({ ...list, zone }),
      launchedAt: deps.clock(),
      // An operator's launch means now; a scheduled launch keeps its local time.
      localTime: actor.kind === 'system' ? campaign.localTime : null,
      problem: null,
    },
    fenced: true,
  })
  afterCommit(deps.db, deps.wake)
}

/** One moment, or a local time in each subscriber's own zone: `2026-12-01T08:00`. */
export type When = { readonly at: Date } | { readonly localTime: string }

export async function scheduleCampaign(
  deps: Deps,
  actor: Actor,
  campaign: Campaign,
  when: When,
): Promise<void> {
  const now = deps.clock()
  const { house, first } =
    'at' in when ? { house: when.at, first: when.at } : await localMoments(deps, campaign, when)
  if (house <= now) throw invalid('at', 'This time is in the past. Launch now, or choose a later time.')
  await move(deps, actor, {
    campaign,
    verb: 'campaign.schedule',
    from: ['draft', 'scheduled'],
    to: 'scheduled',
    set: {
      // Where the local time is past already, the campaign is due at once.
      scheduledAt: first > now ? first : now,
      localTime: 'localTime' in when ? when.localTime : null,
      problem: null,
    },
    fenced: true,
  })
}

/** In the zone of the list, else of the deployment, and in the earliest zone of its people. */
async function localMoments(
  { db }: Deps,
  { list }: Campaign,
  { localTime }: { localTime: string },
): Promise<{ house: Date; first: Date }> {
  const zone = (await listByNumber(db, list))?.timezone ?? (await rulesOf(db)).timezone
  return firstMoment(db, { list, localTime, timezone: zone })
}

/** Takes effect within one batch. */
export const pauseCampaign = (deps: Deps, actor: Actor, campaign: Campaign): Promise<void> =>
  move(deps, actor, {
    campaign,
    verb: 'campaign.pause',
    from: ['sending', 'freezing'],
    to: 'paused',
    set: { problem: null },
  })

/**
 * Continues with the batches left; nobody is sent the campaign twice. Ends a provider pause, since the quota may be larger now.
 * Acknowledges the counts of complaints and bounces, so that they do not stop the campaign again.
 */
export async function resumeCampaign(deps: Deps, actor: Actor, campaign: Campaign): Promise<void> {
  await move(deps, actor, {
    campaign,
    verb: 'campaign.resume',
    from: ['paused'],
    to: campaign.frozenAt === null ? 'freezing' : 'sending',
    set: { problem: null, acknowledged: await deliveryHealthOf(deps.db, campaign.number) },
  })
  await resumeProvider(deps)
  afterCommit(deps.db, deps.wake)
}

export const cancelCampaign = (deps: Deps, actor: Actor, campaign: Campaign): Promise<void> =>
  move(deps, actor, {
    campaign,
    verb: 'campaign.cancel',
    from: ['draft', 'scheduled', 'freezing', 'sending', 'paused'],
    to: 'cancelled',
    set: { problem: null, finishedAt: deps.clock() },
  })

const overdueProblem =
  'It was due more than an hour ago, when nothing could be sent. Launch it now, or choose another time.'

/** Overdue campaigns stay scheduled, with a problem for an operator to decide. */
export const askAboutOverdue = (deps: Deps): Promise<unknown> =>
  deps.db
    .update(campaigns)
    .set({ problem: overdueProblem })
    .where(and(isOverdue(deps.clock()), isNull(campaigns.problem)))

/** For a scheduled campaign that cannot be launched, unless changed meanwhile. */
export async function returnToDraft(deps: Deps, { id, version }: Campaign, problem: string): Promise<void> {
  await deps.db
    .update(campaigns)
    .set({ state: 'draft', problem })
    .where(and(eq(campaigns.id, id), eq(campaigns.state, 'scheduled'), eq(campaigns.version, version)))
}

async function move(
  deps: Deps,
  actor: Actor,
  act: {
    campaign: Campaign
    verb: string
    from: readonly CampaignState[]
    to: CampaignState
    set: Partial<typeof campaigns.$inferInsert>
    /** Refuses a campaign saved since it was read: nobody sends unseen changes. */
    fenced?: boolean
  },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const moved = await tx
      .update(campaigns)
      .set({ ...act.set, state: act.to, updatedAt: deps.clock(), version: sql`${campaigns.version} + 1` })
      .where(
        and(
          eq(campaigns.id, act.campaign.id),
          inArray(campaigns.state, [...act.from]),
          act.fenced === true ? eq(campaigns.version, act.campaign.version) : undefined,
        ),
      )
      .returning({ id: campaigns.id })
    if (moved.length === 0) {
      const now = await findCampaign(tx, act.campaign.id)
      if (now !== null && act.from.includes(now.state))
        throw new DomainError('conflict', 'This campaign was changed meanwhile. Review it again.')
      throw new DomainError(
        'conflict',
        `This campaign is ${now?.state ?? 'gone'}; that cannot be done to it now.`,
      )
    }
    await recordAct(deps, tx, { actor, verb: act.verb, subject: { kind: 'campaign', id: act.campaign.id } })
  })
}
