// adapter · events as Resend sends them: signed, to /hooks/resend, with the tag that a mail was given
import { createHmac } from 'node:crypto'
import { type Tagged, tagToken } from '../../src/platform/vault/tokens.ts'
import type { TestApp } from './house.ts'

export const hookKey = Buffer.from('a secret of thirty-two octets...')
export const hookSecret = `whsec_${hookKey.toString('base64')}`
export const hookEnv = { RESEND_WEBHOOK_SECRET: hookSecret }

/** The words of an event beside its tag. */
export interface Told {
  readonly type: string
  readonly at?: Date
  readonly data?: object
}

export const told = {
  delivered: { type: 'email.delivered' },
  delayed: { type: 'email.delivery_delayed' },
  complained: { type: 'email.complained' },
  suppressed: { type: 'email.suppressed', data: { suppressed: { type: 'OnAccountSuppressionList' } } },
  hard: bounced('Permanent', 'General', 'smtp; 550 5.1.1 no such user'),
  soft: bounced('Transient', 'MailboxFull', 'smtp; 452 4.2.2 mailbox full'),
  refused: bounced('Permanent', 'General', 'smtp; 550 5.7.26 unauthenticated mail is prohibited'),
  quota: { type: 'email.failed', data: { failed: { reason: 'reached_daily_quota' } } },
  invalid: { type: 'email.failed', data: { failed: { reason: 'invalid recipient' } } },
} as const satisfies Record<string, Told>

export function bounced(type: string, subType: string, ...diagnosticCode: readonly string[]) {
  return {
    type: 'email.bounced',
    data: { bounce: { type, subType, message: 'The mail bounced.', diagnosticCode } },
  } as const
}

/** The body as Resend writes it; tags as an object, which is what it sends back. */
export const eventBody = (house: TestApp, tagged: Tagged | string, { type, at, data }: Told): string =>
  JSON.stringify({
    type,
    created_at: (at ?? house.now()).toISOString(),
    data: {
      created_at: house.now().toISOString(),
      email_id: '56761188-7520-42d8-8898-ff6fc54ce618',
      from: 'Brand <news@brand.example>',
      to: ['somebody@inbox.example'],
      subject: 'June',
      tags: { assent: typeof tagged === 'string' ? tagged : tagToken(house.deps.vault, tagged) },
      ...data,
    },
  })

export const signatureOf = (id: string, timestamp: string, body: string, key: Buffer = hookKey): string =>
  `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`

/**
 * Posts a body with the headers given; by default as the provider would sign it now: by the clock of the machine, which Resend's
 * package reads, whatever the time in the house.
 */
export function postHook(
  house: TestApp,
  body: string,
  headers: { id?: string; timestamp?: string; signature?: string } = {},
): Promise<Response> {
  const id = headers.id ?? `msg_${house.deps.ids()}`
  const timestamp = headers.timestamp ?? String(Math.floor(Date.now() / 1000))
  return house.request('/hooks/resend', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'svix-id': id,
      'svix-timestamp': timestamp,
      'svix-signature': headers.signature ?? signatureOf(id, timestamp, body),
    },
    body,
  })
}

/** One event about one mail; answers what became of it: `taken`, `repeated`, `foreign`. */
export async function tell(
  house: TestApp,
  tagged: Tagged | string,
  event: Told,
  id?: string,
): Promise<string> {
  const answer = await postHook(house, eventBody(house, tagged, event), id === undefined ? {} : { id })
  const { status } = await answer.json()
  if (answer.status !== 200) throw new Error(`an event was answered ${answer.status}: ${status}`)
  return String(status)
}
