// shell · the mails of a batch, or of a part of it: a mail that cannot be rendered does not hold up the others
import type { MailReason } from '../../campaigns/reasons.ts'
import { renderForm } from '../../campaigns/render/form.ts'
import { TooMuch } from '../../campaigns/render/measure.ts'
import { renderMail } from '../../campaigns/render.ts'
import type { Deps, WireMail } from '../../platform/deps.ts'
import type { Skip } from '../attempt.ts'
import type { Member } from '../claim.ts'
import { maxRequest } from '../parts.ts'
import { addresseeOf } from './addressee.ts'
import type { ReadyCampaign } from './compile.ts'

export interface RenderedBatch {
  readonly mails: readonly WireMail[]
  /** The member of each mail. */
  readonly members: readonly Member[]
  /** Members whose mail could not be rendered, with the reason. */
  readonly unreadable: readonly Skip[]
}

/** Null where the mails are too heavy for one request; rendering then stops. */
export function renderBatch(
  deps: Deps,
  ready: ReadyCampaign,
  members: readonly Member[],
): RenderedBatch | null {
  const mails: WireMail[] = []
  const rendered: Member[] = []
  const unreadable: Skip[] = []
  let octets = 0
  for (const member of members) {
    const wire = rendering(deps, ready, member)
    if ('reason' in wire) unreadable.push([member.subscriber, wire.reason])
    else {
      octets += Buffer.byteLength(wire.mail)
      if (octets > maxRequest) return null
      mails.push(wire.mail)
      rendered.push(member)
    }
  }
  return { mails, members: rendered, unreadable }
}

/** A damaged row, or a value that breaks the template, costs one mail, not the ninety-nine beside it. */
function rendering(
  deps: Deps,
  ready: ReadyCampaign,
  member: Member,
): { readonly mail: WireMail } | { readonly reason: MailReason } {
  try {
    const addressee = addresseeOf(deps, member, { list: ready.list, campaign: ready.campaign.number })
    if (addressee === null) return { reason: 'address_unreadable' }
    const { form } = deps.mailer
    return {
      mail:
        form === undefined
          ? renderMail(ready.compiled, addressee)
          : renderForm(ready.compiled, addressee, form),
    }
  } catch (error) {
    // Caused by this person's values: the text alone would not have compiled.
    if (error instanceof TooMuch) return { reason: 'too_large' }
    deps.log.error('mail.not_rendered', {
      campaign: ready.campaign.id,
      error: error instanceof Error ? error.name : 'unknown',
    })
    return { reason: 'not_rendered' }
  }
}
