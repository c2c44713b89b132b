// shell · one request that cannot be processed does not keep the others waiting: it is set aside, and `doctor` tells
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { readRows } from '../../platform/database/rows.ts'
import type { Deps } from '../../platform/deps.ts'
import { describeError, isTransient } from '../../platform/failures.ts'
import { maxBatch, processSignups } from './process.ts'

/** Processes a batch; where that fails for good, its requests one by one, so that only the broken one stays behind. */
export async function processOrSetAside(deps: Deps): Promise<number> {
  try {
    return await processSignups(deps)
  } catch (error) {
    if (isTransient(error)) throw error
    deps.log.error('signup.batch_failed', describeError(error))
    return oneByOne(deps, error)
  }
}

/** Where nothing can be processed the fault is not a request's: then none is set aside, and the next beat tries again. */
async function oneByOne(deps: Deps, cause: unknown): Promise<number> {
  const waiting = await readRows(
    deps.db,
    waitingRow,
    sql`
      select id from signup_requests where state = 'received' order by id limit ${maxBatch}`,
  )
  const broken: string[] = []
  let settled = 0
  for (const { id } of waiting)
    try {
      settled += await processSignups(deps, { only: id })
    } catch (error) {
      if (isTransient(error)) throw error
      broken.push(id)
    }
  if (settled === 0) throw cause
  await setAside(deps, broken)
  return settled
}

const waitingRow = z.object({ id: z.string() })

async function setAside(deps: Deps, broken: readonly string[]): Promise<void> {
  await deps.db.execute(sql`
    update signup_requests set state = 'stuck'
    where state = 'received' and id = any(${`{${broken.join(',')}}`}::uuid[])`)
  for (const id of broken) deps.log.error('signup.set_aside', { request: id })
}
