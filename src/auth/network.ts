// web · how often one network may knock at the door of the console
import { takeAllowances } from '../platform/limits.ts'
import { visitorAddress } from '../platform/peer.ts'
import { networkHash } from '../platform/vault/indexes.ts'
import type { ConsoleContext } from './console.tsx'

const windowSeconds = 600

/** Counts this request; answers whether its network had an allowance left: `most` in ten minutes. */
export async function isNetworkLet(c: ConsoleContext, name: string, most: number): Promise<boolean> {
  const { clock, config, db, remoteAddress, vault } = c.env
  const peer = visitorAddress(remoteAddress, c.req.header('x-forwarded-for'), config.trustProxy)
  if (peer === null || config.limitPerNetwork === 0) return true
  const hash = networkHash(vault, clock().toISOString().slice(0, 10), peer)
  const window = { name, most, seconds: windowSeconds }
  return (await takeAllowances(db, [{ hash, window }], clock())).every(Boolean)
}
