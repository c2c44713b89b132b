// entry · batches through a queue: one message each, naming the batch. Postgres holds the state
import * as z from 'zod'
import { finishCampaigns } from '../campaigns/progress.ts'
import { waitingBatches } from '../delivery/claim.ts'
import type { BatchName } from '../delivery/due-batches.ts'
import { sendNamedBatch } from '../delivery/send.ts'
import type { Deps } from '../platform/deps.ts'
import { describeError } from '../platform/failures.ts'
import { memo } from '../platform/memory/memo.ts'

/** Contains nothing personal. */
const batchMessage = z.strictObject({ campaign: z.int().positive(), batch_no: z.int().nonnegative() })

type BatchMessage = z.output<typeof batchMessage>

export interface Queue {
  sendBatch(
    messages: readonly { readonly body: BatchMessage; readonly delaySeconds: number }[],
  ): Promise<unknown>
}

export interface Message {
  readonly body: unknown
  ack(): void
  retry(options: { readonly delaySeconds: number }): void
}

/** Messages are written ahead for this time: one cron interval, and half of one for a late cron. */
const aheadSeconds = 90
/** Half a million people. */
const maxAhead = 5000
/** Limit of the binding. */
const maxCall = 100
/**
 * How long a message may keep its worker waiting for a slot before it is retried. Ten at five a second all find a slot in this
 * time: with a second less, two thirds of an account limited to that were used.
 */
const patienceMs = 3000
const failureSeconds = 10

/** Per isolate; another isolate's duplicate is harmless. */
const written = memo<string, true>({ max: 10_000, lifetimeMs: aheadSeconds * 1000 })

/**
 * Each message arrives when its batch's turn comes. Returns how many. A lost message is written again once its time is well past: a
 * batch stays due until it is sent.
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
 * Sends the named batches concurrently. A message is acknowledged once its batch is settled or blocked for long, since rules and
 * provider may change before the message returns; otherwise it is retried when rate, provider or lease allow.
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
      // After a resume, or a rule that held the campaign perhaps until tomorrow, the batch needs a new message.
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
