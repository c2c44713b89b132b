// pure · IP addresses: every spelling of one address is read the same, as are the networks it may lie in. RFC 4291, 4632, 5952

/** Eight groups of 16 bits; an IPv4 address as IPv6 writes it, ::ffff:a.b.c.d. */
export type Ip = readonly number[]

/** An address and how many of its 128 bits all addresses of the network share. */
export interface IpNetwork {
  readonly ip: Ip
  readonly bits: number
}

/**
 * An address as a socket or a proxy names it: also in brackets, with a port, with the zone of a link-local address, in capitals,
 * with or without its zeros, with an IPv4 tail. Null for anything else; a number with a leading zero could be octal, so it is none.
 */
export function readIp(text: string): Ip | null {
  const bare = text
    .trim()
    .replace(/^\[([^\]]*)\](?::\d{1,5})?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/, '$1')
    .replace(/^([^%]*:[^%]*)%.*$/, '$1')
  return readBare(bare)
}

function readBare(text: string): Ip | null {
  if (!text.includes(':')) {
    const [a, b, c, d] = octetsOf(text)
    if (a === undefined || b === undefined || c === undefined || d === undefined) return null
    return [0, 0, 0, 0, 0, 0xffff, a * 256 + b, c * 256 + d]
  }
  // The URL parser knows every spelling, and writes each address in one way.
  if (!/^[0-9a-f:.]{2,45}$/i.test(text) || !URL.canParse(`http://[${text}]/`)) return null
  const [head = '', tail = ''] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::')
  const [left, right] = [groupsOf(head), groupsOf(tail)]
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
}

const octetsOf = (text: string): readonly number[] =>
  /^(?:(?:0|[1-9]\d{0,2})(?:\.(?!$)|$)){4}$/.test(text)
    ? text.split('.').flatMap((part) => (Number(part) > 255 ? [] : [Number(part)]))
    : []

const groupsOf = (text: string): readonly number[] =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))

export const isIpv4 = (ip: Ip): boolean => ip.slice(0, 5).every((group) => group === 0) && ip[5] === 0xffff

/** In one spelling: RFC 5952, and an IPv4 address in its own. */
export const ipText = (ip: Ip): string =>
  isIpv4(ip)
    ? ipv4Text(ip.slice(6))
    : new URL(`http://[${ip.map((group) => group.toString(16)).join(':')}]/`).hostname.slice(1, -1)

/** Of two groups: `192.0.2.1`. */
export const ipv4Text = (groups: readonly number[]): string =>
  groups.flatMap((group) => [group >> 8, group & 0xff]).join('.')

/** An address, or a network such as 10.0.0.0/8 or fd00::/8. Null for anything else, a network that holds all of IPv4 besides IPv6 among it. */
export function readIpNetwork(word: string): IpNetwork | null {
  const [address = '', bits, ...more] = word.split('/')
  const ip = readBare(address)
  if (ip === null || more.length > 0) return null
  const most = address.includes(':') ? 128 : 32
  if (!/^(?:0|[1-9]\d{0,2})$/.test(bits ?? '0') || Number(bits ?? most) > most) return null
  const shared = 128 - most + Number(bits ?? most)
  return isIpv4(ip) && shared < 96 ? null : { ip, bits: shared }
}

/** Whether an address lies in a network of its own family. */
export const isWithin = (network: IpNetwork, ip: Ip): boolean =>
  isIpv4(network.ip) === isIpv4(ip) &&
  network.ip.every((group, at) => {
    const unshared = Math.min(16, Math.max(0, 16 * (at + 1) - network.bits))
    return group >> unshared === (ip[at] ?? 0) >> unshared
  })

/** This machine itself: 127.0.0.0/8 or ::1. */
export const isLoopbackIp = (ip: Ip): boolean =>
  isIpv4(ip) ? (ip[6] ?? 0) >> 8 === 127 : ip.every((group, at) => group === (at === 7 ? 1 : 0))
