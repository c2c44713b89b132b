// shell · writes the provider's answer, fenced by the attempt: a late worker changes nothing
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { stopForProblem } from '../campaigns/progress.ts'
import { applyFeedback } from '../feedback/apply-feedback.ts'
import { isHardRefusal, isWearingRefusal } from '../mail/feedback.ts'
import type { Executor } from '../platform/database/database.ts'
import { readRows } from '../platform/database/rows.ts'
import { whole, wholes } from '../platform/database/values.ts'
import type { Deps, Handover, SendOutcome } from '../platform/deps.ts'
import { isUuid } from '../platform/encoding/uuid.ts'
import { leaseOf, outlivedItsKey, patienceSeconds } from '../throttle/lease.ts'
import { pauseProvider } from '../throttle/provider-pause.ts'
import { accepted, type BatchAccount, conflicted, lost, type Skip, withRecord } from './attempt.ts'
import type { ClaimedBatch, Member } from './claim.ts'
import { lookUpHandovers } from './look-up-handovers.ts'
import type { SkippedResults } from './parts.ts'

/** Settles the batch, releases it, or leaves it to be repeated, depending on the answer. */
export async function markBatch(
  deps: Deps,
  batch: ClaimedBatch,
  posted: {
    readonly members: readonly Member[]
    readonly unreadable: readonly Skip[]
    /** Set where the batch went in parts. */
    readonly skippedResults?: SkippedResults | undefined
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
      const { taken, unknown } = posted.skippedResults ?? { taken: [], unknown: [] }
      const isSkipped = ([subscriber]: Skip): boolean =>
        !taken.includes(subscriber) && !unknown.includes(subscriber)
      const account = accepted(
        batch.skips.filter(isSkipped),
        [...posted.unreadable, ...rejects],
        [...unknowns, ...unknown],
      )
      const record = await recordOfSkipped(deps, batch)
      await settle(deps, batch, record === null ? account : withRecord(account, record), {
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
      // A key of ours with a foreign body: no attempt on record was posted under it.
      deps.log.error('batch.foreign_key', ids)
      await stopForProblem(
        deps,
        batch.campaign,
        'The provider knows the key of a batch that was never posted.',
      )
      return release(deps, batch, 60)
    case 'busy':
      // The pause row holds the time; the batch is ready when the pause ends.
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
      await pauseIfSilent(deps, batch)
      return repeatIn(deps, batch, patienceSeconds(deps, batch.attempt))
  }
}

/** A batch with this many attempts and no answer points to the provider, unless another batch was answered recently. */
const silentAttempts = 4
const recentAnswerSeconds = 60
/** The longest pause in seconds, so that the end of an outage is noticed. */
const maxSilenceSeconds = 15

/**
 * Pauses a silent provider, so that no new batch begins: the recipients of each new one become unknown if the silence
 * outlasts a key. A single unanswered batch does not hold up the others.
 */
async function pauseIfSilent(deps: Deps, { campaign, attempt }: ClaimedBatch): Promise<void> {
  if (attempt < silentAttempts) return
  const since = new Date(deps.clock().getTime() - recentAnswerSeconds * 1000).toISOString()
  const answered = await deps.db.execute(sql`
    select 1 from batches
    where campaign = ${campaign} and state = 'sent' and sent_at > ${since}::timestamptz
    limit 1`)
  if (answered.length > 0) return
  const retryAfterSeconds = Math.min(patienceSeconds(deps, attempt), maxSilenceSeconds)
  await pauseProvider(deps, { reason: 'no_answer', retryAfterSeconds })
}

/**
 * Settles a batch with no member left to post to. The members of an unanswered earlier attempt are unknown, because asking
 * again would mail those who left meanwhile.
 */
export async function settleWithoutPost(
  deps: Deps,
  batch: ClaimedBatch,
  posted: { readonly unreadable: readonly Skip[] },
): Promise<void> {
  const record = await recordOfSkipped(deps, batch)
  if (record !== null)
    return settle(deps, batch, withRecord(accepted(batch.skips, posted.unreadable), record), {
      providerIds: null,
      inferred: false,
    })
  const account =
    batch.earlier.length === 0
      ? accepted(batch.skips, posted.unreadable)
      : lost([], batch.skips, batch.earlier, posted.unreadable)
  await settle(deps, batch, account, { providerIds: null, inferred: batch.earlier.length > 0 })
}

/** The record's results for members skipped between attempts; null where the mailer keeps no record. */
async function recordOfSkipped(
  deps: Deps,
  batch: Pick<ClaimedBatch, 'campaign' | 'batchNo' | 'idempotencyKey' | 'skips' | 'earlier'>,
): Promise<ReadonlyMap<number, Handover> | null> {
  if (deps.mailer.record === undefined) return null
  const skipped = batch.skips
    .slice(Math.min(...batch.earlier, batch.skips.length))
    .map(([subscriber]) => subscriber)
  return lookUpHandovers(deps, batch, skipped)
}

async function settle(
  deps: Deps,
  batch: ClaimedBatch,
  account: BatchAccount,
  how: { providerIds: readonly (string | null)[] | null; inferred: boolean },
): Promise<void> {
  const bounces = new Map(
    account.rejects.flatMap(([subscriber, reason]) => {
      const bounce = bounceOf(reason)
      return bounce === null ? [] : [[subscriber, bounce] as const]
    }),
  )
  if (bounces.size === 0) return void (await write(deps, deps.db, batch, account, how))
  const at = deps.clock()
  await deps.db.transaction(async (tx) => {
    if (!(await write(deps, tx, batch, account, how))) return
    for (const { subscriber, subscription } of batch.members) {
      const bounce = bounces.get(subscriber)
      if (bounce === undefined) continue
      const about = { subscription, campaign: batch.campaign }
      await applyFeedback(deps, tx, about, { kind: 'bounced', bounce, code: null, at })
    }
  })
}

/** A refusal during the conversation counts for the person as a report of it would. */
const bounceOf = (reason: string): 'hard' | 'soft' | null =>
  isHardRefusal(reason) ? 'hard' : isWearingRefusal(reason) ? 'soft' : null

/** Returns whether this attempt was still the current one. */
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
      left_out = ${`{${account.notSent.join(',')}}`}::bigint[]`

/** This attempt was certainly not accepted; an earlier one may have been, and then keeps the batch in state `posting`. */
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
 * Splits a batch that is too heavy for one request: from now on it goes in parts of `partSize` places, whatever the outcome
 * and whoever leaves. False where this attempt is no longer current.
 */
export async function cutBatch(deps: Deps, batch: ClaimedBatch, partSize: number): Promise<boolean> {
  const { count } = await deps.db.execute(sql`
    update batches set part_size = ${partSize}
    where campaign = ${batch.campaign} and batch_no = ${batch.batchNo}
      and attempt = ${batch.attempt} and state = 'posting'`)
  return count > 0
}

/** The attempt may have been accepted: repeats the same batch under the same key, later. */
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
 * Settles batches that outlived their key; nothing is posted again automatically. Without an answer the recipients are
 * unknown, and shown as such; with a mailer's own record, its results hold, and recipients not in it were never handed over.
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
  const skipped = new Set(row.skips.map(([subscriber]) => subscriber))
  const staying = members
    .filter((subscriber) => !skipped.has(subscriber))
    .map((subscriber): Skip => [subscriber, 'not_taken'])
  const record = await lookUpHandovers(deps, batch, members)
  const account = withRecord(accepted([...row.skips, ...staying], []), record)
  const isStaying = ([subscriber]: Skip): boolean => !skipped.has(subscriber)
  return {
    ...account,
    skips: account.skips.filter((skip) => !isStaying(skip)),
    rejects: [...account.rejects, ...account.skips.filter(isStaying)],
  }
}
