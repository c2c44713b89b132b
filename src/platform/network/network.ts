// pure · the network of an address, and its allowances: one count shared by every rate-limited endpoint
import type { Bytes } from '../encoding/bytes.ts'
import { networkHash } from '../vault/indexes.ts'
import type { Vault } from '../vault/keys.ts'
import { type Ip, ipText, ipv4Text, isIpv4, readIp } from './ip.ts'
import type { Allowance, Window } from './limits.ts'

/** A household or a server gets a /64; an office or a building with many tenants a /48. */
const wideShare = 5

/**
 * Allowances that one request takes: its network's in each window, and for IPv6 also the surrounding /48's, which is five
 * times as large. All requests without an address (see visitorAddress) share one network: otherwise a connection reset would
 * bypass every limit.
 */
export function networkAllowances(
  vault: Vault,
  from: { address: string | null; now: Date },
  windows: readonly Window[],
): readonly Allowance[] {
  const today = from.now.toISOString().slice(0, 10)
  const { narrow, wide } = networksOf(from.address)
  const near = bucketOf(networkHash(vault, today, narrow))
  const around = wide === null ? null : bucketOf(networkHash(vault, today, wide))
  return windows.flatMap((window) => [
    { hash: near, window },
    ...(around === null
      ? []
      : [
          {
            hash: around,
            window: { ...window, name: `${window.name}:wide`, most: wideShare * window.most },
          },
        ]),
  ])
}

/**
 * 18 bits of a hash: however many networks or addresses a visitor uses (an IPv6 /32 has four thousand million /64s), a window
 * has at most 262,144 rows, 35 MB. Of a thousand networks in ten minutes, four share their count with another.
 */
export const bucketOf = (hash: Bytes): Bytes =>
  hash.slice(0, 3).map((octet, at) => (at === 2 ? octet & 0b1100_0000 : octet))

export interface Networks {
  readonly narrow: string
  /** Null in IPv4. */
  readonly wide: string | null
}

/** `192.0.2.1/32` alone, the /64 and the /48 of an IPv6 address, or `unknown`. */
export function networksOf(address: string | null): Networks {
  const ip = address === null ? null : readIp(address)
  if (ip === null) return { narrow: 'unknown', wide: null }
  const holder = holderIpv4(ip)
  if (holder !== null) return { narrow: `${holder}/32`, wide: null }
  const first = (groups: number): string =>
    `${ip
      .slice(0, groups)
      .map((group) => group.toString(16))
      .join(':')}/${16 * groups}`
  return { narrow: first(4), wide: first(3) }
}

/** An address cut to its network: without the last octet of IPv4, with the first 48 bits of IPv6. */
export function cutIp(ip: Ip): string {
  const holder = holderIpv4(ip)
  return holder === null ? ipText(ip.map((group, at) => (at < 3 ? group : 0))) : holder.replace(/\d+$/, '0')
}

/**
 * The IPv4 address whose holder controls this address and its neighbours, because replies travel there: mapped (RFC 4291),
 * translated by the well-known prefix (RFC 6052: all of IPv4 lies in one /64), 6to4 (RFC 3056: one IPv4 address has a /48),
 * Teredo (RFC 4380: one address in the /64 of each server). Not the local-use prefix of RFC 8215.
 */
function holderIpv4(ip: Ip): string | null {
  const starts = (...groups: readonly number[]): boolean => groups.every((group, at) => ip[at] === group)
  if (isIpv4(ip) || starts(0x64, 0xff9b, 0, 0, 0, 0)) return ipv4Text(ip.slice(6))
  if (starts(0x2002)) return ipv4Text(ip.slice(1, 3))
  if (starts(0x2001, 0)) return ipv4Text(ip.slice(6).map((group) => group ^ 0xffff))
  return null
}
