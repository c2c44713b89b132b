// pure · octets as hex, base64url and base32, and joined by a zero octet. RFC 4648 sections 5 and 6

const utf8 = new TextEncoder()
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export type Bytes = Uint8Array<ArrayBuffer>

/** Texts up to this length (at most three octets a unit) are encoded in one shared buffer and then copied. */
const maxShort = 64
const short = new Uint8Array(3 * maxShort)

/** UTF-8. `encode` allocates outside the heap: 3 microseconds, where copying a few octets takes a tenth of that. */
export const bytesOf = (text: string): Bytes =>
  text.length > maxShort ? utf8.encode(text) : short.slice(0, utf8.encodeInto(text, short).written)

/** The concatenated UTF-8 of `texts`, written into one buffer: `spare`, where it is large enough. */
export function bytesOfAll(texts: readonly string[], spare?: ArrayBuffer): Bytes {
  const size = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  const memory = spare !== undefined && spare.byteLength >= size ? spare : new ArrayBuffer(size)
  const bytes = Buffer.from(memory, 0, size)
  let at = 0
  for (const text of texts) at += bytes.write(text, at)
  return bytes
}

/** Decodes UTF-8. Throws a TypeError for invalid UTF-8. */
export const textOf = (bytes: Uint8Array): string => strictUtf8.decode(bytes)

export const hexOf = (bytes: Uint8Array): string => Buffer.from(viewOf(bytes)).toString('hex')

export const bytesOfHex = (hex: string): Bytes => new Uint8Array(Buffer.from(hex, 'hex'))

/** base64url without padding. @see https://www.rfc-editor.org/rfc/rfc4648#section-5 */
export const base64urlOf = (bytes: Uint8Array): string => viewOf(bytes).toString('base64url')

/** Decodes base64url without padding; null for a foreign character or a set spare bit. */
export function bytesOfBase64url(text: string): Bytes | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'))
  return base64urlOf(bytes) === text ? bytes : null
}

const base32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** Lower-case base32 without padding: for places that ignore case. */
export function base32Of(bytes: Uint8Array): string {
  let held = 0
  let bits = 0
  let text = ''
  for (const byte of bytes) {
    held = ((held & 0x1f) << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += base32[(held >> (bits - 5)) & 0x1f]
  }
  return bits === 0 ? text : text + base32[(held << (5 - bits)) & 0x1f]
}

/** Decodes base32 in any case, without padding; null for a foreign character or a set spare bit. */
export function bytesOfBase32(text: string): Bytes | null {
  const small = text.toLowerCase()
  const bytes = new Uint8Array(Math.floor((small.length * 5) / 8))
  for (const [at, character] of [...small].entries()) {
    const value = base32.indexOf(character)
    for (let bit = 0; bit < 5; bit += 1) {
      const place = at * 5 + bit
      if ((value >> (4 - bit)) & 1) bytes[place >> 3] = (bytes[place >> 3] ?? 0) | (0x80 >> (place & 7))
    }
  }
  return base32Of(bytes) === small ? bytes : null
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  let length = 0
  for (const part of parts) length += part.length
  const joined = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/** Parts joined by one 0x00 octet: the `00` of the ledger's formulas. */
export function zeroJoined(...parts: readonly (string | Uint8Array)[]): Bytes {
  // Most calls pass only texts, several per mail: one encoding replaces many copies.
  if (parts.every((part) => typeof part === 'string')) return bytesOf(parts.join('\0'))
  const zero = new Uint8Array(1)
  return concat(
    ...parts.flatMap((part, at) => {
      const bytes = typeof part === 'string' ? bytesOf(part) : part
      return at === 0 ? [bytes] : [zero, bytes]
    }),
  )
}

const viewOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
