// pure · UUIDv7 from a time and random bytes, and its 16 octets. RFC 9562 section 5.7
import { type Bytes, bytesOfHex, hexOf } from './bytes.ts'

/** A UUIDv7: 48 bits of milliseconds, then 74 random bits. `random` holds at least 10 octets. */
export function uuidv7(at: Date, random: Uint8Array): string {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, Math.floor(at.getTime() / 2 ** 16))
  view.setUint16(4, at.getTime() % 2 ** 16)
  bytes.set(random.subarray(0, 10), 6)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return uuidOf(bytes)
}

export const bytesOfUuid = (uuid: string): Bytes => bytesOfHex(uuid.replaceAll('-', ''))

export function uuidOf(bytes: Uint8Array): string {
  const hex = hexOf(bytes)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

export const isUuid = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text)
