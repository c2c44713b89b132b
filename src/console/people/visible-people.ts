// web · the lists and people that one operator may see
import type { ConsoleContext } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { findOperator } from '../../auth/operators/find-operators.ts'
import { seesList } from '../../auth/operators/operator.ts'
import { findList, pageOfLists } from '../../lists/find.ts'
import type { List } from '../../lists/list.ts'
import type { Json } from '../../platform/encoding/jcs.ts'
import { isUuid } from '../../platform/encoding/uuid.ts'
import { notFound } from '../../platform/errors.ts'
import { findSubscriber, type SubscriberRow } from '../../subscribers/find.ts'

const listsAtOnce = 200

/** All lists that the operator sees, newest first. */
export async function listsSeen(c: ConsoleContext): Promise<readonly List[]> {
  const { operator } = c.var.session
  const seen: List[] = []
  let before: number | null = null
  for (;;) {
    const page: readonly List[] = await pageOfLists(c.env.db, { limit: listsAtOnce, before })
    seen.push(...page.filter(({ number }) => seesList(operator, number)))
    before = page.at(-1)?.number ?? null
    if (page.length < listsAtOnce) return seen
  }
}

export interface PersonSeen {
  /** Without subscriptions on lists that the operator does not see, nor anything that those lists know. */
  readonly row: SubscriberRow
  readonly lists: readonly List[]
}

/** Throws `not_found` also for people on none of the operator's lists, so that their existence is not revealed. */
export async function personSeen(c: ConsoleContext, id: string): Promise<PersonSeen> {
  const { lists: seen } = c.var.session.operator
  const row = isUuid(id) ? await findSubscriber(c.env.db, id, seen) : null
  if (row === null || (seen !== null && row.subscriptions.length === 0)) throw notFound('person')
  return { row, lists: await listsSeen(c) }
}

/** The list by slug, if the person is on it. Throws `not_found`, and `forbidden` without the permission on that list. */
export async function listOfPerson(
  c: ConsoleContext,
  about: { person: PersonSeen; slug: string; permission: Parameters<typeof allow>[1] },
): Promise<List> {
  const list = await findList(c.env.db, about.slug)
  if (list === null) throw notFound('list')
  allow(c, about.permission, list.number)
  if (!about.person.row.subscriptions.some((one) => one.list === list.id)) throw notFound('subscription')
  return list
}

/** Names by id of the operators in evidence payloads (`operator 0193…`). */
export async function operatorNames(
  c: ConsoleContext,
  payloads: readonly (Json | null)[],
): Promise<ReadonlyMap<string, string>> {
  const ids = payloads.flatMap(
    (payload) => /"operator ([0-9a-f-]{36})"/.exec(JSON.stringify(payload))?.[1] ?? [],
  )
  const found = await Promise.all([...new Set(ids)].filter(isUuid).map((id) => findOperator(c.env, id)))
  return new Map(found.flatMap((one) => (one === null ? [] : [[one.id, one.name]])))
}
