// sql · what processing and the token pages ask: subscriptions by address, the lists behind a request
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

/**
 * Whether the request `r` can still be answered for the subscription `s`. One that is over (time, tries, the person left)
 * gives way to the next sign-up, whether or not anybody has closed it yet.
 */
export const isAnswerable = (now: Date): SQL => sql`(
  r.state = 'open' and r.expires_at > ${now.toISOString()}::timestamptz and r.tries < ${maxCodeTries}
  and s.state in ('pending', 'active'))`

/** What is known of these people, by `<canonical address> <list number>`. */
export async function peekStandings(
  deps: Pick<Deps, 'vault' | 'clock'>,
  db: Executor,
  canonicals: readonly string[],
): Promise<ReadonlyMap<string, KnownSubscription>> {
  const byIndex = new Map(
    canonicals.map((canonical) => [hexOf(addressIndex(deps.vault, canonical)), canonical]),
  )
  // each person's subscriptions, with the request that waits on them
  const rows = await readRows(
    db,
    standingRow,
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

const standingRow = z.object({
  index: octets,
  id: whole,
  list: whole,
  state: z.enum(subscriptionStates),
  granted: texts,
  request: z.string().nullable(),
})

/** The lists that wait for the answer to a request, in the order of their numbers. */
export async function listsOfRequest(db: Executor, request: string): Promise<readonly List[]> {
  const rows = await readRows(
    db,
    listRow,
    sql`
      select s.list
      from open_requests as o
      join subscriptions as s on s.id = o.subscription
      where o.request = ${request}::uuid`,
  )
  return listsByNumber(
    db,
    rows.map(({ list }) => list),
  )
}

const listRow = z.object({ list: whole })
