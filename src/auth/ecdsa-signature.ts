// pure · a signature of P-256 in DER, its two numbers at full length. RFC 3279 section 2.2.3, ITU-T X.690
import { base64urlOf, concat } from '../platform/bytes.ts'

const sequence = 0x30
const integer = 0x02
const octets = 32

/**
 * The same two numbers, each as a zero and 32 octets. DER leaves out leading zeros, as every 128th signature has by
 * chance, and the library looks for both numbers at fixed places: it refused those. What is no such signature comes back
 * as it was, to be refused by whoever checks it.
 */
export function paddedSignature(signature: string): string {
  const der = Buffer.from(signature, 'base64url')
  const r = integerAt(der, 2)
  const s = r === null ? null : integerAt(der, r.end)
  if (der[0] !== sequence || r === null || s === null || s.end !== der.length) return signature
  const body = concat(...[r, s].flatMap(({ number }) => [new Uint8Array([integer, octets + 1, 0]), number]))
  return base64urlOf(concat(new Uint8Array([sequence, body.length]), body))
}

/** The number that begins there, padded to 32 octets, and where it ends; null where there is none of that size. */
function integerAt(der: Buffer, at: number): { number: Uint8Array; end: number } | null {
  const length = der[at + 1]
  if (der[at] !== integer || length === undefined) return null
  const end = at + 2 + length
  const digits = der.subarray(der[at + 2] === 0 ? at + 3 : at + 2, end)
  if (end > der.length || digits.length > octets) return null
  return { number: concat(new Uint8Array(octets - digits.length), digits), end }
}
