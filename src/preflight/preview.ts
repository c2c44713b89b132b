// shell · a campaign rendered for a sample person by the renderer of the send, for previews and test mails
import * as z from 'zod'
import type { Campaign } from '../campaigns/campaign.ts'
import { type Addressee, renderMail } from '../campaigns/render.ts'
import { inTurn } from '../campaigns/writing/in-turn.ts'
import { compile } from '../delivery/render/compile.ts'
import { dateTextIn } from '../i18n/dates.ts'
import { houseZone } from '../i18n/house-zone.ts'
import type { List } from '../lists/list.ts'
import type { Deps, WireMail } from '../platform/deps.ts'
import { bytesOf } from '../platform/encoding/bytes.ts'
import { referenceToken } from '../platform/vault/tokens.ts'
import { type SampleFields, sampleAddress, sampleFields } from './sample.ts'

const wire = z.object({
  from: z.string(),
  reply_to: z.string().optional(),
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  headers: z.record(z.string(), z.string()),
})

export type PreviewedMail = z.output<typeof wire> & { readonly htmlBytes: number }

/** A person with a value in every field, or one with an address only. */
export type SamplePerson = 'complete' | 'bare'

/**
 * Throws DomainError `invalid`, as compileCampaign does, for content that cannot be sent; `rate_limited` for too many
 * renderings at once.
 */
export async function previewOf(
  deps: Deps,
  about: {
    campaign: Pick<Campaign, 'id' | 'subject' | 'preheader' | 'content'> &
      Partial<Pick<Campaign, 'launchedAt' | 'purpose'>>
    list: List
    person: SamplePerson
  },
): Promise<PreviewedMail> {
  const { campaign, list, person } = about
  const reader = await sampleReader(deps, list, person, campaign.launchedAt ?? deps.clock())
  return inTurn(deps, () => mailOfWire(renderMail(compile(deps, campaign, list), reader)))
}

/** A mail as it was handed to the mailer. */
export function mailOfWire(mail: WireMail): PreviewedMail {
  const read = wire.parse(JSON.parse(mail))
  return { ...read, htmlBytes: bytesOf(read.html).length }
}

export const sampleReader = async (
  deps: Deps,
  list: List,
  person: SamplePerson,
  agreedAt: Date = deps.clock(),
): Promise<Addressee> =>
  sampleAddressee(deps, {
    list,
    campaign: 0,
    to: sampleAddress,
    fields: person === 'bare' ? {} : sampleFields(list, list.default_locale),
    agreedAt,
    zone: await houseZone(deps),
  })

/** A person cannot have agreed after the launch. The links of a sample addressee lead to real pages but end no consent. */
export function sampleAddressee(
  deps: Deps,
  about: { list: List; campaign: number; to: string; fields: SampleFields; agreedAt: Date; zone: string },
): Addressee {
  const { default_locale: locale } = about.list
  const reference = { subscription: 0, campaign: about.campaign }
  return {
    to: about.to,
    locale,
    subscriber: { email: about.to, ...about.fields },
    unsubscribeUrl: `${deps.config.publicUrl}/u/${referenceToken(deps.vault, 'unsub', reference)}`,
    preferencesUrl: `${deps.config.publicUrl}/p/${referenceToken(deps.vault, 'pref', reference)}`,
    agreedOn: dateTextIn(about.zone, locale, about.agreedAt),
    tag: 'test',
  }
}
