// shell · writes down what the provider answered, fenced by the attempt: a late worker changes nothing
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { stopForProblem } from '../campaigns/progress.ts'
import { applyFeedback } from '../feedback/apply-feedback.ts'
import { isHardRefusal } from '../mail/feedback.ts'
import type { Executor } from '../platform/database/database.ts'
import { readRows } from '../platform/database/rows.ts'
import { whole, wholes } from '../platform/database/values.ts'
import type { Deps, Handover, SendOutcome } from '../platform/deps.ts'
import { isUuid } from '../platform/encoding/uuid.ts'
import { leaseOf, outlivedItsKey, patienceSeconds } from '../throttle/lease.ts'
import { pauseProvider } from '../throttle/provider-pause.ts'
import { accepted, type BatchAccount, conflicted, lost, recalled, type Skip } from './attempt.ts'
import type { ClaimedBatch, Member } from './claim.ts'
import { lookUpHandovers } from './look-up-handovers.ts'
import type { Leavers } from './parts.ts'

/** Settles, releases or leaves the batch to be repeated, as the answer says. */
export async function markBatch(
  deps: Deps,
  batch: ClaimedBatch,
  posted: {
    readonly members: readonly Member[]
    readonly unreadable: readonly Skip[]
    /** Where it went in parts. */
    readonly left?: Leavers | undefined
  },
  outcome: SendOutcome,
): Promise<void> {
  const ids = { campaign: batch.campaign, batch: batch.batchNo, attempt: batch.attempt }
  switch (outcome.kind) {
    case 'accepted': {
      if (outcome.later !== undefined) return repeatIn(deps, batch, outcome.later.retryAfterSeconds)
      const rejects = outcome.rejected.flatMap(({ index, reason }): readonly Skip[] => {
        const member = posted.members[index]
        return member === undefined ? [] : [[member.subscriber, reason]]
      })
      const unknowns = (outcome.unknown ?? []).flatMap((index) => posted.members[index]?.subscriber ?? [])
      const { taken, unknown } = posted.left ?? { taken: [], unknown: [] }
      const isSkipped = ([who]: Skip): boolean => !taken.includes(who) && !unknown.includes(who)
      const account = accepted(
        batch.skips.filter(isSkipped),
        [...posted.unreadable, ...rejects],
        [...unknowns, ...unknown],
      )
      const record = await recallLeavers(deps, batch)
      await settle(deps, batch, record === null ? account : recalled(account, record), {
        providerIds: outcome.ids,
        inferred: taken.length + unknown.length > 0,
      })
      return
    }
    case 'conflict':
      if (batch.earlier.length > 0) {
        deps.log.warn('batch.inferred', ids)
        await settle(deps, batch, conflicted(batch.skips, batch.earlier, posted.unreadable), {
          providerIds: null,
          inferred: true,
        })
        return
      }
      // A key of ours with a body that is not: nothing we know of was posted under it.
      deps.log.error('batch.foreign_key', ids)
      await stopForProblem(
        deps,
        batch.campaign,
        'The provider knows the key of a batch that was never posted.',
      )
      return release(deps, batch, 60)
    case 'busy':
      // That row says how long; the batch is ready when it opens.
      await pauseProvider(deps, outcome)
      return outcome.begun === true ? repeatIn(deps, batch, 0) : release(deps, batch, 0)
    case 'refused':
      deps.log.error('batch.refused', { ...ids, status: outcome.status, reason: outcome.reason })
      await stopForProblem(
        deps,
        batch.campaign,
        `The provider refused a batch${outcome.status === 0 ? '' : ` (${outcome.status})`}: ${outcome.reason}`,
      )
      return outcome.begun === true ? repeatIn(deps, batch, 0) : release(deps, batch, 0)
    case 'under_way':
      return repeatIn(deps, batch, outcome.retryAfterSeconds)
    case 'unknown':
      deps.log.warn('batch.unanswered', { ...ids, reason: outcome.reason })
      await restInSilence(deps, batch)
      return repeatIn(deps, batch, patienceSeconds(deps, batch.attempt))
  }
}

/** A batch that got no answer so often says something of the provider, unless another got one lately. */
const silentAttempts = 4
const answeredLatelySeconds = 60
/** So long at most after its end is an outage noticed. */
const maxSilence = 15

