// sql · queries for processing and for token pages: subscriptions by address, lists of a request
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { subscriptionStates } from '../../consent/ledger.ts'
import { listsByNumber } from '../../lists/find.ts'
import type { List } from '../../lists/list.ts'
import type { Executor } from '../../platform/database/database.ts'
import { readRows } from '../../platform/database/rows.ts'
import { octets, texts, whole } from '../../platform/database/values.ts'
import type { Deps } from '../../platform/deps.ts'
import { hexOf } from '../../platform/encoding/bytes.ts'
import { addressIndex } from '../../platform/vault/indexes.ts'
import { type KnownSubscription, maxCodeTries } from './outcome.ts'

/** Whether request `r` can still be answered for subscription `s`: not after its time or its tries, nor once the person left. */
const isAnswerable = (now: Date): SQL => sql`(
  r.state = 'open' and r.expires_at > ${now.toISOString()}::timestamptz and r.tries < ${maxCodeTries}
  and s.state in ('pending', 'active'))`

/** Subscriptions of these people, by `<canonical address> <list number>`. */
export async function findKnownSubscriptions(
  deps: Pick<Deps, 'vault' | 'clock'>,
  db: Executor,
  canonicals: readonly string[],
): Promise<ReadonlyMap<string, KnownSubscription>> {
  const byIndex = new Map(
    canonicals.map((canonical) => [hexOf(addressIndex(deps.vault, canonical)), canonical]),
  )
  // each person's subscriptions, with the open request of each
  const rows = await readRows(
    db,
    knownRow,
    sql`
      select p.address_index as index, s.id, s.list, s.state, s.granted, r.id as request
      from subscribers as p
      join subscriptions as s on s.subscriber = p.id
      left join open_requests as o on o.subscription = s.id
      left join signup_requests as r on r.id = o.request and ${isAnswerable(deps.clock())}
      where p.address_index in (select decode(h, 'hex') from unnest(${`{${[...byIndex.keys()].join(',')}}`}::text[]) as h)`,
  )
  return new Map(
    rows.map(({ index, id, list, state, granted, request }) => [
      `${byIndex.get(hexOf(index))} ${list}`,
      { id, state, granted, openRequest: request },
    ]),
  )
}

const knownRow = z.object({
  index: octets,
  id: whole,
  list: whole,
  state: z.enum(subscriptionStates),
  granted: texts,
  request: z.string().nullable(),
})

/** The lists that wait for the confirmation of each request, by request, in the order of their numbers. */
export async function listsOfRequests(
  db: Executor,
  requests: readonly string[],
): Promise<ReadonlyMap<string, readonly List[]>> {
  if (requests.length === 0) return new Map()
  const rows = await readRows(
    db,
    listRow,
    sql`
      select o.request, s.list
      from open_requests as o
      join subscriptions as s on s.id = o.subscription
      where o.request = any (${`{${requests.join(',')}}`}::uuid[])`,
  )
  const lists = await listsByNumber(db, [...new Set(rows.map(({ list }) => list))])
  return new Map(
    Array.from(
      Map.groupBy(rows, ({ request }) => request),
      ([request, some]) => [request, lists.filter(({ number }) => some.some(({ list }) => list === number))],
    ),
  )
}

const listRow = z.object({ request: z.string(), list: whole })
