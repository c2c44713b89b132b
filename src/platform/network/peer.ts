// pure · the visitor's address: the connection's peer, or the address that a trusted proxy names
import { type Ip, ipText, isLoopbackIp, isWithin, readIp, readIpNetwork } from './ip.ts'

/**
 * The address of the visitor, in canonical form. `X-Forwarded-For` is read from the right as long as its sender is trusted:
 * an address, a network such as 10.0.0.0/8 or fd00::/8, or the word loopback. Null where the runtime cannot tell: a
 * connection reset before it was read has no peer any more.
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

/** Whether a word is a valid entry of the trusted list: see visitorAddress. */
export const isTrustable = (word: string): boolean => word === 'loopback' || readIpNetwork(word) !== null

function covers(trusted: string, ip: Ip): boolean {
  if (trusted === 'loopback') return isLoopbackIp(ip)
  const network = readIpNetwork(trusted)
  return network !== null && isWithin(network, ip)
}
