// web · a door: how often one network may knock before anybody knows who it is. What is refused uses nothing up
import type { Deps } from '../platform/deps.ts'
import { type Allowance, takeTogether, type Window } from '../platform/network/limits.ts'
import { networkAllowances } from '../platform/network/network.ts'
import { visitorAddress } from '../platform/network/peer.ts'

/** As much of a request as its context tells here. */
interface Visit {
  readonly env: Deps
  readonly req: { header(name: string): string | undefined }
}

/** What one knock of this visitor takes at a door; nothing where LIMIT_PER_NETWORK lifts all limits. */
export function knockAllowances(c: Visit, door: Window): readonly Allowance[] {
  const { clock, config, remoteAddress, vault } = c.env
  if (config.limitPerNetwork === 0) return []
  const address = visitorAddress(remoteAddress, c.req.header('x-forwarded-for'), config.trustProxy)
  return networkAllowances(vault, { address, now: clock() }, [door])
}

/** Counts a knock; null where its network had one left, else how many seconds it has to wait. */
export const knock = (c: Visit, door: Window): Promise<number | null> =>
  takeTogether(c.env.db, knockAllowances(c, door), c.env.clock())

/** `in 10 minutes`, `in 30 seconds`: for a sentence that says when to try again. */
export function waitWords(seconds: number): string {
  const [count, unit] = seconds < 60 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute']
  return `in ${count} ${unit}${count === 1 ? '' : 's'}`
}
