// shell · compiled campaigns, cached while they are sent

import type { Campaign } from '../../campaigns/campaign.ts'
import { campaignByNumber } from '../../campaigns/find.ts'
import { type PinnedList, pinOf } from '../../campaigns/pinned.ts'
import { footerWords } from '../../campaigns/render/footer.ts'
import { type CompiledCampaign, compileCampaign, weightOf } from '../../campaigns/render.ts'
import { listByNumber } from '../../lists/find.ts'
import type { Deps } from '../../platform/deps.ts'
import { memo } from '../../platform/memory/memo.ts'

export interface ReadyCampaign {
  readonly campaign: Campaign
  /** Only the fields that the campaign names: decrypting another one wastes 9 microseconds a person. */
  readonly list: PinnedList
  readonly compiled: CompiledCampaign
}

/**
 * Weighed in octets: room for four of the largest campaigns in four languages each, or hundreds of small ones. An evicted
 * campaign stays alive in a running send; the next batch compiles it again.
 */
const compiledCampaigns = memo<number, ReadyCampaign | null>({
  max: 16_000_000,
  weightOf: (ready) => (ready === null ? 0 : weightOf(ready.compiled)),
  lifetimeMs: (ready) => (ready === null ? 0 : Number.POSITIVE_INFINITY),
})

/**
 * Parsed once per campaign: its texts and list settings were pinned at the launch, so that a repeated batch has the same
 * bytes whatever was edited meanwhile. Null where the campaign is gone.
 */
export const readyCampaign = (deps: Deps, number: number): Promise<ReadyCampaign | null> =>
  compiledCampaigns.get(atNow(deps), number, () => compileFresh(deps, number))

const atNow = ({ db, clock }: Deps) => ({ of: db, now: clock() })

/** The same, uncached. */
export async function compileFresh(deps: Deps, number: number): Promise<ReadyCampaign | null> {
  const campaign = await campaignByNumber(deps.db, number)
  const list = campaign === null ? null : (campaign.pinned ?? (await listNow(deps, campaign)))
  if (campaign === null || list === null) return null
  const fields = namedIn(campaign, list.fields)
  return { campaign, list: { ...list, fields }, compiled: compile(deps, campaign, list) }
}

/** Approximate octets of one mail, where the campaign is cached; else a typical size. */
export const octetsKnown = (deps: Deps, number: number): number =>
  compiledCampaigns.known(atNow(deps), number)?.compiled.octets ?? usualOctets

const usualOctets = 40_000

/** Liquid names fields literally, except that a backslash may hide a name. */
function namedIn<Field extends { readonly key: string }>(
  { subject, preheader, content }: Pick<Campaign, 'subject' | 'preheader' | 'content'>,
  fields: readonly Field[],
): readonly Field[] {
  const text = [subject, preheader, content.body].join('\n')
  return text.includes('\\') ? fields : fields.filter(({ key }) => text.includes(key))
}

/** For a campaign launched by a version that pinned nothing. */
async function listNow(deps: Deps, campaign: Campaign): Promise<PinnedList | null> {
  const list = await listByNumber(deps.db, campaign.list)
  return list === null ? null : pinOf(list)
}

export const compile = (
  deps: Deps,
  campaign: Pick<Campaign, 'id' | 'subject' | 'preheader' | 'content'> & Partial<Pick<Campaign, 'purpose'>>,
  list: Omit<PinnedList, 'fields' | 'zone'>,
): CompiledCampaign =>
  compileCampaign({
    id: campaign.id,
    writing: { subject: campaign.subject, preheader: campaign.preheader, content: campaign.content },
    from: { name: list.sender.name, email: list.sender.email },
    replyTo: list.sender.reply_to,
    list: { id: list.id, slug: list.slug, name: list.name, controller: list.controller },
    words: Object.fromEntries(
      list.locales.map((locale) => [
        locale,
        footerWords(
          locale,
          list.purposes.find(({ key }) => key === campaign.purpose),
          list.default_locale,
        ),
      ]),
    ),
    defaultLocale: list.default_locale,
    publicUrl: deps.config.publicUrl,
    setsMessageId: deps.mailer.can.setMessageId,
  })
