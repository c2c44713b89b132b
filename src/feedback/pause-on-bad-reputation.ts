// shell · stops a campaign that hurts: too many complaints or bounces, or mail refused for the sender's sake
import { sql } from 'drizzle-orm'
import { deliveryHealthOf, readHealth, refusedOf, troubleCounts } from '../campaigns/delivery-health.ts'
import { stopForProblem } from '../campaigns/progress.ts'
import type { Deps } from '../platform/deps.ts'
import { bytesOfHex } from '../platform/encoding/bytes.ts'
import { openField } from '../platform/vault/fields.ts'
import { mayHurtReputation, refusedLeast, reputationProblemOf } from './feedback-rules.ts'

/** Looks at every campaign under way. Counting is for the heartbeat: a webhook has no time for it. */
export async function pauseOnBadReputation(deps: Deps): Promise<void> {
  const rows = await deps.db.execute<{ number: number }>(
    sql`select number from campaigns where state = 'sending' order by number`,
  )
  for (const { number } of rows) await pauseOneOnBadReputation(deps, number)
}

/** Pauses it and says why, where there is trouble that no operator has seen and gone on with. */
export async function pauseOneOnBadReputation(deps: Deps, number: number): Promise<void> {
  const [campaign] = await deps.db.execute<{ id: string; acknowledged: unknown }>(
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

async function sentOf(deps: Deps, number: number): Promise<number> {
  const [row] = await deps.db.execute<{ sent: number }>(sql`
    select coalesce(sum(size - cardinality(left_out)), 0)::int as sent
    from batches
    where campaign = ${number} and state = 'sent'`)
  return row?.sent ?? 0
}

/** How many domains refused: by the addresses of those who were refused, of which a hundred are opened. */
async function refusedDomains(deps: Deps, number: number): Promise<number> {
  const { subscribers } = await refusedOf(deps.db, number)
  const rows = await deps.db.execute<{ uid: string; address: string }>(sql`
    select uid, encode(address, 'hex') as address from subscribers
    where id = any(${`{${subscribers.join(',')}}`}::bigint[])
    limit 100`)
  const domains = rows.flatMap(({ uid, address }) => {
    const opened = openField(deps.vault, { uid, field: 'address' }, bytesOfHex(address))
    return opened === null ? [] : [opened.slice(opened.lastIndexOf('@') + 1).toLowerCase()]
  })
  return new Set(domains).size
}
