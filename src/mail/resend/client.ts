// adapter · Resend by its own package: everything but the handing over of mail
import { Resend } from 'resend'
import type { Config } from '../../platform/config.ts'

/**
 * The package asks by the `fetch` of the runtime, so a worker has the same client as Node. Without a key, base URL or user agent
 * it would look for them in the environment; a deployment that only opens webhooks has no key, and needs none.
 */
export const resendClient = ({ apiKey, baseUrl }: Config['resend']): Resend =>
  new Resend(apiKey || 'none', { baseUrl, userAgent: 'assent' })
