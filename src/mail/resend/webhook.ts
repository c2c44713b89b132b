// adapter · who posted a webhook, by the signature: checked by Resend's package. Standard Webhooks 1.0.0
import type { Config } from '../../platform/config.ts'
import type { VerifyWebhook } from '../../platform/deps.ts'
import { resendClient } from './client.ts'

/** An id is kept, so that an event sent twice is taken once. */
const isId = (id: string): boolean => /^[\x21-\x7e]{1,200}$/.test(id)

/**
 * Null without a secret. The package takes any of several signatures, compares in constant time, and reads the machine's clock.
 * @see https://resend.com/docs/webhooks/verify-webhooks-requests
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookVerifier(config: Config['resend']): VerifyWebhook | null {
  const { webhookSecret } = config
  if (webhookSecret === undefined) return null
  return ({ text, ...headers }) => {
    if (!isId(headers.id)) return 'not_signed'
    try {
      return { event: resendClient(config).webhooks.verify({ payload: text, headers, webhookSecret }) }
    } catch (error) {
      // JSON is read last, after the signature held.
      if (error instanceof SyntaxError) return { event: undefined }
      if (error instanceof Error && error.name === 'WebhookVerificationError') return 'not_signed'
      throw error
    }
  }
}
