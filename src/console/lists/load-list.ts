// web · loading the list of a screen with its permission check; links to its screens
import type { ConsoleContext } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { may, type Permission, type Role } from '../../auth/roles.ts'
import type { SubscriptionState } from '../../consent/ledger.ts'
import { findList } from '../../lists/find.ts'
import type { List } from '../../lists/list.ts'
import { notFound } from '../../platform/errors.ts'

/** The list of the path. Throws `not_found`, and `forbidden` where the role or the operator's lists do not allow it. */
export async function listAsked(c: ConsoleContext, permission: Permission): Promise<List> {
  const list = await findList(c.env.db, c.req.param('list') ?? '')
  if (list === null) throw notFound('list')
  allow(c, permission, list.number)
  return list
}

/** The list's page by slug; by id where the slug would collide with `/console/lists/new`. */
export const pathOf = (list: Pick<List, 'slug' | 'id'>): string =>
  `/console/lists/${list.slug === 'new' ? list.id : list.slug}`

/** The link to a list's people in one state; undefined for roles that may not see people. */
export const peopleHref = (
  role: Role,
  list: Pick<List, 'slug'>,
  state: SubscriptionState,
): string | undefined =>
  may(role, 'subscribers.read') ? `/console/people?list=${list.slug}&state=${state}` : undefined
