// shell · the two mails to operators: sign-in link and invitation. RFC 3834
import { eq } from 'drizzle-orm'
import { momentText } from '../../i18n/dates.ts'
import type { ServiceMail } from '../../outbox/send.ts'
import { type ServiceMailText, serviceMailWire } from '../../outbox/service-wire.ts'
import type { Deps, WireMail } from '../../platform/deps.ts'
import { tagToken } from '../../platform/vault/tokens.ts'
import { findOperator } from '../operators/find-operators.ts'
import { roleWords } from '../roles.ts'
import { signInLinks } from '../tables.ts'
import { invitationDays, linkMinutes, linkUrl } from './links.ts'
import { houseSender } from './sender.ts'

export const renderSignIn = (deps: Deps, mail: ServiceMail): Promise<WireMail | null> =>
  render(deps, mail, ({ host, url, at }) => ({
    subject: `Sign in to Assent at ${host}`,
    heading: 'Your link to sign in',
    opening: [`On ${at}, someone asked to sign in at ${host} with this address.`],
    closing: [
      `The link works once, for ${linkMinutes} minutes, in the browser in which it was asked for. A newer link ends it.`,
    ],
    button: { label: 'Sign in', url },
    small: [{ text: 'If it was not you, you can ignore this email.', link: null }, toPaste(url)],
  }))

export const renderInvitation = (deps: Deps, mail: ServiceMail): Promise<WireMail | null> =>
  render(deps, mail, ({ host, url, role, name }) => ({
    subject: `You are invited to Assent at ${host}`,
    heading: `Welcome, ${name}`,
    opening: [`You were invited to the console at ${host} as ${roleWords[role].title}.`, roleWords[role].may],
    closing: [`The link works once, for ${invitationDays} days. Afterwards you sign in with this address.`],
    button: { label: 'Accept the invitation', url },
    small: [{ text: 'If you did not expect this, you can ignore this email.', link: null }, toPaste(url)],
  }))

const toPaste = (url: string): ServiceMailText['small'][number] => ({
  text: 'The same link, to paste into your browser:',
  link: { label: url, url },
})

interface About {
  readonly host: string
  readonly url: string
  readonly at: string
  readonly name: string
  readonly role: keyof typeof roleWords
}

/** Null if the link is used or gone, or the operator disabled. */
async function render(
  deps: Deps,
  mail: ServiceMail,
  write: (
    about: About,
  ) => Pick<ServiceMailText, 'subject' | 'heading' | 'opening' | 'closing' | 'button' | 'small'>,
): Promise<WireMail | null> {
  const [link] =
    mail.request === null
      ? []
      : await deps.db.select().from(signInLinks).where(eq(signInLinks.id, mail.request))
  if (link === undefined || link.operator === null || link.usedAt !== null) return null
  const operator = await findOperator(deps, link.operator)
  if (operator === null || operator.disabledAt !== null) return null
  const from = await houseSender(deps)
  const { host } = new URL(deps.config.publicUrl)
  const about = {
    host,
    url: linkUrl(deps, link.id),
    at: momentText('en', link.createdAt, operator.timezone),
    name: operator.name,
    role: operator.role,
  }
  return serviceMailWire({
    text: {
      lang: 'en',
      points: [],
      code: null,
      controller: { name: from.name, address: host, contact: [from.email] },
      ...write(about),
    },
    from,
    replyTo: null,
    to: operator.email,
    tag: tagToken(deps.vault, { kind: 'service_mail', id: mail.id }),
  })
}
