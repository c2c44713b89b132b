// adapter · chance from the system, drawn a page ahead: no octet of it is handed out twice
import { randomFillSync } from 'node:crypto'
import type { Bytes } from './encoding/bytes.ts'

const pageOctets = 4096
/** What is longer is drawn for itself. */
const maxShort = 64

/**
 * A nonce or an id takes a dozen octets, and a call to the system for them took a tenth of a sign-up. What was handed out is
 * wiped from the page.
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
