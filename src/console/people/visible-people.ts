// web · the lists and people that one operator may see
import { recordReading } from '../../audit/record-reading.ts'
import { actorOf, type ConsoleContext } from '../../auth/console.tsx'
import { allow, recordRefusedAct } from '../../auth/guard.tsx'
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

/**
 * Recorded as read by GET; a post is an act with a row of its own, or records with `recordPersonRead` the page that it answers with.
 * Throws `not_found` also for people on none of the operator's lists, so that their existence is not revealed.
 */
export async function personSeen(c: ConsoleContext, id: string): Promise<PersonSeen> {
  const { lists: seen } = c.var.session.operator
  const row = isUuid(id) ? await findSubscriber(c.env.db, id, seen) : null
  if (row === null) throw notFound('person')
  if (seen !== null && row.subscriptions.length === 0) {
    await recordRefusedAct(c)
    throw notFound('person')
  }
  if (c.req.method !== 'POST') await recordPersonRead(c, row.uid)
  return { row, lists: await listsSeen(c) }
}

export const recordPersonRead = (c: ConsoleContext, person: string): Promise<void> =>
  recordReading(c.env, {
    actor: actorOf(c),
    verb: 'person.read',
    subject: { kind: 'subscriber', id: person },
    people: [person],
  })

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
