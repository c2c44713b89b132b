// pure · sign-up limits per network, and the part of an IP address that a list stores
import { networkHashHours } from '../notices/storage.ts'
import { ipText, readIp } from '../platform/network/ip.ts'
import type { Allowance } from '../platform/network/limits.ts'
import { cutIp, networkAllowances } from '../platform/network/network.ts'
import type { Vault } from '../platform/vault/keys.ts'

const tenMinutes = 600
const day = networkHashHours * 3600

/**
 * `stamped`: from a page opened a moment ago. `bare`: without such a page, as a form on another site posts. `trapped`: with the
 * field filled that people do not see; some password managers fill it, so the sign-up is limited, not dropped.
 */
export type SignupManner = 'stamped' | 'bare' | 'trapped'

/** The share of `limitPerNetwork` in ten minutes: with the default, 20, 5 and 2, enough for a household or a shop. */
const shares: Readonly<Record<SignupManner, { window: string; divisor: number }>> = {
  stamped: { window: 'signups:10m', divisor: 1 },
  bare: { window: 'signups:10m:bare', divisor: 4 },
  trapped: { window: 'signups:10m:trapped', divisor: 10 },
}
/** A mobile carrier or a company has hundreds of people behind one address. */
const perDay = 10

/** None where limits are lifted (`limitPerNetwork` is 0). */
export function signupAllowances(
  vault: Vault,
  from: { address: string | null; manner: SignupManner; limitPerNetwork: number; now: Date },
): readonly Allowance[] {
  const most = from.limitPerNetwork
  if (most === 0) return []
  const { window, divisor } = shares[from.manner]
  return networkAllowances(vault, from, [
    { name: window, most: Math.ceil(most / divisor), seconds: tenMinutes },
    { name: 'signups:day', most: perDay * most, seconds: day },
  ])
}

/** Null, cut to its network, or whole in canonical spelling, as the list's setting says. */
export function storedAddress(address: string | null, setting: 'none' | 'truncated' | 'full'): string | null {
  const ip = address === null || setting === 'none' ? null : readIp(address)
  if (ip === null) return null
  return setting === 'full' ? ipText(ip) : cutIp(ip)
}
