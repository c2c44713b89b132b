// pure · webhook options: target, retries, accidents
import * as z from 'zod'
import { keyOf } from './sign.ts'

const probability = z.number().min(0).max(1).default(0)
const milliseconds = z.number().min(0).max(2_147_483_647)
const minute = 60_000
const hour = 60 * minute

/** No webhook leaves the machine. */
const onLoopback = (url: string): boolean =>
  URL.canParse(url) &&
  /^http:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::\d+)?$/.test(new URL(url).origin)

function isSecret(secret: string): boolean {
  try {
    return keyOf(secret).length > 0
  } catch {
    return false
  }
}

/**
 * Accidents are drawn from seed and recipient, never from the order of posts: the same people get the same accidents in every run.
 */
export const webhookShape = z.strictObject({
  url: z.string().refine(onLoopback, 'webhooks go to http:// on loopback only'),
  secret: z.string().refine(isSecret, 'a webhook secret is whsec_ and the base64 of 24 to 64 bytes'),
  seed: z.int().default(1),
  /** Events posted again under the same svix-id, after all others of their mail. */
  duplicate: probability,
  /** Mails whose events are posted in reverse: delivered before sent, bounced before delivered. */
  reorder: probability,
  /** Requests whose events are posted before their answer. */
  early: probability,
  /** Events that are never posted. */
  lost: probability,
  /** Maximum delay of a mail's events; each mail draws its own. */
  spreadMs: milliseconds.default(0),
  /**
   * Delays between attempts; afterwards the message is given up. Defaults to Svix's schedule for Resend.
   * @see https://resend.com/docs/webhooks/retries-and-replays
   */
  retryMs: z
    .array(milliseconds)
    .readonly()
    .default([5000, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour]),
  /** 15 seconds, like Svix. @see https://docs.svix.com/retries */
  timeoutMs: milliseconds.default(15_000),
  mostAtOnce: z.int().min(1).max(256).default(8),
  /** Messages waiting for an attempt; any more are dropped and counted. */
  mostWaiting: z.int().min(1).default(200_000),
})

export type WebhookOptions = z.input<typeof webhookShape>
