// sql · how many sign-ups wait, for us to look at or for their people to answer: a bound on all that strangers leave behind
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import { memo } from '../platform/memory/memo.ts'

export interface Line {
  readonly received: number
  readonly open: number
}

/** Work of a minute or two; 100 to 200 MB, since a form has 64 KiB at most and one or two as a rule. */
const maxReceived = 100_000
/** Six gigabytes with the people, their subscriptions and evidence; each goes when its link is over. */
const maxOpen = 1_000_000

/** So long a look is good: a crowd is over the bound by what it sends in that time. */
const looks = memo<'line', Line>({ max: 1, lifetimeMs: 5000, sharesLoads: true })

/** In how many seconds a stranger may try again; null where the line has room. `tell` hears of a line that is found full. */
export async function secondsOfFullLine(
  db: Executor,
  now: Date,
  tell: (line: Line) => void,
): Promise<number | null> {
  const line = await looks.get({ of: db, now }, 'line', async () => {
    const found = await lookAtLine(db)
    if (secondsFor(found) !== null) tell(found)
    return found
  })
  return secondsFor(line)
}

const secondsFor = ({ received, open }: Line): number | null => {
  if (received >= maxReceived) return 60
  return open >= maxOpen ? 3600 : null
}

/**
 * Those received are counted in their index, which is as short as their line. Those open are what autovacuum counted last: a
 * million would take half a second, and a tenth more or less does not matter here.
 */
async function lookAtLine(db: Executor): Promise<Line> {
  const row = await readRow(
    db,
    lineRow,
    sql`
      select
        (select count(*)::int
         from (select from signup_requests where state = 'received' limit ${maxReceived}) as waiting) as received,
        (select reltuples::int from pg_class where oid = 'signup_requests_expiry'::regclass) as open`,
  )
  return row ?? { received: 0, open: 0 }
}

const lineRow = z.object({ received: whole, open: whole })
