// web · loading a campaign and its list by id, with the permission check

import type { ConsoleContext } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import type { Permission } from '../../auth/roles.ts'
import type { Campaign } from '../../campaigns/campaign.ts'
import { findCampaign } from '../../campaigns/find.ts'
import { findList, listByNumber } from '../../lists/find.ts'
import type { List } from '../../lists/list.ts'
import { notFound } from '../../platform/errors.ts'

/** Throws DomainError `not_found`, and `forbidden` where the role or its lists do not allow it. */
export async function campaignAt(
  c: ConsoleContext,
  permission: Permission,
): Promise<{ campaign: Campaign; list: List }> {
  allow(c, permission)
  const campaign = await findCampaign(c.env.db, c.req.param('id') ?? '')
  if (campaign === null) throw notFound('campaign')
  allow(c, permission, campaign.list)
  const list = await listByNumber(c.env.db, campaign.list)
  if (list === null) throw notFound('list')
  return { campaign, list }
}

/** A list by slug or id. Throws DomainError `not_found`, and `forbidden` without `campaigns.write` on the list. */
export async function listToWriteTo(c: ConsoleContext, name: string): Promise<List> {
  const list = await findList(c.env.db, name)
  if (list === null) throw notFound('list')
  allow(c, 'campaigns.write', list.number)
  return list
}
