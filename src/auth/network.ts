// web · how often one network may knock at the door of the console
import { type Allowance, takeAllowances } from '../platform/limits.ts'
import { visitorAddress } from '../platform/peer.ts'
import { networkHash } from '../platform/vault/indexes.ts'
import type { ConsoleContext } from './console.tsx'

const windowSeconds = 600

/** What is counted for the network of this request, `most` times in ten minutes; nothing where nothing is counted. */
export function networkAllowance(c: ConsoleContext, name: string, most: number): readonly Allowance[] {
  const { config, remoteAddress, vault } = c.env
  const peer = visitorAddress(remoteAddress, c.req.header('x-forwarded-for'), config.trustProxy)
  if (peer === null || config.limitPerNetwork === 0) return []
  const day = c.env.clock().toISOString().slice(0, 10)
  return [{ hash: networkHash(vault, day, peer), window: { name, most, seconds: windowSeconds } }]
}

/** Counts this request; answers whether the network had an allowance left. */
export async function isNetworkLet(c: ConsoleContext, name: string, most: number): Promise<boolean> {
  const taken = await takeAllowances(c.env.db, networkAllowance(c, name, most), c.env.clock())
  return taken.every(Boolean)
}
