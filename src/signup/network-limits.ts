// pure · sign-up limits per network, and the part of an IP address that a list stores
import { ipText, readIp } from '../platform/network/ip.ts'
import type { Allowance } from '../platform/network/limits.ts'
import { cutIp, networkAllowances } from '../platform/network/network.ts'
import type { Vault } from '../platform/vault/keys.ts'

const tenMinutes = 600
const day = 86_400
/** Sign-ups per ten minutes without a fresh stamp. */
const maxBare = 2

/** None where limits are lifted (`limitPerNetwork` is 0). */
export function signupAllowances(
  vault: Vault,
  from: { address: string | null; stamped: boolean; limitPerNetwork: number; now: Date },
): readonly Allowance[] {
  const most = from.limitPerNetwork
  if (most === 0) return []
  return networkAllowances(vault, from, [
    from.stamped
      ? { name: 'signups:10m', most, seconds: tenMinutes }
      : { name: 'signups:10m:bare', most: Math.min(maxBare, most), seconds: tenMinutes },
    { name: 'signups:day', most: 4 * most, seconds: day },
  ])
}

/** Null, cut to its network, or whole in canonical spelling, as the list's setting says. */
export function storedAddress(address: string | null, setting: 'none' | 'truncated' | 'full'): string | null {
  const ip = address === null || setting === 'none' ? null : readIp(address)
  if (ip === null) return null
  return setting === 'full' ? ipText(ip) : cutIp(ip)
}
