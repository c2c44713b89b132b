// shell · what an operator decides about a campaign: launch, schedule, pause, resume, cancel. Delivery does the rest
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
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

/** A filter as it is kept, and as the list lets it be asked: read once, so that what is counted is what is launched. */
export interface CampaignFilter {
  readonly stored: unknown
  readonly checked: Filter
}

/** The filter of the campaign's segment as it stands now; everyone, where it has none. */
export async function filterOf(
  deps: Deps,
  campaign: Pick<Campaign, 'segment'>,
  list: List,
): Promise<CampaignFilter> {
  if (campaign.segment === null) return { stored: everyone, checked: everyone }
  const segment = await findSegment(deps.db, campaign.segment)
  if (segment === null) throw invalid('segment', 'The segment of this campaign is gone; choose another.')
  return { stored: segment.filter, checked: checkedFilter(segment.filter, list) }
}

/** Hands the campaign over to delivery, with its segment as it is at this moment. Called by src/preflight/launch.ts alone. */
export async function launchCampaign(
  deps: Deps,
  actor: Actor,
  campaign: Campaign,
  list: List,
): Promise<void> {
  if (list.archivedAt !== null)
    throw new DomainError('conflict', 'The list is archived; nothing is sent to it any more.')
  const { stored, checked } = await filterOf(deps, campaign, list)
  const about = { list, purpose: campaign.purpose, filter: checked, now: deps.clock() }
  const people = await countAudience(deps.db, about)
  if (people === 0)
    throw invalid(
      'segment',
      'Nobody would get this campaign: no one in the segment has a live consent for its purpose.',
    )
  await move(deps, actor, {
    campaign,
    verb: 'campaign.launch',
    from: actor.kind === 'system' ? ['scheduled'] : ['draft', 'scheduled'],
    to: 'freezing',
    set: {
      filter: stored,
      pinned: pinOf(list),
      launchedAt: deps.clock(),
      // Whoever launches it now means now; what goes out by itself keeps its hour.
      localTime: actor.kind === 'system' ? campaign.localTime : null,
      problem: null,
    },
    fenced: true,
  })
  afterCommit(deps.db, deps.wake)
}

/** At one moment for everybody, or at a time by the clock of each person's own zone: `2026-12-01T08:00`. */
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
  if (house <= now) throw invalid('at', 'This time is past; launch now, or choose a later one.')
  await move(deps, actor, {
    campaign,
    verb: 'campaign.schedule',
    from: ['draft', 'scheduled'],
    to: 'scheduled',
    set: {
      // Who lives where that time is past already gets it at once.
      scheduledAt: first > now ? first : now,
      localTime: 'localTime' in when ? when.localTime : null,
      problem: null,
    },
    fenced: true,
  })
}

/** When the clock of the house shows that time, and when the first clock of anybody on the list does. */
async function localMoments(
  { db }: Deps,
  { list }: Campaign,
  { localTime }: { localTime: string },
): Promise<{ house: Date; first: Date }> {
  const { timezone } = await rulesOf(db)
  return firstMoment(db, { list, localTime, timezone })
}

/** Takes hold within one batch. */
export const pauseCampaign = (deps: Deps, actor: Actor, campaign: Campaign): Promise<void> =>
  move(deps, actor, {
    campaign,
    verb: 'campaign.pause',
    from: ['sending', 'freezing'],
    to: 'paused',
    set: { problem: null },
  })

/**
 * Goes on with the batches that are left; nobody gets it twice. A provider that wanted no mail for a while is asked at once: its
 * quota may be larger now. What is known of complaints and bounces by now is known to
 * whoever resumes: it does not stop the campaign again.
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
  'It was due more than an hour ago, and nothing could be sent then. Launch it now if it still fits, or choose another time.'

/** Campaigns that nobody was there to send at their hour stay as they are and ask. */
export const askAboutOverdue = (deps: Deps): Promise<unknown> =>
  deps.db
    .update(campaigns)
    .set({ problem: overdueProblem })
    .where(and(isOverdue(deps.clock()), isNull(campaigns.problem)))

/** One that cannot be launched goes back to its author with the reason, unless it was changed meanwhile. */
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
    /** Nobody sends what they have not seen: refused where it was saved since it was read. */
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
        throw new DomainError('conflict', 'This campaign was changed meanwhile; look at it once more.')
      throw new DomainError(
        'conflict',
        `This campaign is ${now?.state ?? 'gone'}; that cannot be done to it now.`,
      )
    }
    await recordAct(deps, tx, { actor, verb: act.verb, subject: { kind: 'campaign', id: act.campaign.id } })
  })
}
