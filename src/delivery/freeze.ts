// shell · writes down who gets a campaign, range by range, each person once; a crash goes on where it was. I1, I4
import { sql } from 'drizzle-orm'
import type { Campaign } from '../campaigns/campaign.ts'
import { campaignByNumber, freezingCampaigns } from '../campaigns/find.ts'
import { markFrozen, markFrozenTo, stopForProblem } from '../campaigns/progress.ts'
import { listByNumber } from '../lists/find.ts'
import type { List } from '../lists/list.ts'
import type { Tx } from '../platform/database.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError } from '../platform/errors.ts'
import { codeOf } from '../platform/failures.ts'
import { audience } from '../segments/audience.ts'
import { checkedFilter } from '../segments/save.ts'

/** Recipients of one batch, and mails of one request to the provider. */
export const batchMost = 100

/** People of the list who are looked at in one transaction; a pause or a kill costs no more than that. */
const rangeMost = 50_000

/** Freezes what was launched; answers how many campaigns. */
export async function freezeCampaigns(deps: Deps, most = rangeMost): Promise<number> {
  const launched = await freezingCampaigns(deps.db)
  for (const { number, id } of launched) {
    const people = await freezeOrStop(deps, number, most)
    if (people !== null) deps.log.info('campaign.frozen', { campaign: id, people })
  }
  return launched.length
}

/** A segment that names what its list no longer has stops its own campaign, not those behind it. */
async function freezeOrStop(deps: Deps, number: number, most: number): Promise<number | null> {
  try {
    return await freeze(deps, number, most)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    await stopForProblem(deps, number, error.message)
    return null
  }
}

/** Answers how many people; null where somebody else froze, paused or cancelled it. */
async function freeze(deps: Deps, number: number, most: number): Promise<number | null> {
  for (;;) {
    const range = await freezeRange(deps, number, most)
    if (range === null || range.people !== null) return range?.people ?? null
  }
}

/** All people, once the last range is written; null before. */
interface FrozenRange {
  readonly people: number | null
}

/**
 * REPEATABLE READ, so that the audience and the gate's count see one moment: under READ COMMITTED a withdrawal in between
 * would fail the whole range. Who left between two ranges is simply in none.
 */
const freezeRange = (deps: Deps, number: number, most: number): Promise<FrozenRange | null> =>
  deps.db
    .transaction((tx) => writeRange(deps, tx, number, most), { isolationLevel: 'repeatable read' })
    .catch((error: unknown) => {
      if (codeOf(error) === overtaken) return null
      throw error
    })

/** serialization_failure: the campaign moved between our first look and its lock. Seen about once in 60 freezes by two at once. */
const overtaken = '40001'

async function writeRange(deps: Deps, tx: Tx, number: number, most: number): Promise<FrozenRange | null> {
  const locked = await tx.execute(sql`
    select 1 from campaigns where number = ${number} and state = 'freezing' for update skip locked`)
  const campaign = locked.length === 0 ? null : await campaignByNumber(tx, number)
  const list = campaign === null ? null : await listByNumber(tx, campaign.list)
  if (campaign === null || list === null) return null
  if (list.archivedAt !== null)
    throw new DomainError('conflict', 'The list was archived meanwhile; nothing is sent to it any more.')
  const to = await endOfRange(tx, campaign, most)
  await writeRecipients(deps, tx, { campaign, list, to })
  if (to !== null) {
    await markFrozenTo(tx, number, to)
    return { people: null }
  }
  const [frozen] = await tx.execute<{ people: number }>(sql`
    select coalesce(sum(size), 0)::int as people from batches where campaign = ${number}`)
  const people = frozen?.people ?? 0
  return (await markFrozen(deps, tx, number, people)) ? { people } : null
}

const behind = ({ frozenTo }: Campaign) => sql`s.subscriber > ${frozenTo ?? 0}`

/** The subscriber with whom this range ends; null where it is the last. */
async function endOfRange(tx: Tx, campaign: Campaign, most: number): Promise<number | null> {
  const [last] = await tx.execute<{ subscriber: number }>(sql`
    select s.subscriber
    from subscriptions as s
    where s.list = ${campaign.list} and s.sendable and ${behind(campaign)}
    order by s.subscriber
    offset ${most - 1}
    limit 1`)
  return last?.subscriber ?? null
}

/** The segment is read by the clock of the launch in every range. */
async function writeRecipients(
  deps: Deps,
  tx: Tx,
  { campaign, list, to }: { campaign: Campaign; list: List; to: number | null },
): Promise<void> {
  const { number } = campaign
  const people = await audience(tx, {
    list,
    purpose: campaign.purpose,
    filter: checkedFilter(campaign.filter, list),
    now: campaign.launchedAt ?? deps.clock(),
  })
  const [next] = await tx.execute<{ batch: number }>(sql`
    select coalesce(max(batch_no) + 1, 0) as batch from batches where campaign = ${number}`)
  const first = next?.batch ?? 0
  const { count } = await tx.execute(sql`
    insert into recipients (campaign, batch_no, subscriber, consent_seq)
    select ${number}, ${first}::int + (row_number() over (order by s.subscriber) - 1) / ${batchMost}, s.subscriber, s.seq
    ${people}
      and ${behind(campaign)}
      and ${to === null ? sql`true` : sql`s.subscriber <= ${to}`}`)
  // By arithmetic: to count the rows again, every range read all those before it (a quarter of a freeze to a million).
  await tx.execute(sql`
    insert into batches (campaign, batch_no, size)
    select ${number}, ${first}::int + n, least(${batchMost}::int, ${count}::int - n * ${batchMost}::int)
    from generate_series(0, ${Math.ceil(count / batchMost) - 1}::int) as n`)
}
