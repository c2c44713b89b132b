// entry · batches by way of a queue: one message each, which only names it. Postgres stays the truth
import * as z from 'zod'
import { finishCampaigns } from '../campaigns/progress.ts'
import { waitingBatches } from '../delivery/claim.ts'
import type { BatchName } from '../delivery/due-batches.ts'
import { sendNamedBatch } from '../delivery/send.ts'
import type { Deps } from '../platform/deps.ts'
import { describeError } from '../platform/failures.ts'
import { memo } from '../platform/memory/memo.ts'

/** What goes through the queue; nothing about anybody. */
const batchMessage = z.strictObject({ campaign: z.int().positive(), batch_no: z.int().nonnegative() })

type BatchMessage = z.output<typeof batchMessage>

/** The producer, as the binding offers it. */
export interface Queue {
  sendBatch(
    messages: readonly { readonly body: BatchMessage; readonly delaySeconds: number }[],
  ): Promise<unknown>
}

/** A message, as a consumer gets it. */
export interface Message {
  readonly body: unknown
  ack(): void
  retry(options: { readonly delaySeconds: number }): void
}

/** Messages are written for what the provider takes in so long: a beat of the cron, and a half for one that comes late. */
const aheadSeconds = 90
/** And never for more than that: half a million people. */
const maxAhead = 5000
/** As many as one call of the binding takes. */
const maxCall = 100
/**
 * A message keeps its worker waiting for a slot so long at most; then it comes back. Ten at five a second find theirs within
 * it: with a second less, two thirds of an account limited to that were used.
 */
const patienceMs = 3000
const failureSeconds = 10

/** When a message was last written for a batch, by this isolate. Another may write it again, which is harmless. */
const written = memo<string, true>({ max: 10_000, lifetimeMs: aheadSeconds * 1000 })

/**
 * Writes a message for each batch that is due, to arrive when its turn comes; answers how many. One that was lost is written
 * again once its time is well past: a batch stays due until it is sent.
 */
export async function feedQueue(deps: Deps, queue: Queue): Promise<number> {
  const rate = deps.config.sendRate
  const due = await waitingBatches(deps, rate === 0 ? maxAhead : Math.min(rate * aheadSeconds, maxAhead))
  const messages = due
    .map(({ campaign, batchNo }, at) => ({
      body: { campaign, batch_no: batchNo },
      delaySeconds: rate === 0 ? 0 : Math.floor(at / rate),
    }))
    .filter(({ body }) => isNew(deps, body))
  for (let from = 0; from < messages.length; from += maxCall) {
    const call = messages.slice(from, from + maxCall)
    await queue.sendBatch(call)
    for (const { body } of call) written.keep(atNow(deps), nameOf(body), true)
  }
  return messages.length
}

const isNew = (deps: Deps, message: BatchMessage): boolean =>
  written.known(atNow(deps), nameOf(message)) === undefined

const atNow = ({ db, clock }: Deps) => ({ of: db, now: clock() })

const nameOf = ({ campaign, batch_no }: BatchMessage): string => `${campaign}/${batch_no}`

/**
 * Sends the batches that these messages name, side by side. A message is done with once its batch is settled or not to be sent
 * for a while, since rules and a provider change their minds sooner than a message comes back; else it comes back when the pace,
 * the provider or a lease says so.
 */
export async function consumeMessages(deps: Deps, messages: readonly Message[]): Promise<void> {
  await Promise.all(messages.map((message) => consume(deps, message)))
  await finishCampaigns(deps)
}

async function consume(deps: Deps, message: Message): Promise<void> {
  const read = batchMessage.safeParse(message.body)
  if (!read.success) {
    deps.log.error('queue.foreign_message')
    return message.ack()
  }
  const batch: BatchName = { campaign: read.data.campaign, batchNo: read.data.batch_no }
  try {
    const seconds = await sendNamedBatch(deps, batch, patienceMs)
    if (seconds === null || seconds > aheadSeconds) {
      // A campaign that was paused, and goes on, needs a message anew; so does one that a rule held, perhaps until tomorrow.
      written.forget(deps.db, nameOf(read.data))
      message.ack()
    } else message.retry({ delaySeconds: Math.max(1, Math.ceil(seconds)) })
  } catch (error) {
    deps.log.error('queue.failed', {
      campaign: batch.campaign,
      batch: batch.batchNo,
      ...describeError(error),
    })
    message.retry({ delaySeconds: failureSeconds })
  }
}
