// web · POST /hooks/resend: signed feedback from the provider. Answers fast, and 2xx for events without effect
import { Hono } from 'hono'
import { readResendEvent } from '../mail/resend/events.ts'
import { warnRarely } from '../platform/warn-rarely.ts'
import type { Env } from '../ui/answer.tsx'
import { jsonText } from '../ui/read-body.ts'
import { recordFeedback } from './record-feedback.ts'

/** Larger than any event of a mail with its headers. */
export const maxHookBytes = 128 * 1024

export const hookRoutes = new Hono<Env>()

hookRoutes.post('/hooks/resend', async (c) => {
  c.header('Cache-Control', 'no-store')
  const { verifyWebhook, log, clock } = c.env
  if (verifyWebhook === null) {
    // Not 404: the provider retries for days, so events are not lost if the secret is set later.
    warnRarely(c.env, 'hook.no_secret', { missing: 'RESEND_WEBHOOK_SECRET' })
    return c.json({ status: 'RESEND_WEBHOOK_SECRET is not set; no event can be trusted.' }, 503)
  }
  const text = await jsonText(c)
  const header = (name: string): string =>
    c.req.header(`svix-${name}`) ?? c.req.header(`webhook-${name}`) ?? ''
  const id = header('id')
  const signed = { id, timestamp: header('timestamp'), signature: header('signature'), text }
  const verified = verifyWebhook(signed)
  if (verified === 'not_signed') {
    warnRarely(c.env, 'hook.not_signed')
    return c.json({ status: 'The signature does not hold, or its time is more than five minutes off.' }, 401)
  }
  const event = readResendEvent(verified.event, clock())
  if (event === null) {
    log.warn('hook.not_understood', { bytes: Buffer.byteLength(text) })
    return c.json({ status: 'This is no event.' }, 400)
  }
  const result = await recordFeedback(c.env, id, event)
  log.debug('hook.heard', { hearing: result })
  return c.json({ status: result })
})
