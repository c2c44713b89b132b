// shell · wraps every K_s under the current SECRET, in ranges; an interrupted run can be repeated
import { rewrapRange } from '../consent/evidence/rewrap.ts'
import type { Deps } from '../platform/deps.ts'

const maxRange = 500

/** SECRET_PREVIOUS can be removed once `unreadable` is 0. */
export async function rewrapKeys(
  deps: Deps,
): Promise<{ keys: number; rewrapped: number; unreadable: number }> {
  const total = { keys: 0, rewrapped: 0, unreadable: 0 }
  for (let after = 0; ; ) {
    const range = await rewrapRange(deps, after, maxRange)
    total.keys += range.keys
    total.rewrapped += range.rewrapped
    total.unreadable += range.unreadable
    if (range.last === null) return total
    after = range.last
  }
}
