// shell · one request that cannot be processed does not keep the others waiting: it is set aside, and `doctor` tells
import { sql } from 'drizzle-orm'
import type { Deps } from '../platform/deps.ts'
import { describeError, isPassing } from '../platform/failures.ts'
import { batchMost, processSignups } from './process.ts'

/** Processes a batch; where that fails for good, its requests one by one, so that only the broken one stays behind. */
export async function processOrSetAside(deps: Deps): Promise<number> {
  try {
    return await processSignups(deps)
  } catch (error) {
    if (isPassing(error)) throw error
    deps.log.error('signup.batch_failed', describeError(error))
    return oneByOne(deps)
  }
}

async function oneByOne(deps: Deps): Promise<number> {
  let settled = 0
  for (let round = 0; round < batchMost; round += 1)
    try {
      const done = await processSignups(deps, 1)
      if (done === 0) return settled
      settled += done
    } catch (error) {
      if (isPassing(error)) throw error
      await setAsideFirst(deps)
    }
  return settled
}

async function setAsideFirst(deps: Deps): Promise<void> {
  const rows = await deps.db.execute<{ id: string }>(sql`
    update signup_requests set state = 'stuck'
    where id = (
      select id from signup_requests where state = 'received' order by id limit 1 for update skip locked
    )
    returning id`)
  for (const { id } of rows) deps.log.error('signup.set_aside', { request: id })
}
