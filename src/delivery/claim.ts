// shell · claims a batch under a lease, checks permission again, and freezes the skips of this attempt
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { subscriptionReasons } from '../consent/why-not-send.ts'
import type { Executor, Tx } from '../platform/database/database.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { checkRows, jsonOctets, texts, whole, wholes } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { claimedBy, isHeldBy, keyLifeHours, liesAhead, pulledBack } from '../throttle/lease.ts'
import { isOpen } from '../throttle/provider-rate.ts'
import type { Skip } from './attempt.ts'
import { type BatchName, type DueQuery, dueBatches, secondsUntilDue, timeOf } from './due-batches.ts'

/** A member of a batch, with what the renderer needs. */
export interface Member {
  readonly subscriber: number
  readonly subscription: number
  readonly uid: string
  readonly locale: string
  /** Ciphertext of the address. */
  readonly address: Uint8Array
  /** The values given to the campaign's list. */
  readonly attributes: Readonly<Record<string, unknown>>
  readonly granted: readonly string[]
  readonly confirmedAt: Date | null
}

export interface ClaimedBatch {
  readonly campaign: number
  readonly batchNo: number
  readonly attempt: number
  readonly idempotencyKey: string
  readonly skips: readonly Skip[]
  /** Places per part; null: the batch goes in one request. */
  readonly partSize: number | null
  /** The number of skips before each earlier attempt that may have been accepted. */
  readonly earlier: readonly number[]
  /** The members of this attempt, in subscriber order. */
  readonly members: readonly Member[]
}

/**
 * A damaged value counts as empty, and all members are checked again: those without permission are skipped anew, and the key
 * keeps the others from a second mail.
 */
const storedSkips = z.array(z.tuple([z.number(), z.string()])).catch([])
/** A damaged value costs one person the merge fields, not the batch its mail. */
const storedAttributes = z.record(z.string(), z.unknown()).catch({})
/** An invalid date costs one person the mail, not the batch. */
const storedMoment = z.string().transform((text) => new Date(text))

const dueRow = z.object({ campaign: whole, batch_no: whole })
const secondsRow = z.object({ seconds: z.number().nullable() })

const batchRow = z.object({
  campaign: whole,
  batch_no: whole,
  attempt: whole,
  idempotency_key: z.string(),
  skips: storedSkips,
  part_size: whole.nullable(),
  open_attempts: wholes,
})

const memberRow = z.object({
  subscriber: whole,
  subscription: whole.nullable(),
  uid: z.string().nullable(),
  locale: z.string().nullable(),
  address: jsonOctets.nullable(),
  attributes: storedAttributes,
  granted: texts.nullable(),
  confirmed_at: storedMoment.nullable(),
  why_not: z.enum(subscriptionReasons).nullable(),
})
const membersRow = z.object({ rows: z.array(z.unknown()) })

const dueQuery = (deps: Deps): DueQuery => ({
  at: deps.clock(),
  keyLifeHours: keyLifeHours(deps),
  provider: deps.mailer.name,
  isOpen: isOpen(deps.mailer.name),
})

/** Whether any batch, or this one, is due: checked before a slot is taken. */
export async function isBatchDue(deps: Deps, which: BatchName | null = null): Promise<boolean> {
  const rows = await deps.db.execute(dueBatches(dueQuery(deps), { most: 1, locking: false, which }))
  return rows.length > 0
}

/** The batches that are due, in the order of sending. */
export async function waitingBatches(deps: Deps, most: number): Promise<readonly BatchName[]> {
  const rows = await readRows(deps.db, dueRow, dueBatches(dueQuery(deps), { most, locking: false }))
  return rows.map(({ campaign, batch_no }) => ({ campaign, batchNo: batch_no }))
}

/** Seconds until this batch can be claimed, at least 0; null where it is settled, or its campaign is not being sent. */
export async function readSecondsUntilDue(deps: Deps, which: BatchName): Promise<number | null> {
  const row = await readRow(deps.db, secondsRow, secondsUntilDue(dueQuery(deps), which))
  return row?.seconds ?? null
}

/**
 * Claims the next batch, or this one; null where none is due, or another worker just used up the rule's limit. Two workers
 * never hold the same attempt. Limits are counted in this transaction, at the first attempt only: a crash before the commit
 * counts nothing, a crash after it counts once.
 */
