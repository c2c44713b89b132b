// web · which list a screen is about, and where its screens are
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

/** By its slug; a list with the slug of one of our own screens by its id. */
export const pathOf = (list: Pick<List, 'slug' | 'id'>): string =>
  `/console/lists/${list.slug === 'new' ? list.id : list.slug}`

/** The people of a list in one state; undefined for roles that see no single person. */
export const peopleHref = (
  role: Role,
  list: Pick<List, 'slug'>,
  state: SubscriptionState,
): string | undefined =>
  may(role, 'subscribers.read') ? `/console/people?list=${list.slug}&state=${state}` : undefined
