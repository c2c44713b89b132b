// shell · records each provider event once, in the row of its mail. One transaction per event
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { type Feedback, isSenderProblem } from '../mail/feedback.ts'
import { feedbackNames, feedbackOf, feedbackRelation, mergedFeedback } from '../mail/feedback-merge.ts'
import type { HookedEvent } from '../mail/resend/events.ts'
import { recordServiceMailFeedback } from '../outbox/hear.ts'
import type { Executor, Tx } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import type { Deps } from '../platform/deps.ts'
import { openTag, type Tagged } from '../platform/vault/tokens.ts'
import { applyFeedback, applyFeedbackToRequest, hasConsequences } from './apply-feedback.ts'
import { feedbackCounts } from './feedback-counts.ts'
import { pauseOneOnBadReputation } from './pause-on-bad-reputation.ts'

/** `foreign`: about a mail that is not ours, or an event without effect here. */
export type FeedbackResult = 'taken' | 'repeated' | 'foreign'

/** Events may come in any order and any number of times: the rows end up the same. `id` is the provider's event id. */
export async function recordFeedback(deps: Deps, id: string, posted: HookedEvent): Promise<FeedbackResult> {
  const { feedback } = posted
  const tagged = posted.tag === null ? null : openTag(deps.vault, posted.tag)
  if (tagged === null || feedback === null) return 'foreign'
  const event = { id, at: deps.clock(), feedback }
  const result =
    tagged.kind === 'campaign' && !hasConsequences(feedback)
      ? await saveForRecipient(deps.db, tagged, event)
      : await deps.db.transaction((tx) => takeInTransaction(deps, tx, tagged, event))
  if (result === 'taken' && isSenderProblem(feedback)) await reportSenderProblem(deps, tagged, feedback)
  return result
}

interface ReceivedEvent {
  readonly id: string
  readonly at: Date
  readonly feedback: Feedback
}

async function takeInTransaction(
  deps: Deps,
  tx: Tx,
  tagged: Tagged,
  event: ReceivedEvent,
): Promise<FeedbackResult> {
  const { feedback } = event
  if (tagged.kind === 'campaign') {
    const saved = await saveForRecipient(tx, tagged, event)
    if (saved === 'taken') await applyFeedback(deps, tx, tagged, feedback)
    return saved
  }
  const fresh = await tx.execute(insertEvent(event))
  if (fresh.length === 0) return 'repeated'
  if (tagged.kind === 'message') {
    await applyFeedback(deps, tx, { subscription: tagged.subscription, campaign: 0 }, feedback)
    return 'taken'
  }
  const mail = await recordServiceMailFeedback(tx, tagged.id, feedback)
  if (mail === null) return 'foreign'
  if (mail.subscription !== null)
    await applyFeedback(deps, tx, { subscription: mail.subscription, campaign: 0 }, feedback)
  if (mail.kind === 'confirmation' && mail.request !== null)
    await applyFeedbackToRequest(deps, tx, mail.request, feedback)
  return 'taken'
}

/** Returns a row where the event is new; a concurrent duplicate waits for this commit. */
const insertEvent = ({ id, at }: ReceivedEvent): SQL => sql`
  insert into hook_events (id, at) values (${id}, ${at.toISOString()}::timestamptz)
  on conflict do nothing
  returning 1`

/**
 * Inserts or updates the row of this recipient. The row stands beside the batch, not in it, so that an event may arrive
 * before the batch is marked; and only recipients get one, so that each figure opens into people. One statement, because
 * nearly all events need no more: a transaction of two took 218 events a second where one statement takes 277, eight at a
 * time.
 */
async function saveForRecipient(
  db: Executor,
  tagged: Extract<Tagged, { kind: 'campaign' }>,
  event: ReceivedEvent,
): Promise<FeedbackResult> {
  const row = await readRow(
    db,
    savedRow,
    sql`
      with fresh as (${insertEvent(event)}
      ), saved as (
        insert into deliveries as d (campaign, subscriber, ${feedbackNames})
        select r.campaign, r.subscriber, ${feedbackOf(sql`received`)}
        from subscriptions as s
        join recipients as r on r.subscriber = s.subscriber and r.campaign = ${tagged.campaign}
        join campaigns as c on c.number = r.campaign and c.list = s.list
        cross join ${feedbackRelation(event.feedback, sql`received`)}
        where s.id = ${tagged.subscription} and exists (select from fresh)
        on conflict (campaign, subscriber) do update set ${mergedFeedback(sql`d`, sql`excluded`)}
        returning 1
      )
      select exists (select from fresh) as fresh, exists (select from saved) as saved`,
  )
  if (row?.fresh !== true) return 'repeated'
  feedbackCounts.forget(db, tagged.campaign)
  return row.saved ? 'taken' : 'foreign'
}

const savedRow = z.object({ fresh: z.boolean(), saved: z.boolean() })

/** Reports a sender problem in the log and pauses the campaign; recipients are not suppressed for it. */
async function reportSenderProblem(deps: Deps, tagged: Tagged, feedback: Feedback): Promise<void> {
  deps.log.error('sender.refused', {
    kind: tagged.kind,
    code: feedback.kind === 'bounced' ? feedback.code : null,
    failure: feedback.kind === 'failed' ? feedback.failure : null,
  })
  if (tagged.kind === 'campaign') await pauseOneOnBadReputation(deps, tagged.campaign)
}

const retentionDays = 30
const maxDrop = 5000

/** Older repeats are refused by their timestamp. Bounded, so that a backlog is deleted in steps. */
export async function dropPastEvents(deps: Deps): Promise<boolean> {
  const before = new Date(deps.clock().getTime() - retentionDays * 86_400_000).toISOString()
  const deleted = await deps.db.execute(sql`
    delete from hook_events
    where id in (select id from hook_events where at < ${before}::timestamptz order by at limit ${maxDrop})
    returning 1`)
  return deleted.length === maxDrop
}
