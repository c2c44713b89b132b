// adapter · random bytes drawn ahead: of the requested length, and never the same octets twice
import { describe, expect, it } from 'vitest'
import { createRandomBytes } from '../../src/platform/random-bytes.ts'

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('randomBytes', () => {
  it.each([0, 1, 12, 64, 65, 5000])('comes in %i octets', (octets) => {
    expect(createRandomBytes()(octets)).toHaveLength(octets)
  })

  it('is never handed out twice, over many pages and by two at once', () => {
    const chances = [createRandomBytes(), createRandomBytes()]
    const drawn = Array.from({ length: 4000 }, (_, at) => hexOf(chances[at % 2]?.(12) ?? new Uint8Array()))
    expect(new Set(drawn).size).toBe(drawn.length)
    const eights = drawn.join('').match(/.{16}/g) ?? []
    expect(new Set(eights).size).toBe(eights.length)
  })

  it('has every bit about as often set as not, so that nothing wiped is handed out', () => {
    const chance = createRandomBytes()
    const bits = Array.from({ length: 2000 }, () =>
      Array.from(chance(32), (octet) => octet.toString(2)),
    ).flat()
    const set = bits.join('').replaceAll('0', '').length
    expect(set / (2000 * 256)).toBeCloseTo(0.5, 2)
  })

  it('belongs to its caller: writing into it changes no later bytes', () => {
    const chance = createRandomBytes()
    const first = chance(16)
    first.fill(0)
    expect(hexOf(chance(16))).not.toBe(hexOf(first))
    expect(first.buffer.byteLength).toBe(16)
  })
})
