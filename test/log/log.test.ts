// pure · the tree and its checkpoints beyond the vectors: every size, forged proofs, malformed notes. RFC 9162, C2SP
import { sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leafHashOf } from '../../src/consent/ledger.ts'
import {
  noteKeyId,
  noteSigner,
  openCheckpoint,
  parseVerifierKey,
  signCheckpoint,
  verifierKeyOf,
} from '../../src/log/checkpoint.ts'
import {
  consistencyProof,
  consistencyRanges,
  emptyRoot,
  inclusionProof,
  inclusionRanges,
  nodeHash,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '../../src/log/tree.ts'
import { bytesOf, concat, hexOf } from '../../src/platform/encoding/bytes.ts'
import { sha256 } from '../../src/platform/encoding/jcs.ts'

describe('any tree', () => {
  const leaves = Array.from({ length: 70 }, (_, at) => leafHashOf(new Uint8Array([at])))

  it('has the root of the definition, however it was appended', () => {
    const definition = (part: readonly Uint8Array[]): Uint8Array => {
      const [only, ...more] = part
      if (only === undefined) return emptyRoot()
      if (more.length === 0) return only
      const k = 2 ** Math.ceil(Math.log2(part.length) - 1)
      return nodeHash(definition(part.slice(0, k)), definition(part.slice(k)))
    }
    for (let size = 0; size <= leaves.length; size += 1)
      expect(hexOf(rootOf(leaves.slice(0, size)))).toBe(hexOf(definition(leaves.slice(0, size))))
  })

  it('proves each leaf and each earlier tree, and nothing with the proof of another', () => {
    const size = fc.integer({ min: 1, max: leaves.length })
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (to, first, second) => {
        const tree = leaves.slice(0, to)
        const root = rootOf(tree)
        const [index, other] = [first % to, second % to]
        const leafHash = tree[index] ?? new Uint8Array()
        const claim = { leafHash, index, size: to, path: inclusionProof(tree, index), root }
        expect(verifyInclusion(claim)).toBe(true)
        expect(verifyInclusion({ ...claim, path: inclusionProof(tree, other) })).toBe(other === index)
        const earlier = (from: number) => ({ from, fromRoot: rootOf(tree.slice(0, from)), to, toRoot: root })
        expect(verifyConsistency({ ...earlier(index), path: consistencyProof(tree, index) })).toBe(true)
        if (index !== other && index > 0 && other > 0)
          expect(verifyConsistency({ ...earlier(index), path: consistencyProof(tree, other) })).toBe(false)
      }),
    )
  })

  it('is refused with nodes that are not 32 bytes, and with numbers that are none', () => {
    const [a, b, c] = [
      leaves[0] ?? new Uint8Array(),
      leaves[1] ?? new Uint8Array(),
      leaves[2] ?? new Uint8Array(),
    ]
    const root = rootOf([a, b])
    const shifted = { leafHash: a.slice(0, 31), path: [new Uint8Array([...a.slice(31), ...b])] }
    expect(verifyInclusion({ ...shifted, index: 0, size: 2, root })).toBe(false)
    for (const index of [-1, 0.5, 2, Number.NaN, Infinity])
      expect(verifyInclusion({ leafHash: a, index, size: 2, path: [b], root })).toBe(false)
    for (const from of [-1, 0.5, 3, Number.NaN])
      expect(verifyConsistency({ from, fromRoot: a, to: 2, toRoot: root, path: [b] })).toBe(false)
    expect(verifyConsistency({ from: 0, fromRoot: c, to: 2, toRoot: root, path: [] })).toBe(false)
    expect(() => inclusionProof([a, b], 2)).toThrow(RangeError)
    expect(() => consistencyProof([a, b], 3)).toThrow(RangeError)
  })

  it('is proven beyond 2^32 leaves without holding them', () => {
    const size = 2 ** 40 + 3
    expect(inclusionRanges(2 ** 40 + 1, size)).toEqual([
      { start: 2 ** 40, end: 2 ** 40 + 1 },
      { start: 2 ** 40 + 2, end: size },
      { start: 0, end: 2 ** 40 },
    ])
    expect(consistencyRanges(2 ** 40, size)).toEqual([{ start: 2 ** 40, end: size }])
  })
})

