// pure · IP addresses and networks, read from every spelling into one form. RFC 4291, 4632, 5952

/** Eight groups of 16 bits; an IPv4 address in mapped form, ::ffff:a.b.c.d. */
export type Ip = readonly number[]

/** An address, and how many of its 128 bits all addresses of the network share. */
export interface IpNetwork {
  readonly ip: Ip
  readonly bits: number
}

/**
 * Reads an address as a socket or a proxy writes it: also in brackets, with a port, with a link-local zone, in capitals, with
 * or without zeros, with an IPv4 tail. Null for anything else, including a number with a leading zero, which could be octal.
 */
export const readIp = (text: string): Ip | null =>
  readBare(text) ??
  readBare(
    text
      .trim()
      .replace(/^\[([^\]]*)\](?::\d{1,5})?$/, '$1')
      .replace(/^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/, '$1')
      .replace(/^([^%]*:[^%]*)%.*$/, '$1'),
  )

function readBare(text: string): Ip | null {
  if (!text.includes(':')) {
    const ipv4 = ipv4Groups(text)
    return ipv4 === null ? null : [0, 0, 0, 0, 0, 0xffff, ...ipv4]
  }
  const [head = '', tail, ...more] = text.split('::')
  const left = groupsOf(head, tail === undefined)
  const right = groupsOf(tail ?? '', true)
  if (left === null || right === null || more.length > 0) return null
  // A gap stands for at least one group.
  const gap = 8 - left.length - right.length
  if (tail === undefined ? gap !== 0 : gap < 1) return null
  return [...left, ...Array<number>(gap).fill(0), ...right]
}

/** The groups on one side of the gap; the last may be an IPv4 address in dotted form. */
function groupsOf(text: string, isLast: boolean): readonly number[] | null {
  if (text === '') return []
  const parts = text.split(':')
  const ipv4 = isLast && text.includes('.') ? ipv4Groups(parts.pop() ?? '') : []
  if (ipv4 === null || !parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return null
  return [...parts.map((part) => Number.parseInt(part, 16)), ...ipv4]
}

function ipv4Groups(text: string): readonly [number, number] | null {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1) ?? []
  if (octets.some((octet) => Number(octet) > 255 || /^0\d/.test(octet))) return null
  const [a, b, c, d] = octets.map(Number)
  if (a === undefined || b === undefined || c === undefined || d === undefined) return null
  return [a * 256 + b, c * 256 + d]
}

export const isIpv4 = (ip: Ip): boolean => ip[5] === 0xffff && ip.every((group, at) => at > 4 || group === 0)

/** The canonical spelling: RFC 5952; an IPv4 address in dotted form. */
export function ipText(ip: Ip): string {
  if (isIpv4(ip)) return ipv4Text(ip.slice(6))
  const groups = ip.map((group) => group.toString(16))
  // The longest run of zeros (the first of equals) becomes the gap, from two groups on.
  const runs = ip.map((_, from) => {
    const end = ip.findIndex((group, at) => at >= from && group !== 0)
    return (end === -1 ? 8 : end) - from
  })
  const longest = Math.max(...runs)
  if (longest < 2) return groups.join(':')
  const from = runs.indexOf(longest)
  return `${groups.slice(0, from).join(':')}::${groups.slice(from + longest).join(':')}`
}

/** From two groups: `192.0.2.1`. */
export const ipv4Text = (groups: readonly number[]): string =>
  groups.flatMap((group) => [group >> 8, group & 0xff]).join('.')

/**
 * Reads an address, or a network such as 10.0.0.0/8 or fd00::/8. Null for anything else, and for a network covering all of
 * IPv4 inside IPv6.
 */
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
