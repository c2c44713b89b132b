// pure · who is at the other end: the peer of the connection, or whom a proxy that we trust names
import { type Ip, ipText, isLoopbackIp, isWithin, readIp, readIpNetwork } from './ip.ts'

/**
 * The address of the visitor, in its one spelling. `X-Forwarded-For` is believed from the right as long as its sender is
 * trusted: an address, a network such as 10.0.0.0/8 or fd00::/8, or the word loopback. Null where the runtime cannot say: a
 * connection that was reset before it was read has no peer any more.
 */
export function visitorAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trusted: readonly string[],
): string | null {
  let visitor = readIp(peer ?? '')
  const hops = (forwardedFor ?? '').split(',')
  while (visitor !== null && hops.length > 0) {
    const sender: Ip = visitor
    if (!trusted.some((one) => covers(one, sender))) break
    const hop = readIp(hops.pop() ?? '')
    if (hop === null) break
    visitor = hop
  }
  return visitor === null ? null : ipText(visitor)
}

/** Whether a word names somebody who can be trusted: see visitorAddress. */
export const isTrustable = (word: string): boolean => word === 'loopback' || readIpNetwork(word) !== null

function covers(trusted: string, ip: Ip): boolean {
  if (trusted === 'loopback') return isLoopbackIp(ip)
  const network = readIpNetwork(trusted)
  return network !== null && isWithin(network, ip)
}