describe('a signed note', () => {
  const signer = noteSigner('lists.example/log', new Uint8Array(32).fill(7))
  const note = signCheckpoint(signer, {
    origin: 'lists.example/log',
    size: 3,
    root: new Uint8Array(32).fill(1),
  })
  const [, , root = '', , own = ''] = note.split('\n')
  const signedAs = (text: string) => {
    const signature = new Uint8Array(sign(null, bytesOf(text), signer.privateKey))
    const encoded = Buffer.from(concat(noteKeyId(signer), signature)).toString('base64')
    return `${text}\n— ${signer.name} ${encoded}\n`
  }

  it('may bear signatures of witnesses beside ours', () => {
    const witness = noteSigner('witness.example', new Uint8Array(32).fill(8))
    const theirs = signCheckpoint(witness, {
      origin: 'lists.example/log',
      size: 3,
      root: new Uint8Array(32).fill(1),
    })
    const cosigned = `${note}${theirs.split('\n')[4]}\n`
    expect(openCheckpoint(signer, cosigned)?.size).toBe(3)
    expect(openCheckpoint(witness, cosigned)?.size).toBe(3)
    expect(openCheckpoint(witness, note)).toBeNull()
    expect(openCheckpoint({ ...witness, name: signer.name }, note)).toBeNull()
  })

  it.each([
    ['nothing', ''],
    ['no signature', note.split('\n\n')[0] ?? ''],
    ['no line end', note.trimEnd()],
    ['lines ended the DOS way', note.replaceAll('\n', '\r\n')],
    ['a control character', note.replace('lists', 'li\u0007sts')],
    ['a hyphen for the dash', note.replace('—', '-')],
    ['a second signature of ours that does not hold', `${note}${own.slice(0, -8)}AAAAAA==\n`],
    ['a bare key id', note.replace(own, own.slice(0, `— ${signer.name} `.length + 6).concat('=='))],
    ['a hundred signatures more', `${note}${`— w AAAAAAA=\n`.repeat(100)}`],
    ['a megabyte', `${'a'.repeat(1024 * 1024)}\n${note}`],
    ['a size with a zero before it', signedAs(`lists.example/log\n03\n${root}\n`)],
    ['a negative size', signedAs(`lists.example/log\n-3\n${root}\n`)],
    ['a size beyond 2^53', signedAs(`lists.example/log\n9007199254740992\n${root}\n`)],
    ['a root of 31 bytes', signedAs(`lists.example/log\n3\n${Buffer.alloc(31).toString('base64')}\n`)],
    ['a root without padding', signedAs(`lists.example/log\n3\n${root.replace('=', '')}\n`)],
    ['a line more', signedAs(`lists.example/log\n3\n${root}\nextension\n`)],
    ['no origin', signedAs(`\n3\n${root}\n`)],
  ])('with %s is refused', (_, changed) => {
    expect(openCheckpoint(signer, changed)).toBeNull()
  })

  it('is made of nothing but a name, a size and a root', () => {
    const checkpoint = { origin: 'lists.example/log', size: 3, root: new Uint8Array(32) }
    expect(openCheckpoint(signer, signCheckpoint(signer, checkpoint))).toEqual(checkpoint)
    for (const wrong of [
      { size: -1 },
      { size: 0.5 },
      { root: new Uint8Array(31) },
      { origin: 'a\nb' },
      { origin: '' },
    ])
      expect(() => signCheckpoint(signer, { ...checkpoint, ...wrong })).toThrow(RangeError)
    expect(() => noteSigner('a name', new Uint8Array(32))).toThrow(RangeError)
    expect(() => noteSigner('a+b', new Uint8Array(32))).toThrow(RangeError)
    expect(() => noteSigner('a', new Uint8Array(31))).toThrow(RangeError)
  })

  it('is checked with a vkey whose parts fit each other', () => {
    const vkey = verifierKeyOf(signer)
    expect(parseVerifierKey(vkey)).toEqual({ name: signer.name, publicKey: signer.publicKey })
    const [name = '', id = '', key = ''] = vkey.split('+')
    for (const wrong of [
      '',
      name,
      `${name}+${id}`,
      `+${id}+${key}`,
      `${name}+${id.toUpperCase()}+${key}`,
      `${vkey}=`,
      `${vkey} `,
      ` ${vkey}`,
    ])
      expect([wrong, parseVerifierKey(wrong)]).toEqual([wrong, null])
    const ofAnotherKind = concat(new Uint8Array([4]), signer.publicKey)
    const otherId = hexOf(sha256(bytesOf(signer.name), new Uint8Array([0x0a]), ofAnotherKind).slice(0, 4))
    expect(parseVerifierKey(`${name}+${otherId}+${Buffer.from(ofAnotherKind).toString('base64')}`)).toBeNull()
  })
})
