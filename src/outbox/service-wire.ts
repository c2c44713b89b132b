// pure · a service mail in wire form, without list headers: its recipient need not be on a list. RFC 3834
import type { WireMail } from '../platform/deps.ts'
import { renderServiceMail, type ServiceMailContent } from './service-layout.ts'

/** A mail's text and subject. */
export interface ServiceMailText extends ServiceMailContent {
  readonly subject: string
}

/** No List-Unsubscribe, no List-Id, no Precedence. The same input makes the same bytes. */
export function serviceMailWire(mail: {
  text: ServiceMailText
  from: { readonly name: string; readonly email: string }
  replyTo: string | null
  to: string
  tag: string
}): WireMail {
  const { subject, ...content } = mail.text
  return JSON.stringify({
    from: `"${mail.from.name.replaceAll(/["\\]/g, '\\$&')}" <${mail.from.email}>`,
    to: [mail.to],
    ...(mail.replyTo === null ? {} : { reply_to: mail.replyTo }),
    subject,
    ...renderServiceMail(content),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    tags: [{ name: 'assent', value: mail.tag }],
  })
}
