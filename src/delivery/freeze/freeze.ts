// shell · writes down the recipients of a campaign, range by range, each person once; resumes after a crash. I1, I4
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Campaign } from '../../campaigns/campaign.ts'
import { campaignByNumber, freezingCampaigns } from '../../campaigns/find.ts'
import { markFrozen, markFrozenTo } from '../../campaigns/progress.ts'
import { listByNumber } from '../../lists/find.ts'
import type { List } from '../../lists/list.ts'
import type { Tx } from '../../platform/database/database.ts'
import { readRow } from '../../platform/database/rows.ts'
import { whole } from '../../platform/database/values.ts'
import type { Deps } from '../../platform/deps.ts'
import { DomainError } from '../../platform/errors.ts'
import { codeOf, eachInTurn } from '../../platform/failures.ts'
import { audience } from '../../segments/audience.ts'
import { checkedFilter } from '../../segments/save.ts'
import { rulesOf } from '../../sending-rules/find.ts'
import { wholeCampaign, withInHand } from '../in-hand.ts'
import { batchSizeFor } from '../parts.ts'
import { compileFresh } from '../render/compile.ts'
import { stopUnlessTransient } from '../stop.ts'
import { maxBatch, writeRange } from './write-range.ts'

/** Subscribers examined in one transaction; a pause or a kill costs no more than one range. */
const maxRange = 50_000

/** Freezes launched campaigns and returns how many there were. Throws the first transient error, after all had their turn. */
export async function freezeCampaigns(deps: Deps, most = maxRange): Promise<number> {
  const launched = await freezingCampaigns(deps.db)
  await eachInTurn(launched, async ({ number, id }) => {
    const people = await freezeOrStop(deps, number, most)
    if (people !== null) deps.log.info('campaign.frozen', { campaign: id, people })
  })
  return launched.length
}

/** A segment that no longer fits its list, or a permanent error, stops its own campaign with an explanation. */
async function freezeOrStop(deps: Deps, number: number, most: number): Promise<number | null> {
  try {
    const batchSize = await batchSizeOf(deps, number)
    return batchSize === null ? null : await freeze(deps, number, { most, batchSize })
  } catch (error) {
    await stopUnlessTransient(deps, number, error)
    return null
  }
}

/**
 * Derives the batch size from the weight of a mail, so that a batch fits into one request and into memory; null where the
 * campaign is gone or compiling it killed the process.
 */
async function batchSizeOf(deps: Deps, number: number): Promise<number | null> {
  const which = { campaign: number, batchNo: wholeCampaign }
  const ready = await withInHand(deps, which, () => compileFresh(deps, number))
  if ('deaths' in ready || ready.made === null) return null
  return batchSizeFor(ready.made.compiled.octets, maxBatch)
}

interface Sizes {
  /** Of a range. */
  readonly most: number
  readonly batchSize: number
}

/** Returns the number of recipients; null where another process froze, paused or cancelled the campaign. */
async function freeze(deps: Deps, number: number, sizes: Sizes): Promise<number | null> {
  for (;;) {
    const range = await freezeRange(deps, number, sizes)
    if (range === null || range.people !== null) return range?.people ?? null
  }
}

/** The total of recipients once the last range is written; null before. */
interface FrozenRange {
  readonly people: number | null
}

/**
 * REPEATABLE READ, so that the audience and the gate's count see one moment: under READ COMMITTED, a withdrawal in between
 * would fail the whole range. A person who leaves between two ranges is in neither.
 */
const freezeRange = (deps: Deps, number: number, sizes: Sizes): Promise<FrozenRange | null> =>
  deps.db
    .transaction((tx) => writeNextRange(deps, tx, number, sizes), { isolationLevel: 'repeatable read' })
    .catch((error: unknown) => {
      if (codeOf(error) === serializationFailure) return null
      throw error
    })

/**
 * serialization_failure: the campaign changed between the first read and its lock. Seen about once in 60 freezes by two at
 * once.
 */
const serializationFailure = '40001'

async function writeNextRange(
  deps: Deps,
  tx: Tx,
  number: number,
  { most, batchSize }: Sizes,
): Promise<FrozenRange | null> {
  // The bound on what pages ask would stop the same range again and again.
  await tx.execute(sql`set local statement_timeout = 0`)
  const locked = await tx.execute(sql`
    select 1 from campaigns where number = ${number} and state = 'freezing' for update skip locked`)
  const campaign = locked.length === 0 ? null : await campaignByNumber(tx, number)
  const list = campaign === null ? null : await listByNumber(tx, campaign.list)
  if (campaign === null || list === null) return null
  if (list.archivedAt !== null)
    throw new DomainError('conflict', 'The list was archived meanwhile. Campaigns cannot be sent to it.')
  const to = await endOfRange(tx, campaign, most)
  await writeRecipients(deps, tx, { campaign, list, to, most: batchSize })
  if (to !== null) {
    await markFrozenTo(deps, tx, { number, subscriber: to })
    return { people: null }
  }
  const frozen = await readRow(
    tx,
    frozenRow,
    sql`
      select coalesce(sum(size), 0)::int as people from batches where campaign = ${number}`,
  )
  const people = frozen?.people ?? 0
  return (await markFrozen(deps, tx, number, people)) ? { people } : null
}

const frozenRow = z.object({ people: whole })

const notYetExamined = ({ frozenTo }: Campaign) => sql`s.subscriber > ${frozenTo ?? 0}`

/** The last subscriber of this range; null where it is the last range. */
async function endOfRange(tx: Tx, campaign: Campaign, most: number): Promise<number | null> {
  const last = await readRow(
    tx,
    lastRow,
    sql`
      select s.subscriber
      from subscriptions as s
      where s.list = ${campaign.list} and s.sendable and ${notYetExamined(campaign)}
      order by s.subscriber
      offset ${most - 1}
      limit 1`,
  )
  return last?.subscriber ?? null
}

const lastRow = z.object({ subscriber: whole })

/** Every range evaluates the segment at the time of the launch. */
async function writeRecipients(
  deps: Deps,
  tx: Tx,
  { campaign, list, to, most }: { campaign: Campaign; list: List; to: number | null; most: number },
): Promise<void> {
  const people = await audience(tx, {
    list,
    purpose: campaign.purpose,
    filter: checkedFilter(campaign.filter, list),
    now: campaign.launchedAt ?? deps.clock(),
  })
  await writeRange(tx, {
    campaign,
    people: sql`
      ${people}
        and ${notYetExamined(campaign)}
        and ${to === null ? sql`true` : sql`s.subscriber <= ${to}`}`,
    rules: await rulesOf(tx),
    most,
    now: deps.clock(),
  })
}
