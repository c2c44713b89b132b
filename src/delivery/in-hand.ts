// shell · the crash guard of rendering: a batch that was being rendered when its process ended may be what ended it
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

/** Consecutive deaths with the same batch in hand; then the campaign stops. */
const maxDeaths = 2

/**
 * A pause after one death, before the batch is rendered again: repeated kills soon after a start then hit the same batch once
 * by chance, not twice. On a busy machine, making the first mails after a start is most of what a sender does before it is
 * killed.
 */
const restMs = 5000

/** In place of a batch number: the campaign as a whole, before its batches exist. */
export const wholeCampaign = -1

/** The id of this process; its holder would not do, since it stays the same after a restart. */
const idOf = perObject((_: object, ids: Deps['ids']) => ids())

const processOf = ({ db, ids }: Deps): string => idOf(identityOf(db), ids)

/**
 * Renders a batch, and nothing else, between two writes. A kill while a batch is posted or waits leaves nothing in hand;
 * neither does an error or a requested stop. The table is unlogged: a crash of PostgreSQL empties it and counts as no death;
 * and the table writes no log. Returns `deaths` where the process died twice in a row: then nothing is rendered and the
 * campaign stops; resuming it allows two new tries.
 */
export async function withInHand<T>(
  deps: Deps,
  which: BatchName,
  make: () => T | Promise<T>,
): Promise<{ readonly made: T } | { readonly deaths: number }> {
  const deaths = await markInHand(deps, which)
  if (deaths > 0 && deaths < maxDeaths) await restAndMark(deps, which)
  try {
    if (deaths < maxDeaths) return { made: await make() }
    deps.log.error('campaign.deadly', { campaign: which.campaign, batch: which.batchNo, deaths })
    await stopForProblem(deps, which.campaign, sentenceOf(which))
    return { deaths }
  } finally {
    await clearInHand(deps, which)
  }
}

const sentenceOf = ({ batchNo }: BatchName): string =>
  `Assent ended twice in a row while it made ${batchNo === wholeCampaign ? 'this campaign ready' : `the mails of batch ${batchNo + 1} of this campaign`}, perhaps for want of memory; the log of the machine says more. Nothing of that was sent. Resume it to try twice more, or cancel it and send a shorter text.`

/** The same for the preflight. Throws DomainError `conflict` where the process died twice in a row. */
export async function lookInHand(deps: Deps, campaign: number, look: () => Promise<void>): Promise<void> {
  const which = { campaign, batchNo: wholeCampaign }
  const result = await withInHand(deps, which, look)
  if ('deaths' in result) throw new DomainError('conflict', sentenceOf(which))
}

/** Returns how many processes in a row ended with this batch in hand. Marks it as in hand, unless one did: then it rests first. */
async function markInHand(deps: Deps, { campaign, batchNo }: BatchName): Promise<number> {
  const [row] = await readPrepared(
    deps.db,
    deathsRow,
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

const deathsRow = z.object({ deaths: whole })

async function restAndMark(deps: Deps, { campaign, batchNo }: BatchName): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, restMs))
  await deps.db.execute(sql`
    update in_hand set process = ${processOf(deps)} where campaign = ${campaign} and batch_no = ${batchNo}`)
}

async function clearInHand({ db }: Deps, { campaign, batchNo }: BatchName): Promise<void> {
  await readPrepared(
    db,
    z.never(),
    sql`delete from in_hand where campaign = ${campaign} and batch_no = ${batchNo}`,
  )
}
