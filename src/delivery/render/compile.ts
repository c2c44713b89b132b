// shell · the compiled form of a campaign, kept while it is sent

import type { Campaign } from '../../campaigns/campaign.ts'
import { campaignByNumber } from '../../campaigns/find.ts'
import { type PinnedList, pinOf } from '../../campaigns/pinned.ts'
import { type CompiledCampaign, compileCampaign, weightOf } from '../../campaigns/render.ts'
import { messages } from '../../i18n/messages.ts'
import { listByNumber } from '../../lists/find.ts'
import type { Deps } from '../../platform/deps.ts'
import { memo } from '../../platform/memory/memo.ts'

export interface ReadyCampaign {
  readonly campaign: Campaign
  /** Of the fields only those that the campaign names: opening another is 9 microseconds a person, for nothing. */
  readonly list: PinnedList
  readonly compiled: CompiledCampaign
}

/**
 * Weighed in octets: four of the largest, in four languages each, or hundreds of letters. Whoever is sending one that is forgotten
 * holds on to it; the next batch compiles it again.
 */
const kept = memo<number, ReadyCampaign | null>({
  max: 16_000_000,
  weightOf: (ready) => (ready === null ? 0 : weightOf(ready.compiled)),
  lifetimeMs: (ready) => (ready === null ? 0 : Number.POSITIVE_INFINITY),
})

/**
 * Parsed once per campaign: its words and what it took from its list were pinned when it was launched, so that a batch that
 * is repeated is the same bytes whatever was edited meanwhile. Null where the campaign is gone.
 */
export const readyCampaign = (deps: Deps, number: number): Promise<ReadyCampaign | null> =>
  kept.get(atNow(deps), number, () => compiledAnew(deps, number))

const atNow = ({ db, clock }: Deps) => ({ of: db, now: clock() })

/** The same without a memory of it. */
export async function compiledAnew(deps: Deps, number: number): Promise<ReadyCampaign | null> {
  const campaign = await campaignByNumber(deps.db, number)
  const list = campaign === null ? null : (campaign.pinned ?? (await listNow(deps, campaign)))
  if (campaign === null || list === null) return null
  const fields = namedIn(campaign, list.fields)
  return { campaign, list: { ...list, fields }, compiled: compile(deps, campaign, list) }
}

/** Of one mail, about, where it was compiled lately; else of a usual one. */
export const octetsKnown = (deps: Deps, number: number): number =>
  kept.known(atNow(deps), number)?.compiled.octets ?? usualOctets

const usualOctets = 40_000

/** Liquid names fields letter by letter, save for what a backslash may spell. */
function namedIn<Field extends { readonly key: string }>(
  { subject, preheader, content }: Pick<Campaign, 'subject' | 'preheader' | 'content'>,
  fields: readonly Field[],
): readonly Field[] {
  const text = [subject, preheader, content.body].join('\n')
  return text.includes('\\') ? fields : fields.filter(({ key }) => text.includes(key))
}

/** For a campaign that was launched by a version that pinned nothing. */
async function listNow(deps: Deps, campaign: Campaign): Promise<PinnedList | null> {
  const list = await listByNumber(deps.db, campaign.list)
  return list === null ? null : pinOf(list)
}

export const compile = (
  deps: Deps,
  campaign: Pick<Campaign, 'id' | 'subject' | 'preheader' | 'content'>,
  list: Omit<PinnedList, 'fields'>,
): CompiledCampaign =>
  compileCampaign({
    id: campaign.id,
    writing: { subject: campaign.subject, preheader: campaign.preheader, content: campaign.content },
    from: { name: list.sender.name, email: list.sender.email },
    replyTo: list.sender.reply_to,
    list: { id: list.id, slug: list.slug, name: list.name, controller: list.controller },
    words: Object.fromEntries(list.locales.map((locale) => [locale, messages(locale).footer])),
    defaultLocale: list.default_locale,
    publicUrl: deps.config.publicUrl,
    setsMessageId: deps.mailer.can.setMessageId,
  })
