// shell · whose mails are being made at this moment: what is left in hand by a process that ended is what ended it
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { stopForProblem } from '../campaigns/progress.ts'
import { readPrepared } from '../platform/database/prepared.ts'
import { whole } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError } from '../platform/errors.ts'
import { identityOf } from '../platform/memory/identity.ts'
import { perObject } from '../platform/memory/per-object.ts'
import type { BatchName } from './due-batches.ts'

/** In a row, with the same in hand; the campaign then stands still. */
const maxDeaths = 2

/**
 * After one death it rests so long before it is taken in hand again: who kills a process soon after each of its starts meets it
 * in hand once, by chance, and not twice. On a busy machine, making the first mails after a start is most of what a sender does
 * before it is killed.
 */
const restMs = 5000

/** In place of a batch: the campaign as a whole, before it has any. */
export const wholeCampaign = -1

/** A process says of itself which it is: its holder is the same again after a restart. */
const idOf = perObject((_: object, ids: Deps['ids']) => ids())

const processOf = ({ db, ids }: Deps): string => idOf(identityOf(db), ids)

/**
 * Makes the mails of a batch, and nothing else, between two writes. A kill while a batch is posted or waits leaves nothing in hand;
 * nor does an error, nor a stop that was asked for. The table is unlogged: a crash of PostgreSQL empties it, and is no death of
 * ours; and it writes no log. Answers `deaths` where the process died of it twice in a row: then nothing is made, the campaign
 * stands still, and resuming it gives it two new tries.
 */
export async function withInHand<T>(
  deps: Deps,
  which: BatchName,
  make: () => T | Promise<T>,
): Promise<{ readonly made: T } | { readonly deaths: number }> {
  const deaths = await take(deps, which)
  if (deaths > 0 && deaths < maxDeaths) await restAndTake(deps, which)
  try {
    if (deaths < maxDeaths) return { made: await make() }
    deps.log.error('campaign.deadly', { campaign: which.campaign, batch: which.batchNo, deaths })
    await stopForProblem(deps, which.campaign, sentenceOf(which))
    return { deaths }
  } finally {
    await putDown(deps, which)
  }
}

const sentenceOf = ({ batchNo }: BatchName): string =>
  `Assent ended twice in a row while it made ${batchNo === wholeCampaign ? 'this campaign ready' : `the mails of batch ${batchNo + 1} of this campaign`}, perhaps for want of memory; the log of the machine says more. Nothing of that was sent. Resume it to try twice more, or cancel it and send a shorter text.`

/** The same for what is looked at before a launch. Throws DomainError `conflict` where the process died of it twice in a row. */
export async function lookInHand(deps: Deps, campaign: number, look: () => Promise<void>): Promise<void> {
  const which = { campaign, batchNo: wholeCampaign }
  const looked = await withInHand(deps, which, look)
  if ('deaths' in looked) throw new DomainError('conflict', sentenceOf(which))
}

/** How many processes in a row ended with it in hand. It is in hand from here on, unless one did: then it rests first. */
async function take(deps: Deps, { campaign, batchNo }: BatchName): Promise<number> {
  const [row] = await readPrepared(
    deps.db,
    takenRow,
    sql`
      insert into in_hand as h (campaign, batch_no, process)
      values (${campaign}, ${batchNo}, ${processOf(deps)})
      on conflict (campaign, batch_no) do update set
        deaths = h.deaths + case when h.process <> excluded.process then 1 else 0 end,
        process = case when h.deaths = 0 and h.process = excluded.process then h.process end
      returning deaths`,
  )
  return row?.deaths ?? 0
}

const takenRow = z.object({ deaths: whole })

async function restAndTake(deps: Deps, { campaign, batchNo }: BatchName): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, restMs))
  await deps.db.execute(sql`
    update in_hand set process = ${processOf(deps)} where campaign = ${campaign} and batch_no = ${batchNo}`)
}

async function putDown({ db }: Deps, { campaign, batchNo }: BatchName): Promise<void> {
  await readPrepared(
    db,
    z.never(),
    sql`delete from in_hand where campaign = ${campaign} and batch_no = ${batchNo}`,
  )
}
