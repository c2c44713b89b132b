// sql · what processing and the token pages ask: subscriptions by address, the lists behind a request
import { type SQL, sql } from 'drizzle-orm'
import type { SubscriptionState } from '../../consent/ledger.ts'
import { listsByNumber } from '../../lists/find.ts'
import type { List } from '../../lists/list.ts'
import type { Executor } from '../../platform/database/database.ts'
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
  const rows = await db.execute<{
    index: string
    id: number
    list: number
    state: SubscriptionState
    granted: string
    request: string | null
  }>(sql`
    select encode(p.address_index, 'hex') as index, s.id, s.list, s.state,
      array_to_string(s.granted, ',') as granted, r.id as request
    from subscribers as p
    join subscriptions as s on s.subscriber = p.id
    left join open_requests as o on o.subscription = s.id
    left join signup_requests as r on r.id = o.request and ${isAnswerable(deps.clock())}
    where p.address_index in (select decode(h, 'hex') from unnest(${`{${[...byIndex.keys()].join(',')}}`}::text[]) as h)`)
  return new Map(
    rows.map((row) => [
      `${byIndex.get(row.index)} ${row.list}`,
      {
        id: row.id,
        state: row.state,
        granted: row.granted === '' ? [] : row.granted.split(','),
        openRequest: row.request,
      },
    ]),
  )
}

/** The lists that wait for the answer to a request, in the order of their numbers. */
export async function listsOfRequest(db: Executor, request: string): Promise<readonly List[]> {
  const rows = await db.execute<{ list: number }>(sql`
    select s.list
    from open_requests as o
    join subscriptions as s on s.id = o.subscription
    where o.request = ${request}::uuid`)
  return listsByNumber(
    db,
    rows.map(({ list }) => list),
  )
}
