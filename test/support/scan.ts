// pure · a search for thousands of texts at once in any bytes, in every common encoding
import { bytesOf } from '../../src/platform/encoding/bytes.ts'

/** A byte string to search for, with its name for the report. */
export interface Needle {
  readonly what: string
  readonly bytes: Uint8Array
}

const leastBytes = 5

/**
 * A text as it is, in hex, in base64 at each of its three alignments, and escaped for JSON and for a URL. Encodings shorter than
 * five bytes are left out: random data contains them.
 */
export function needlesFor(what: string, text: string): readonly Needle[] {
  const utf8 = Buffer.from(text, 'utf8')
  const escaped = text.replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return unique([
    { what, bytes: utf8 },
    ...encoded(what, utf8),
    { what: `${what} escaped for JSON`, bytes: bytesOf(escaped) },
    { what: `${what} escaped for an address`, bytes: bytesOf(encodeURIComponent(text)) },
  ])
}

/** The same for bytes, which have no text encoding. */
export const needlesForBytes = (what: string, bytes: Uint8Array): readonly Needle[] =>
  unique([{ what, bytes }, ...encoded(what, Buffer.from(bytes))])

function encoded(what: string, bytes: Buffer): readonly Needle[] {
  const hex = bytes.toString('hex')
  const base64 = [0, 1, 2].flatMap((before) => {
    // The characters at either end also hold bits of neighbouring bytes.
    const padded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const inside = padded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
    return [inside, inside.replaceAll('+', '-').replaceAll('/', '_')]
  })
  return [
    { what: `${what} in hex`, bytes: bytesOf(hex) },
    { what: `${what} in hex`, bytes: bytesOf(hex.toUpperCase()) },
    ...base64.map((text) => ({ what: `${what} in base64`, bytes: bytesOf(text) })),
  ]
}

/** Of equal encodings the first gives its name. */
const unique = (needles: readonly Needle[]): readonly Needle[] => {
  const long = needles.filter(({ bytes }) => bytes.length >= leastBytes)
  const first = new Map(
    long.toReversed().map((needle) => [Buffer.from(needle.bytes).toString('latin1'), needle]),
  )
  return [...first.values()]
}

const tableBits = 22

/** Returns a scanner that names each needle found in some bytes, once; about a second for 100 MB. */
export function scannerOf(needles: readonly Needle[]): (haystack: Uint8Array) => readonly string[] {
  const byMark = Map.groupBy(marked(needles), ({ mark }) => mark)
  const table = new Uint8Array(2 ** tableBits)
  for (const mark of byMark.keys()) table[slotOf(mark)] = 1
  return (haystack) => {
    const found = new Set<string>()
    let last = 0
    for (let end = 0; end < haystack.length; end += 1) {
      last = ((last >>> 8) | ((haystack[end] ?? 0) << 24)) >>> 0
      if (table[slotOf(last)] === 0) continue
      for (const { needle, offset } of byMark.get(last) ?? [])
        if (isAt(haystack, end - 3 - offset, needle.bytes)) found.add(needle.what)
    }
    return [...found]
  }
}

interface Marked {
  readonly needle: Needle
  /** Four bytes of the needle as a number, and their offset in it. */
  readonly mark: number
  readonly offset: number
}

/** Marks each needle by its four bytes that the fewest other needles hold: all tokens begin alike, with zeroes. */
function marked(needles: readonly Needle[]): readonly Marked[] {
  const counts = new Map<number, number>()
  for (const { bytes } of needles)
    for (const mark of marksIn(bytes)) counts.set(mark, (counts.get(mark) ?? 0) + 1)
  return needles.map((needle) => {
    const marks = marksIn(needle.bytes)
    const rarest = Math.min(...marks.map((mark) => counts.get(mark) ?? 0))
    const offset = marks.findIndex((mark) => counts.get(mark) === rarest)
    return { needle, offset, mark: marks[offset] ?? 0 }
  })
}

function marksIn(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Array.from({ length: bytes.length - 3 }, (_, at) => view.getUint32(at, true))
}

const slotOf = (mark: number): number => Math.imul(mark, 0x9e37_79b1) >>> (32 - tableBits)

const isAt = (haystack: Uint8Array, from: number, needle: Uint8Array): boolean =>
  from >= 0 &&
  from + needle.length <= haystack.length &&
  needle.every((byte, at) => haystack[from + at] === byte)