/**
 * While a provider is silent no new batch is begun: each begun is one whose people become unknown, should the silence last
 * longer than the life of a key. One batch alone that is never answered keeps nobody else waiting.
 */
async function restInSilence(deps: Deps, { campaign, attempt }: ClaimedBatch): Promise<void> {
  if (attempt < silentAttempts) return
  const since = new Date(deps.clock().getTime() - answeredLatelySeconds * 1000).toISOString()
  const answered = await deps.db.execute(sql`
    select 1 from batches
    where campaign = ${campaign} and state = 'sent' and sent_at > ${since}::timestamptz
    limit 1`)
  if (answered.length > 0) return
  const retryAfterSeconds = Math.min(patienceSeconds(deps, attempt), maxSilence)
  await pauseProvider(deps, { reason: 'no_answer', retryAfterSeconds })
}

/**
 * Nobody is left to post to. Where an earlier attempt was never answered, its people may have it: they are unknown, since
 * asking again would mail those who left meanwhile.
 */
export async function settleWithoutPost(
  deps: Deps,
  batch: ClaimedBatch,
  posted: { readonly unreadable: readonly Skip[] },
): Promise<void> {
  const record = await recallLeavers(deps, batch)
  if (record !== null)
    return settle(deps, batch, recalled(accepted(batch.skips, posted.unreadable), record), {
      providerIds: null,
      inferred: false,
    })
  const account =
    batch.earlier.length === 0
      ? accepted(batch.skips, posted.unreadable)
      : lost([], batch.skips, batch.earlier, posted.unreadable)
  await settle(deps, batch, account, { providerIds: null, inferred: batch.earlier.length > 0 })
}

/** What the mailer's own record says of those who left between attempts; null where it keeps none. */
async function recallLeavers(
  deps: Deps,
  batch: Pick<ClaimedBatch, 'campaign' | 'batchNo' | 'idempotencyKey' | 'skips' | 'earlier'>,
): Promise<ReadonlyMap<number, Handover> | null> {
  if (deps.mailer.record === undefined) return null
  const leavers = batch.skips.slice(Math.min(...batch.earlier, batch.skips.length)).map(([who]) => who)
  return lookUpHandovers(deps, batch, leavers)
}

async function settle(
  deps: Deps,
  batch: ClaimedBatch,
  account: BatchAccount,
  how: { providerIds: readonly (string | null)[] | null; inferred: boolean },
): Promise<void> {
  const noSuch = new Set(account.rejects.flatMap(([who, reason]) => (isHardRefusal(reason) ? [who] : [])))
  const gone = batch.members.filter(({ subscriber }) => noSuch.has(subscriber))
  if (gone.length === 0) return void (await write(deps, deps.db, batch, account, how))
  const bounce = { kind: 'bounced', bounce: 'hard', code: null, at: deps.clock() } as const
  await deps.db.transaction(async (tx) => {
    if (!(await write(deps, tx, batch, account, how))) return
    for (const { subscription } of gone)
      await applyFeedback(deps, tx, { subscription, campaign: batch.campaign }, bounce)
  })
}

/** Answers whether this attempt was still the one that counts. */
async function write(
  deps: Deps,
  db: Executor,
  batch: ClaimedBatch,
  account: BatchAccount,
  how: { providerIds: readonly (string | null)[] | null; inferred: boolean },
): Promise<boolean> {
  const ids = how.providerIds?.map((id) => (id !== null && isUuid(id) ? id : 'null')) ?? null
  const { count } = await db.execute(sql`
    update batches set
      state = 'sent',
      sent_at = ${deps.clock().toISOString()}::timestamptz,
      lease_until = null,
      open_attempts = '{}',
      inferred = ${how.inferred},
      provider_ids = ${ids === null ? null : `{${ids.join(',')}}`}::uuid[],
      ${accountColumns(account)}
    where campaign = ${batch.campaign} and batch_no = ${batch.batchNo}
      and attempt = ${batch.attempt} and state = 'posting'`)
  return count > 0
}

