// shell · the mails of a batch, or of a part of it: whoever cannot be rendered keeps nobody else waiting
import type { MailReason } from '../../campaigns/reasons.ts'
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
  /** Whose mail each one is. */
  readonly members: readonly Member[]
  /** Who could not be rendered, and why; the others do not wait for them. */
  readonly unreadable: readonly Skip[]
}

/** Null where they are too heavy for one request: the rest is then not made. */
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

/** A row that was damaged, or a value that breaks the template, breaks one mail, not the ninety-nine beside it. */
function rendering(
  deps: Deps,
  ready: ReadyCampaign,
  member: Member,
): { readonly mail: WireMail } | { readonly reason: MailReason } {
  try {
    const addressee = addresseeOf(deps, member, { list: ready.list, campaign: ready.campaign.number })
    return addressee === null
      ? { reason: 'address_unreadable' }
      : { mail: renderMail(ready.compiled, addressee) }
  } catch (error) {
    // By the values of this person: of the text alone the campaign would not have been compiled.
    if (error instanceof TooMuch) return { reason: 'too_large' }
    deps.log.error('mail.not_rendered', {
      campaign: ready.campaign.id,
      error: error instanceof Error ? error.name : 'unknown',
    })
    return { reason: 'not_rendered' }
  }
}
