// pure · from which network a sign-up comes, and how many it may send. Abuse limits per IPv4 /32, IPv6 /64 and /48
import type { Allowance } from '../platform/limits.ts'
import { networkHash } from '../platform/vault/indexes.ts'
import type { Vault } from '../platform/vault/keys.ts'

const tenMinutes = 600
const day = 86_400
/** Without a fresh stamp: in ten minutes. */
const bareMost = 2

/** The allowances that one sign-up takes; none where limits are lifted or the peer is unknown. */
export function networkAllowances(
  vault: Vault,
  from: { address: string | null; stamped: boolean; limitPerNetwork: number; now: Date },
): readonly Allowance[] {
  if (from.limitPerNetwork === 0 || from.address === null) return []
  const today = from.now.toISOString().slice(0, 10)
  const hash = (network: string): Uint8Array => networkHash(vault, today, network)
  const { narrow, wide } = networksOf(from.address)
  const near = hash(narrow)
  const most = from.stamped ? from.limitPerNetwork : Math.min(bareMost, from.limitPerNetwork)
  return [
    {
      hash: near,
      window: { name: from.stamped ? 'signups:10m' : 'signups:10m:bare', most, seconds: tenMinutes },
    },
    { hash: near, window: { name: 'signups:day', most: 4 * from.limitPerNetwork, seconds: day } },
    ...(wide === null
      ? []
      : [
          {
            hash: hash(wide),
            window: { name: 'signups:day:wide', most: 20 * from.limitPerNetwork, seconds: day },
          },
        ]),
  ]
}

/** `192.0.2.1/32` alone, or the /64 and the /48 of an IPv6 address. */
export function networksOf(address: string): { readonly narrow: string; readonly wide: string | null } {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !address.includes(':')) return { narrow: `${mapped ?? address}/32`, wide: null }
  const groups = groupsOf(address)
  return { narrow: `${groups.slice(0, 4).join(':')}/64`, wide: `${groups.slice(0, 3).join(':')}/48` }
}

function groupsOf(address: string): readonly string[] {
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  return [...left, ...Array<string>(gap).fill('0'), ...right].map((group) => group.replace(/^0+(?=.)/, ''))
}

/** An address as the list's setting lets it be kept: not at all, cut to its network, or whole. */
export function storedAddress(address: string | null, setting: 'none' | 'truncated' | 'full'): string | null {
  if (address === null || setting === 'none') return null
  if (setting === 'full') return address
  const { narrow, wide } = networksOf(address)
  return wide === null ? narrow.replace(/\.\d+\/32$/, '.0') : `${wide.replace('/48', '')}::`
}
