// pure · who is at the other end: the peer of the connection, or whom a proxy that we trust names

/**
 * The address of the visitor. `X-Forwarded-For` is believed from the right as long as its sender is trusted: an address,
 * an IPv4 network such as 10.0.0.0/8, or the word loopback.
 */
export function visitorAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trusted: readonly string[],
): string | null {
  if (peer === undefined) return null
  let address = plain(peer)
  const hops = (forwardedFor ?? '').split(',').map((hop) => plain(hop.trim()))
  while (hops.length > 0 && trusted.some((one) => covers(one, address))) {
    const hop = hops.pop()
    if (hop === undefined || !/^[0-9a-f.:]{2,45}$/i.test(hop)) break
    address = hop
  }
  return address
}

/** Whether a word names somebody who can be trusted: see visitorAddress. */
export function isTrustable(word: string): boolean {
  const [address = '', bits, ...more] = word.split('/')
  if (word === 'loopback' || (bits === undefined && isIPv6(address))) return true
  return numberOf(address) !== null && more.length === 0 && /^(?:\d|[12]\d|3[0-2])$/.test(bits ?? '32')
}

const isIPv6 = (text: string): boolean => text.includes(':') && URL.canParse(`http://[${text}]/`)

/** Without brackets, a port, which some proxies add, and the IPv6 spelling of an IPv4 address. */
const plain = (address: string): string =>
  address
    .replace(/^\[(.*)\](?::\d+)?$/, '$1')
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')

function covers(trusted: string, address: string): boolean {
  if (trusted === 'loopback') return address === '::1' || address.startsWith('127.')
  const [network = '', bits] = trusted.split('/')
  if (bits === undefined) return network === address
  const [a, b] = [numberOf(network), numberOf(address)]
  const size = 2 ** (32 - Number(bits))
  return a !== null && b !== null && Math.floor(a / size) === Math.floor(b / size)
}

function numberOf(address: string): number | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return null
  const parts = address.split('.').map(Number)
  return parts.some((part) => part > 255) ? null : parts.reduce((sum, part) => sum * 256 + part, 0)
}
