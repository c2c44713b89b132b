// pure · the two mails of a sign-up: confirmation, and already subscribed. No promotion. RFC 3834, UWG section 7(2)
import { dateTimeText, momentText } from '../../i18n/dates.ts'
import type { Locale } from '../../i18n/locale.ts'
import { messages } from '../../i18n/messages.ts'
import { inRow, labelled } from '../../i18n/typography/marks.ts'
import type { Controller } from '../../lists/list.ts'
import { lawOf } from '../../notices/authority.ts'
import type { ServiceMailContent } from '../../outbox/service-layout.ts'
import type { ServiceMailText } from '../../outbox/service-wire.ts'
import { brandColors } from '../../ui/brand.ts'

export interface MailController extends Pick<Controller, 'jurisdiction' | 'representative'> {
  readonly name: string
  readonly address: string
  readonly contact_email: string
  readonly dpo_email: string | null
}

export interface ConfirmationMailInput {
  readonly locale: Locale
  /** The time zone of the mail's times. */
  readonly zone: string
  /** The brand's colour, of the button. */
  readonly color: string | null
  readonly controller: MailController
  /** Lists asked for; `purposes` are titles. */
  readonly lists: readonly {
    readonly name: string
    readonly purposes: readonly string[]
    /** Absolute URL of `/n/{hash}`. */
    readonly noticeUrl: string
  }[]
  readonly requestedAt: Date
  readonly expiresAt: Date
  /** Absolute URL of `/c/{token}`. */
  readonly confirmUrl: string
  /** Six digits in code mode, else null. */
  readonly code: string | null
}

/** Asks the owner of a mailbox to confirm the sign-up. Times are inputs: the same request always makes the same mail. */
export function confirmationMail(input: ConfirmationMailInput): ServiceMailText {
  const { locale, zone, controller, lists, confirmUrl } = input
  const { confirmation } = messages(locale).mail
  const only = lists.length === 1 ? lists[0] : undefined
  return {
    subject:
      only === undefined ? confirmation.subjectOfMany(controller.name) : confirmation.subject(only.name),
    lang: locale,
    heading: only === undefined ? confirmation.headingOfMany : confirmation.heading(only.name),
    opening: [confirmation.asked(controller.name, momentText(locale, input.requestedAt, zone))],
    points: lists.map(({ name, purposes }) => {
      const asked = purposes.filter((title) => title !== name)
      return asked.length === 0 ? name : `${labelled(name)} ${inRow(asked)}`
    }),
    closing: [confirmation.confirm],
    code:
      input.code === null
        ? null
        : { label: confirmation.code, digits: input.code, hint: confirmation.codeHint },
    button: { label: confirmation.button, url: confirmUrl, colors: brandColors(input.color) },
    small: [
      { text: confirmation.expires(dateTimeText(locale, input.expiresAt, zone)), link: null },
      { text: confirmation.notYou, link: { label: confirmation.refuse, url: `${confirmUrl}?not-me#not-me` } },
      ...lists.map(({ name, noticeUrl }) => ({
        text: confirmation.notice(name),
        link: { label: noticeUrl, url: noticeUrl },
      })),
      { text: confirmation.fallback, link: { label: confirmUrl, url: confirmUrl } },
    ],
    controller: signature(controller, locale),
  }
}

export interface AlreadySubscribedMailInput {
  readonly locale: Locale
  readonly zone: string
  readonly color: string | null
  readonly controller: MailController
  readonly list: string
  readonly requestedAt: Date
  /** Absolute URLs of `/p/{token}` and `/u/{token}`. */
  readonly preferencesUrl: string
  readonly leaveUrl: string
}

/** Tells a member that their address was entered again; sent at most once in seven days. */
export function alreadySubscribedMail(input: AlreadySubscribedMailInput): ServiceMailText {
  const { locale, zone, list } = input
  const { already } = messages(locale).mail
  return {
    subject: already.subject(list),
    lang: locale,
    heading: already.heading,
    opening: [already.text(list, momentText(locale, input.requestedAt, zone)), already.rest],
    points: [],
    closing: [],
    code: null,
    button: { label: already.button, url: input.preferencesUrl, colors: brandColors(input.color) },
    small: [{ text: already.leave, link: { label: input.leaveUrl, url: input.leaveUrl } }],
    controller: signature(input.controller, locale),
  }
}

function signature(controller: MailController, locale: Locale): ServiceMailContent['controller'] {
  const { mail } = messages(locale)
  const { name, address, contact_email, dpo_email } = controller
  const law = lawOf(controller) === null ? 'other' : 'gdpr'
  return {
    name,
    address,
    contact: [
      mail.contact(contact_email),
      ...(dpo_email === null ? [] : [mail.dpo({ address: dpo_email, law })]),
    ],
  }
}
