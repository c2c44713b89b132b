// pure · where webhooks go, and what goes wrong on their way
import * as z from 'zod'
import { keyOf } from './sign.ts'

const probability = z.number().min(0).max(1).default(0)
const milliseconds = z.number().min(0).max(2_147_483_647)
const minute = 60_000
const hour = 60 * minute

/** Nothing here leaves the machine. */
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
 * Chance is drawn from the seed and the recipient's address, never from the order of posts: the same people meet the same
 * accidents in every run.
 */
export const webhookShape = z.strictObject({
  url: z.string().refine(onLoopback, 'webhooks go to http:// on loopback only'),
  secret: z.string().refine(isSecret, 'a webhook secret is whsec_ and the base64 of 24 to 64 bytes'),
  seed: z.int().default(1),
  /** An event is posted a second time under the same svix-id, though it was taken, after all others of its mail. */
  duplicate: probability,
  /** The events of a mail are posted last first: delivered before sent, bounced after delivered. */
  reorder: probability,
  /** The events of a whole request are posted before its answer is given. */
  early: probability,
  /** An event never leaves; nobody can tell. */
  lost: probability,
  /** The events of a mail wait between nothing and so long, each mail its own time. */
  spreadMs: milliseconds.default(0),
  /**
   * After the first attempt failed, the second, and so on; then it is given up. By default as Svix does for Resend.
   * @see https://resend.com/docs/webhooks/retries-and-replays
   */
  retryMs: z
    .array(milliseconds)
    .readonly()
    .default([5000, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour]),
  /** How long an answer is waited for: 15 seconds, as Svix does. @see https://docs.svix.com/retries */
  timeoutMs: milliseconds.default(15_000),
  /** Attempts under way at once. */
  mostAtOnce: z.int().min(1).max(256).default(8),
  /** Messages that wait, for their turn or for another attempt; what comes beyond that is dropped, and counted. */
  mostWaiting: z.int().min(1).default(200_000),
})

export type WebhookOptions = z.input<typeof webhookShape>
