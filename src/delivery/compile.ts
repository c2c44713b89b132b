// shell · the compiled form of a campaign, kept while it is sent

import type { Campaign } from '../campaigns/campaign.ts'
import { campaignByNumber } from '../campaigns/find.ts'
import { type CompiledCampaign, compileCampaign } from '../campaigns/render.ts'
import { messages } from '../i18n/messages.ts'
import { findListSoon, listByNumber } from '../lists/find.ts'
import type { List } from '../lists/list.ts'
import type { Deps } from '../platform/deps.ts'
import { identityOf } from '../platform/identity.ts'

export interface ReadyCampaign {
  readonly campaign: Campaign
  readonly list: List
  readonly compiled: CompiledCampaign
}

const kept = new WeakMap<object, Map<string, ReadyCampaign>>()

/** Parsed once per campaign and version of its list; null where either is gone. */
export async function readyCampaign(deps: Deps, number: number): Promise<ReadyCampaign | null> {
  const memory = kept.get(identityOf(deps.db)) ?? new Map<string, ReadyCampaign>()
  kept.set(identityOf(deps.db), memory)
  const known = memory.get(String(number))
  if (known !== undefined) {
    const list = await findListSoon(deps.db, known.list.id, deps.clock())
    if (list !== null && list.version === known.list.version) return known
  }
  const campaign = await campaignByNumber(deps.db, number)
  const list = campaign === null ? null : await listByNumber(deps.db, campaign.list)
  if (campaign === null || list === null) return null
  const ready = { campaign, list, compiled: compile(deps, campaign, list) }
  if (memory.size > 50) memory.clear()
  memory.set(String(number), ready)
  return ready
}

export const compile = (
  deps: Deps,
  campaign: Pick<Campaign, 'id' | 'subject' | 'preheader' | 'content'>,
  list: List,
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
