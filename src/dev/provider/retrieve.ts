// adapter · GET /emails/:id: one accepted mail and its last event
import type { ServerResponse } from 'node:http'
import * as z from 'zod'
import { refusals, refuse, sendJson } from './answers.ts'
import { lastEventOf } from './courses.ts'
import { messageIdOf } from './events.ts'
import type { AcceptedMail } from './record.ts'
import type { ProviderState } from './state.ts'

/**
 * Content only if the provider keeps it. The last event is the course's final one, even while webhooks are still on their way.
 * @see https://resend.com/docs/api-reference/emails/retrieve-email
 */
export function retrieve({ record }: ProviderState, response: ServerResponse, id: string): void {
  const mail = z.guid().safeParse(id).success ? record.find(id) : null
  if (mail === null) refuse(response, refusals.notAnId)
  else if (mail === undefined) refuse(response, refusals.noSuchEmail)
  else sendJson(response, 200, shownOf(mail))
}

const shownOf = (mail: AcceptedMail) => ({
  object: 'email',
  id: mail.id,
  message_id: messageIdOf(mail),
  to: mail.to,
  from: mail.from,
  created_at: mail.at.replace('T', ' ').replace('Z', '000+00'),
  subject: mail.subject,
  html: mail.html ?? null,
  text: mail.text ?? null,
  bcc: mail.bcc ?? [],
  cc: mail.cc ?? [],
  reply_to: mail.reply_to ?? [],
  last_event: lastEventOf(mail.courses?.[0] ?? 'delivered'),
  scheduled_at: null,
  tags: mail.tags,
})
