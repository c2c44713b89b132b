// adapter · public IP addresses: anything else may be an internal machine, and never gets a link request
import { BlockList, isIP } from 'node:net'

/**
 * Whether an address in a third party's link may be requested: not this machine, no private or link-local network (where
 * clouds keep their metadata), no carrier-grade NAT, multicast or reserved range, in IPv4 and IPv6, nor such an IPv4 address
 * inside an IPv6 transition format. @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
export const isPublicAddress = (address: string): boolean => {
  const family = isIP(address)
  if (family === 4) return !closed.check(address, 'ipv4')
  return family === 6 && global.check(address, 'ipv6') && !closed.check(address, 'ipv6')
}

/** RFC 4291 section 2.4: the IPv6 space allocated so far. Loopback, local, mapped and multicast addresses lie outside. */
const global = new BlockList()
global.addSubnet('2000::', 3, 'ipv6')

const closed = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  closed.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  // Teredo, benchmarking, ORCHID, documentation, 6to4.
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  closed.addSubnet(network, bits, 'ipv6')
