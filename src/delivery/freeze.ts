// shell · writes down who gets a campaign: one statement, one moment, each person once. I1, I4
import { sql } from 'drizzle-orm'
import { campaignByNumber, freezingCampaigns } from '../campaigns/find.ts'
import { markFrozen, stopForProblem } from '../campaigns/progress.ts'
import { listByNumber } from '../lists/find.ts'
import type { Tx } from '../platform/database.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError } from '../platform/errors.ts'
import { codeOf } from '../platform/failures.ts'
import { audience } from '../segments/audience.ts'
import { checkedFilter } from '../segments/save.ts'

/** Recipients of one batch, and mails of one request to the provider. */
export const batchMost = 100

/** Freezes what was launched; answers how many campaigns. */
export async function freezeCampaigns(deps: Deps): Promise<number> {
  const launched = await freezingCampaigns(deps.db)
  for (const { number, id } of launched) {
    const people = await freezeOrStop(deps, number)
    if (people !== null) deps.log.info('campaign.frozen', { campaign: id, people })
  }
  return launched.length
}

/** A segment that names what its list no longer has stops its own campaign, not those behind it. */
async function freezeOrStop(deps: Deps, number: number): Promise<number | null> {
  try {
    return await freeze(deps, number)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    await stopForProblem(deps, number, error.message)
    return null
  }
}

/**
 * REPEATABLE READ, so that the audience and the gate's count see one moment: under READ COMMITTED a withdrawal in between
 * would fail the whole freeze. Answers how many people; null where somebody else froze, paused or cancelled it.
 */
const freeze = (deps: Deps, number: number): Promise<number | null> =>
  deps.db
    .transaction((tx) => writeAudience(deps, tx, number), { isolationLevel: 'repeatable read' })
    .catch((error: unknown) => {
      if (codeOf(error) === overtaken) return null
      throw error
    })

/** serialization_failure: the campaign moved between our first look and its lock. Seen about once in 60 freezes by two at once. */
const overtaken = '40001'

async function writeAudience(deps: Deps, tx: Tx, number: number): Promise<number | null> {
  const locked = await tx.execute(sql`
    select 1 from campaigns where number = ${number} and state = 'freezing' for update skip locked`)
  const campaign = locked.length === 0 ? null : await campaignByNumber(tx, number)
  const list = campaign === null ? null : await listByNumber(tx, campaign.list)
  if (campaign === null || list === null) return null
  if (list.archivedAt !== null)
    throw new DomainError('conflict', 'The list was archived meanwhile; nothing is sent to it any more.')
  const people = await audience(tx, {
    list,
    purpose: campaign.purpose,
    filter: checkedFilter(campaign.filter, list),
    now: deps.clock(),
  })
  await tx.execute(sql`
    insert into recipients (campaign, batch_no, subscriber, consent_seq)
    select ${number}, (row_number() over (order by s.subscriber) - 1) / ${batchMost}, s.subscriber, s.seq
    ${people}`)
  const [frozen] = await tx.execute<{ people: number }>(sql`
    with sizes as (
      select batch_no, count(*)::int as size
      from recipients
      where campaign = ${number}
      group by batch_no
    ), made as (
      insert into batches (campaign, batch_no, size)
      select ${number}, batch_no, size from sizes
    )
    select coalesce(sum(size), 0)::int as people from sizes`)
  const count = frozen?.people ?? 0
  return (await markFrozen(deps, tx, number, count)) ? count : null
}
