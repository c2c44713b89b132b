// shell · takes what the provider says of a mail, once, and keeps it in the row of that mail. One transaction an event
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { type Feedback, isSenderProblem } from '../mail/feedback.ts'
import { feedbackNames, feedbackOf, mergedFeedback, saidRow } from '../mail/feedback-merge.ts'
import type { HookedEvent } from '../mail/resend/events.ts'
import { recordServiceMailFeedback } from '../outbox/hear.ts'
import type { Executor, Tx } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import type { Deps } from '../platform/deps.ts'
import { openTag, type Tagged } from '../platform/vault/tokens.ts'
import { applyFeedback, applyFeedbackToRequest, hasConsequences } from './apply-feedback.ts'
import { feedbackCounts } from './feedback-counts.ts'
import { pauseOneOnBadReputation } from './pause-on-bad-reputation.ts'

/** `foreign`: about a mail that is not ours, or about nothing that changes anything here. */
export type FeedbackResult = 'taken' | 'repeated' | 'foreign'

/** Any order, any number of times: the rows come out the same. `id` is what the provider calls the event. */
export async function recordFeedback(deps: Deps, id: string, event: HookedEvent): Promise<FeedbackResult> {
  const { feedback } = event
  const tagged = event.tag === null ? null : openTag(deps.vault, event.tag)
  if (tagged === null || feedback === null) return 'foreign'
  const heard = { id, at: deps.clock(), feedback }
  const hearing =
    tagged.kind === 'campaign' && !hasConsequences(feedback)
      ? await keepRecipient(deps.db, tagged, heard)
      : await deps.db.transaction((tx) => take(deps, tx, tagged, heard))
  if (hearing === 'taken' && isSenderProblem(feedback)) await alarm(deps, tagged, feedback)
  return hearing
}

interface HeardEvent {
  readonly id: string
  readonly at: Date
  readonly feedback: Feedback
}

async function take(deps: Deps, tx: Tx, tagged: Tagged, heard: HeardEvent): Promise<FeedbackResult> {
  const { feedback } = heard
  if (tagged.kind === 'campaign') {
    const kept = await keepRecipient(tx, tagged, heard)
    if (kept === 'taken') await applyFeedback(deps, tx, tagged, feedback)
    return kept
  }
  const fresh = await tx.execute(firstTime(heard))
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

/** A row where the event was not taken before; whoever takes it at the same moment waits for us to commit. */
const firstTime = ({ id, at }: HeardEvent): SQL => sql`
  insert into hook_events (id, at) values (${id}, ${at.toISOString()}::timestamptz)
  on conflict do nothing
  returning 1`

/**
 * The row of this recipient, made or added to. It stands beside the batch, not in it, so that an event may come before our
 * own mark; and only where there is a recipient, so that each figure opens into people. One statement, since nearly all
 * events need no more: a transaction of two took 218 events a second
 * where this takes 277, eight at a time.
 */
async function keepRecipient(
  db: Executor,
  tagged: Extract<Tagged, { kind: 'campaign' }>,
  heard: HeardEvent,
): Promise<FeedbackResult> {
  const row = await readRow(
    db,
    keptRow,
    sql`
      with fresh as (${firstTime(heard)}
      ), kept as (
        insert into deliveries as d (campaign, subscriber, ${feedbackNames})
        select r.campaign, r.subscriber, ${feedbackOf(sql`said`)}
        from subscriptions as s
        join recipients as r on r.subscriber = s.subscriber and r.campaign = ${tagged.campaign}
        join campaigns as c on c.number = r.campaign and c.list = s.list
        cross join ${saidRow(heard.feedback, sql`said`)}
        where s.id = ${tagged.subscription} and exists (select from fresh)
        on conflict (campaign, subscriber) do update set ${mergedFeedback(sql`d`, sql`excluded`)}
        returning 1
      )
      select exists (select from fresh) as fresh, exists (select from kept) as kept`,
  )
  if (row?.fresh !== true) return 'repeated'
  feedbackCounts.forget(db, tagged.campaign)
  return row.kept ? 'taken' : 'foreign'
}

const keptRow = z.object({ fresh: z.boolean(), kept: z.boolean() })

/** Nobody is punished for trouble of the sender's: it is said aloud, and the campaign stands still. */
async function alarm(deps: Deps, tagged: Tagged, feedback: Feedback): Promise<void> {
  deps.log.error('sender.refused', {
    kind: tagged.kind,
    code: feedback.kind === 'bounced' ? feedback.code : null,
    failure: feedback.kind === 'failed' ? feedback.failure : null,
  })
  if (tagged.kind === 'campaign') await pauseOneOnBadReputation(deps, tagged.campaign)
}

const keptDays = 30
const maxDrop = 5000

/** A repeat after so long is refused by its time. Bounded, so that a backlog is worked off in steps. */
export async function dropPastEvents(deps: Deps): Promise<boolean> {
  const before = new Date(deps.clock().getTime() - keptDays * 86_400_000).toISOString()
  const gone = await deps.db.execute(sql`
    delete from hook_events
    where id in (select id from hook_events where at < ${before}::timestamptz order by at limit ${maxDrop})
    returning 1`)
  return gone.length === maxDrop
}