const accountColumns = (account: BatchAccount) => sql`
      skips = ${JSON.stringify(account.skips)}::jsonb,
      rejects = ${JSON.stringify(account.rejects)}::jsonb,
      unknowns = ${`{${account.unknowns.join(',')}}`}::bigint[],
      left_out = ${`{${account.leftOut.join(',')}}`}::bigint[]`

/** This attempt was not accepted, for certain; an earlier one may have been, and keeps the batch in its posting state. */
export async function release(deps: Deps, batch: ClaimedBatch, afterSeconds: number): Promise<void> {
  await deps.db.execute(sql`
    update batches set
      state = ${batch.earlier.length > 0 ? 'posting' : 'queued'},
      open_attempts = ${`{${batch.earlier.join(',')}}`}::integer[],
      first_attempt_at = case when ${batch.earlier.length > 0} then first_attempt_at end,
      lease_until = ${leaseOf(afterSeconds)}
    where campaign = ${batch.campaign} and batch_no = ${batch.batchNo}
      and attempt = ${batch.attempt} and state = 'posting'`)
}

/**
 * Its mails are too heavy for one request: from now on it goes in parts of so many places, whatever its people answer later, or who
 * leaves. False where this attempt does not count any more.
 */
export async function cutBatch(deps: Deps, batch: ClaimedBatch, partSize: number): Promise<boolean> {
  const { count } = await deps.db.execute(sql`
    update batches set part_size = ${partSize}
    where campaign = ${batch.campaign} and batch_no = ${batch.batchNo}
      and attempt = ${batch.attempt} and state = 'posting'`)
  return count > 0
}

/** It may have been accepted: the same batch under the same key, later. */
async function repeatIn(deps: Deps, batch: ClaimedBatch, seconds: number): Promise<void> {
  await deps.db.execute(sql`
    update batches set lease_until = ${leaseOf(seconds)}
    where campaign = ${batch.campaign} and batch_no = ${batch.batchNo}
      and attempt = ${batch.attempt} and state = 'posting'`)
}

const lostRow = z.object({
  campaign: whole,
  batch_no: whole,
  attempt: whole,
  idempotency_key: z.string(),
  skips: z.array(z.tuple([whole, z.string()])),
  open_attempts: wholes,
  members: wholes,
})

/**
 * After the life of a key nothing is posted again by itself. Without an answer the people are unknown, and shown as such; a
 * mailer's own record says who of them has it, and the others were never handed over.
 */
export async function giveUpLost(deps: Deps): Promise<number> {
  const rows = await readRows(
    deps.db,
    lostRow,
    sql`
      select b.campaign, b.batch_no, b.attempt, b.idempotency_key, b.skips, b.open_attempts,
        (select array_agg(r.subscriber order by r.subscriber)
          from recipients as r where r.campaign = b.campaign and r.batch_no = b.batch_no) as members
      from batches as b
      where ${outlivedItsKey(deps)}
      limit 100`,
  )
  const isRecorded = deps.mailer.record !== undefined
  for (const row of rows) {
    const account = await accountOfLost(deps, row)
    await deps.db.execute(sql`
      update batches set
        state = ${isRecorded ? 'sent' : 'unknown'},
        sent_at = case when ${isRecorded} then ${deps.clock().toISOString()}::timestamptz end,
        lease_until = null,
        ${accountColumns(account)}
      where campaign = ${row.campaign} and batch_no = ${row.batch_no}
        and attempt = ${row.attempt} and state = 'posting'`)
  }
  return rows.length
}

async function accountOfLost(deps: Deps, row: z.output<typeof lostRow>): Promise<BatchAccount> {
  const { members } = row
  if (deps.mailer.record === undefined) return lost(members, row.skips, row.open_attempts)
  const batch = { campaign: row.campaign, batchNo: row.batch_no, idempotencyKey: row.idempotency_key }
  const out = new Set(row.skips.map(([who]) => who))
  const staying = members.filter((who) => !out.has(who)).map((who): Skip => [who, 'not_taken'])
  const record = await lookUpHandovers(deps, batch, members)
  const account = recalled(accepted([...row.skips, ...staying], []), record)
  const isStaying = ([who]: Skip): boolean => !out.has(who)
  return {
    ...account,
    skips: account.skips.filter((skip) => !isStaying(skip)),
    rejects: [...account.rejects, ...account.skips.filter(isStaying)],
  }
}
