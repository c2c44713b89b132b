// sql · the time zone in which public pages and service mails say times: that of the sending settings, else UTC
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { readRow } from '../platform/database/rows.ts'
import type { Deps } from '../platform/deps.ts'
import { memo } from '../platform/memory/memo.ts'
import { isTimezone } from './zones.ts'

/** How long a change may go unseen in other processes. */
const freshMilliseconds = 1000

const cachedZone = memo<string, string>({ max: 10, lifetimeMs: freshMilliseconds, sharesLoads: true })

/** Up to a second old. UTC as well for a zone that Intl does not know, since its list and PostgreSQL's may be of different years. */
export const houseZone = ({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<string> =>
  cachedZone.get({ of: db, now: clock() }, 'zone', async () => {
    const row = await readRow(
      db,
      zoneRow,
      sql`select value ->> 'timezone' as zone from settings where name = 'sending'`,
    )
    const zone = row?.zone ?? 'UTC'
    return isTimezone(zone) ? zone : 'UTC'
  })

const zoneRow = z.object({ zone: z.string().nullable() })
