// web · rate limits per network for requests without a session; refused requests use up no allowance
import type { Deps } from '../platform/deps.ts'
import { type Allowance, takeTogether, type Window } from '../platform/network/limits.ts'
import { networkAllowances } from '../platform/network/network.ts'
import { visitorAddress } from '../platform/network/peer.ts'

/** The part of a request context that the limits need. */
interface Visit {
  readonly env: Deps
  readonly req: { header(name: string): string | undefined }
}

/** The allowances that one request of this visitor takes; none if LIMIT_PER_NETWORK is 0. */
export function knockAllowances(c: Visit, door: Window): readonly Allowance[] {
  const { clock, config, remoteAddress, vault } = c.env
  if (config.limitPerNetwork === 0) return []
  const address = visitorAddress(remoteAddress, c.req.header('x-forwarded-for'), config.trustProxy)
  return networkAllowances(vault, { address, now: clock() }, [door])
}

/** Counts a request; null if the network had allowance left, else the seconds to wait. */
export const knock = (c: Visit, door: Window): Promise<number | null> =>
  takeTogether(c.env.db, knockAllowances(c, door), c.env.clock())

/** `in 10 minutes`, `in 30 seconds`. */
export function waitWords(seconds: number): string {
  const [count, unit] = seconds < 60 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute']
  return `in ${count} ${unit}${count === 1 ? '' : 's'}`
}
