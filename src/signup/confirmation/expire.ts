// shell · closes requests that nobody answered: no basis to keep them once their time is over. GDPR Art. 5(1)(e)
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { readRows } from '../../platform/database/rows.ts'
import type { Deps } from '../../platform/deps.ts'
import { closeRequest } from './close.ts'
import { endPending } from './refuse.ts'
import { findRequest } from './request.ts'

/** Expires up to `most` requests; answers how many. */
export async function expireSignups(deps: Deps, most = 50): Promise<number> {
  return deps.db.transaction(async (tx) => {
    const due = await readRows(
      tx,
      dueRow,
      sql`
        select id
        from signup_requests
        where state = 'open' and expires_at <= ${deps.clock().toISOString()}::timestamptz
        order by expires_at
        limit ${most}
        for update skip locked`,
    )
    for (const { id } of due) {
      const found = await findRequest(deps, tx, id)
      if (found === null) continue
      await endPending(deps, tx, found, {
        type: 'consent.expired',
        payload: { reason: 'not_confirmed', actor: 'system' },
      })
      await closeRequest(deps, tx, id, 'expired')
    }
    await tx.execute(sql`
      delete from signup_requests
      where state = 'stuck' and expires_at <= ${deps.clock().toISOString()}::timestamptz`)
    return due.length
  })
}

const dueRow = z.object({ id: z.string() })
