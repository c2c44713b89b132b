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

const plain = (address: string): string =>
  address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/^\[(.*)\](:\d+)?$/, '$1')

function covers(trusted: string, address: string): boolean {
  if (trusted === 'loopback') return address === '::1' || address.startsWith('127.')
  const [network = '', bits] = trusted.split('/')
  if (bits === undefined) return network === address
  const [a, b] = [numberOf(network), numberOf(address)]
  const size = 2 ** (32 - Number(bits))
  return a !== null && b !== null && Math.floor(a / size) === Math.floor(b / size)
}

function numberOf(address: string): number | null {
  const parts = address.split('.').map(Number)
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return null
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}