export async function claimBatch(deps: Deps, which: BatchName | null = null): Promise<ClaimedBatch | null> {
  const query = dueQuery(deps)
  return deps.db.transaction(async (tx) => {
    const batch = await readRow(
      tx,
      batchRow,
      sql`
      with next as materialized (
        ${dueBatches(query, { most: 1, locking: true, which })}
      ), allowed as materialized (
        select * from next as n
        where n.rules is null or pace_take(n.rules, n.mailbox, n.size, n.counted_at, ${timeOf(query)})
      )
      update batches as b set
        ${claimedBy(deps, sql`b`)},
        counted_at = case when n.rules is null then b.counted_at else ${timeOf(query)} end,
        open_attempts = b.open_attempts || jsonb_array_length(b.skips)
      from allowed as n
      where b.campaign = n.campaign and b.batch_no = n.batch_no
      returning b.campaign, b.batch_no, b.attempt, b.idempotency_key, b.skips, b.part_size, b.open_attempts`,
    )
    if (batch === undefined) return null
    const before = batch.skips
    const { members, skips } = await freezeAttempt(tx, batch, before)
    // This attempt is the last entry. It was written as if no member had left, which is nearly always true.
    if (skips.length > before.length)
      await tx.execute(sql`
        update batches set
          skips = ${JSON.stringify(skips)}::jsonb,
          open_attempts = trim_array(open_attempts, 1) || ${skips.length}::integer
        where campaign = ${batch.campaign} and batch_no = ${batch.batch_no}`)
    const earlier = batch.open_attempts.slice(0, -1)
    return {
      campaign: batch.campaign,
      batchNo: batch.batch_no,
      attempt: batch.attempt,
      idempotencyKey: batch.idempotency_key,
      skips,
      partSize: batch.part_size,
      earlier,
      members,
    }
  })
}

/**
 * Reads permission as of this statement, without row locks (FOR SHARE cost 57 bytes of log a row, and deadlocks in the wrong
 * order). A member skipped in an earlier attempt stays skipped.
 */
async function freezeAttempt(
  tx: Tx,
  batch: z.output<typeof batchRow>,
  before: readonly Skip[],
): Promise<{ members: readonly Member[]; skips: readonly Skip[] }> {
  // each recipient of the batch, with the subscription to the campaign's list, what that list knows, and the person
  // in one value: a hundred rows of nine cost the driver more than one text costs JSON.parse
  const found = await readRow(
    tx,
    membersRow,
    sql`
    select coalesce(json_agg(m order by m.subscriber), '[]') as rows from (
    select r.subscriber, s.id as subscription, p.uid, p.locale, p.address, coalesce(d.attributes, '{}') as attributes,
      s.granted, s.confirmed_at,
      case when p.id is null or s.id is null then 'erased' else why_not_send(s, c.purpose, now()) end as why_not
    from recipients as r
    join campaigns as c on c.number = r.campaign
    left join subscriptions as s on s.subscriber = r.subscriber and s.list = c.list
    left join subscribers as p on p.id = r.subscriber
    left join details as d on d.list = c.list and d.subscriber = r.subscriber
    where r.campaign = ${batch.campaign} and r.batch_no = ${batch.batch_no}) as m`,
  )
  const rows = checkRows(memberRow, found?.rows ?? [])
  const skipped = new Set(before.map(([subscriber]) => subscriber))
  const newSkips = rows.flatMap(({ subscriber, why_not }): readonly Skip[] =>
    why_not === null || skipped.has(subscriber) ? [] : [[subscriber, why_not]],
  )
  const members = rows.flatMap((row) =>
    row.why_not === null && !skipped.has(row.subscriber) ? memberOf(row) : [],
  )
  return { members, skips: [...before, ...newSkips] }
}

function memberOf(row: z.output<typeof memberRow>): readonly Member[] {
  const { subscriber, subscription, uid, locale, address } = row
  if (subscription === null || uid === null || locale === null || address === null) return []
  return [
    {
      subscriber,
      subscription,
      uid,
      locale,
      address,
      attributes: row.attributes,
      granted: row.granted ?? [],
      confirmedAt: row.confirmed_at,
    },
  ]
}

/** Makes the batches of killed processes claimable again at once. */
export async function takeOverBatches(db: Executor, holders: readonly string[]): Promise<void> {
  await db.execute(sql`update batches set lease_until = now() where ${isHeldBy(holders)}`)
}

/** Runs after the database clock was set back. */
export async function pullBackBatches({ db }: Deps): Promise<void> {
  await db.execute(sql`update batches set ${pulledBack} where ${liesAhead}`)
}
