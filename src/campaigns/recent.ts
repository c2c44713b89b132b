// sql · recent campaigns on an operator's lists: in progress, scheduled, finished
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Executor } from '../platform/database/database.ts'
import { readRows } from '../platform/database/rows.ts'
import { moment, whole } from '../platform/database/values.ts'
import { onLists } from '../segments/subscriber-counts.ts'
import { campaignStates } from './campaign.ts'

const recentRow = z.object({
  id: z.string(),
  subject: z.string(),
  list: z.string(),
  state: z.enum(campaignStates),
  problem: z.string().nullable(),
  recipients: whole,
  settled: whole,
  at: moment,
})

/** `settled`: recipients of batches that are done. `at`: the last change. */
export type RecentCampaign = z.output<typeof recentRow>

/** In progress first, then by last change. */
export async function recentCampaigns(
  db: Executor,
  about: { lists: readonly number[] | null; limit: number },
): Promise<readonly RecentCampaign[]> {
  // the shown campaigns, each with its list's name and the sums over its batches
  return readRows(
    db,
    recentRow,
    sql`
      select c.id, c.subject, l.name as list, c.state, c.problem,
        coalesce(b.recipients, 0)::int as recipients, coalesce(b.settled, 0)::int as settled,
        c.updated_at as at
      from (
        select * from campaigns as c
        where ${onLists(sql`c.list`, about.lists)}
        order by c.state in ('freezing', 'sending', 'paused') desc, c.updated_at desc
        limit ${about.limit}
      ) as c
      join lists as l on l.number = c.list
      left join lateral (
        select sum(size) as recipients, sum(size) filter (where state in ('sent', 'unknown')) as settled
        from batches where campaign = c.number
      ) as b on true
      order by c.state in ('freezing', 'sending', 'paused') desc, c.updated_at desc`,
  )
}
