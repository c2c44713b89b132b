// adapter · the events of one mail, in the form of Resend's webhooks
import { createHash } from 'node:crypto'
import { type Course, type EventType, eventsOf } from './courses.ts'
import type { AcceptedMail } from './record.ts'

/** One webhook message, the same bytes in every attempt. */
export interface Happening {
  /** The svix-id. */
  readonly id: string
  readonly type: EventType
  readonly mail: AcceptedMail
  readonly recipient: string
  readonly course: Course
  /** Milliseconds since 1970. */
  readonly at: number
}

/** The provider sets the Message-ID. */
export const messageIdOf = ({ id }: Pick<AcceptedMail, 'id'>): string => `<${id}@email.provider.example>`

/** Per recipient, in order, a millisecond apart. */
export const happeningsOf = (mail: AcceptedMail): readonly (readonly Happening[])[] =>
  mail.to.map((recipient, place) => {
    const course = mail.courses?.[place] ?? 'delivered'
    const acceptedAt = Date.parse(mail.at)
    return eventsOf(course).map((type, step) =>
      happening({ type, mail, recipient, course, at: acceptedAt + step + 1 }),
    )
  })

/** The id is derived, so that a restarted provider reports an event under the same id. */
export const happening = (parts: Omit<Happening, 'id'>): Happening => ({
  id: `msg_${createHash('sha256')
    .update([parts.mail.id, parts.recipient, parts.type, parts.at].join('\n'))
    .digest('hex')
    .slice(0, 27)}`,
  ...parts,
})

/**
 * Tags are an object here, though a list in the request; `to` is the event's recipient; `from` is as given, with its name. No
 * headers.
 * @see https://resend.com/docs/webhooks/event-types and a page for each, such as https://resend.com/docs/webhooks/emails/bounced
 */
export const bodyOf = ({ type, mail, recipient, course, at }: Happening): string =>
  JSON.stringify({
    type,
    created_at: new Date(at).toISOString(),
    data: {
      created_at: mail.at,
      email_id: mail.id,
      message_id: messageIdOf(mail),
      from: mail.from,
      to: [recipient],
      subject: mail.subject,
      ...detailsOf(type, course),
      ...(mail.tags.length > 0 && {
        tags: Object.fromEntries(mail.tags.map(({ name, value }) => [name, value])),
      }),
    },
  })

function detailsOf(type: EventType, course: Course): object {
  switch (type) {
    case 'email.bounced':
      return { bounce: bounceOf(course) }
    case 'email.failed':
      return { failed: { reason: 'reached_daily_quota' } }
    case 'email.suppressed':
      return { suppressed: suppression }
    default:
      return {}
  }
}

/**
 * Transient and Undetermined bounces have the same event type as Permanent ones.
 * @see https://resend.com/docs/dashboard/emails/email-bounces
 */
function bounceOf(course: Course): object {
  switch (course) {
    case 'soft':
      return {
        diagnosticCode: ['smtp; 452 4.2.2 The recipient mailbox is over quota'],
        message:
          "The recipient's email provider sent a bounce message because the recipient's inbox was full.",
        subType: 'MailboxFull',
        type: 'Transient',
      }
    case 'undetermined':
      return {
        message:
          "The recipient's email provider sent a bounce message without enough information to determine the reason.",
        subType: 'Undetermined',
        type: 'Undetermined',
      }
    default:
      return {
        diagnosticCode: ['smtp; 550 5.1.1 Unknown user'],
        message: "The recipient's email provider sent a hard bounce message.",
        subType: 'General',
        type: 'Permanent',
      }
  }
}

/** @see https://resend.com/docs/webhooks/emails/suppressed */
const suppression = {
  message:
    'Resend has suppressed sending to this address because it is on the account-level suppression list. This does not count toward your bounce rate metric',
  type: 'OnAccountSuppressionList',
}
