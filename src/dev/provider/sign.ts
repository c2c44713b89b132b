// pure · webhook signatures by Standard Webhooks, as Svix sends them for Resend
import { createHmac } from 'node:crypto'

const prefix = 'whsec_'

/** Throws unless the secret is `whsec_` and base64 of 24 to 64 bytes. */
export function keyOf(secret: string): Buffer {
  const key = Buffer.from(secret.slice(prefix.length), 'base64')
  const isWhole = secret === prefix + key.toString('base64')
  if (!isWhole || key.length < 24 || key.length > 64)
    throw new Error('a webhook secret is whsec_ and the base64 of 24 to 64 bytes')
  return key
}

/**
 * Attempts share the id; each has its own time, in seconds.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @see https://resend.com/docs/webhooks/verify-webhooks-requests
 */
export function signedHeaders(
  secret: string,
  { id, at, body }: { readonly id: string; readonly at: number; readonly body: string },
): Readonly<Record<'svix-id' | 'svix-timestamp' | 'svix-signature', string>> {
  const seconds = String(Math.floor(at / 1000))
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.${body}`).digest('base64')
  return { 'svix-id': id, 'svix-timestamp': seconds, 'svix-signature': `v1,${signature}` }
}
