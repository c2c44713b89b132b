// shell · stops a campaign that hurts: too many complaints or bounces, or mail refused for the sender's sake
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { deliveryHealthOf, readHealth, refusedOf, troubleCounts } from '../campaigns/delivery-health.ts'
import { stopForProblem } from '../campaigns/progress.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { octets, whole } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { openField } from '../platform/vault/fields.ts'
import { mayHurtReputation, refusedLeast, reputationProblemOf } from './feedback-rules.ts'

/** Looks at every campaign under way. Counting is for the heartbeat: a webhook has no time for it. */
export async function pauseOnBadReputation(deps: Deps): Promise<void> {
  const rows = await readRows(
    deps.db,
    sendingRow,
    sql`select number from campaigns where state = 'sending' order by number`,
  )
  for (const { number } of rows) await pauseOneOnBadReputation(deps, number)
}

const sendingRow = z.object({ number: whole })

/** Pauses it and says why, where there is trouble that no operator has seen and gone on with. */
export async function pauseOneOnBadReputation(deps: Deps, number: number): Promise<void> {
  const campaign = await readRow(
    deps.db,
    troubledRow,
    sql`select id, acknowledged from campaigns where number = ${number} and state = 'sending'`,
  )
  if (campaign === undefined || !mayHurtReputation(await troubleCounts(deps.db, number))) return
  const now = await deliveryHealthOf(deps.db, number)
  const problem = reputationProblemOf(now, readHealth(campaign.acknowledged), {
    sent: await sentOf(deps, number),
    refusedDomains: now.refused < refusedLeast ? 0 : await refusedDomains(deps, number),
  })
  if (problem === null) return
  await stopForProblem(deps, number, problem)
  deps.log.error('campaign.trouble', { campaign: campaign.id, ...now })
}

const troubledRow = z.object({ id: z.string(), acknowledged: z.unknown() })

async function sentOf(deps: Deps, number: number): Promise<number> {
  const row = await readRow(
    deps.db,
    sentRow,
    sql`
      select coalesce(sum(size - cardinality(left_out)), 0)::int as sent
      from batches
      where campaign = ${number} and state = 'sent'`,
  )
  return row?.sent ?? 0
}

const sentRow = z.object({ sent: whole })

/** How many domains refused: by the addresses of those who were refused, of which a hundred are opened. */
async function refusedDomains(deps: Deps, number: number): Promise<number> {
  const { subscribers } = await refusedOf(deps.db, number)
  const rows = await readRows(
    deps.db,
    refusedRow,
    sql`
      select uid, address from subscribers
      where id = any(${`{${subscribers.join(',')}}`}::bigint[])
      limit 100`,
  )
  const domains = rows.flatMap(({ uid, address }) => {
    const opened = openField(deps.vault, { uid, field: 'address' }, address)
    return opened === null ? [] : [opened.slice(opened.lastIndexOf('@') + 1).toLowerCase()]
  })
  return new Set(domains).size
}

const refusedRow = z.object({ uid: z.string(), address: octets })
