// adapter · random bytes from the system, drawn a page ahead; no octet is handed out twice
import { randomFillSync } from 'node:crypto'
import type { Bytes } from './encoding/bytes.ts'

const pageOctets = 4096
/** Longer requests bypass the page. */
const maxShort = 64

/**
 * A nonce or an id takes a dozen octets, and a system call for each took a tenth of a sign-up. Handed-out octets are wiped
 * from the page.
 */
export function createRandomBytes(): (octets: number) => Bytes {
  const page = new Uint8Array(pageOctets)
  let next = pageOctets
  return (octets) => {
    if (octets > maxShort) return randomFillSync(new Uint8Array(octets))
    if (next + octets > pageOctets) {
      randomFillSync(page)
      next = 0
    }
    const from = next
    next += octets
    const drawn = page.slice(from, next)
    page.fill(0, from, next)
    return drawn
  }
}
