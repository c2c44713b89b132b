// pure · the Merkle tree over leaf hashes: roots, inclusion and consistency proofs. RFC 6962, RFC 9162, docs/ledger.md 2
import type { Bytes } from '../platform/encoding/bytes.ts'
import { sha256 } from '../platform/encoding/jcs.ts'
import { sameBytes } from '../platform/vault/keys.ts'

const nodePrefix = new Uint8Array([1])

/** node(l, r) = SHA-256(0x01 || l || r). Leaf hashes are computed with their event: consent/ledger. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Bytes => sha256(nodePrefix, left, right)

/** MTH({}) = SHA-256(""). */
export const emptyRoot = (): Bytes => sha256()

/** MTH over leaf hashes. @see https://www.rfc-editor.org/rfc/rfc6962#section-2.1 */
export const rootOf = (leafHashes: Iterable<Uint8Array>): Bytes =>
  frontierRoot(append(emptyFrontier, leafHashes))

/**
 * The state needed to append leaves: the roots of the perfect subtrees over the leaves so far, largest first. One root per bit
 * set in `size`.
 */
export interface Frontier {
  readonly size: number
  readonly peaks: readonly Uint8Array[]
}

export const emptyFrontier: Frontier = { size: 0, peaks: [] }

/** The frontier after further leaves: about one hash per leaf, however large the tree is. */
export function append(frontier: Frontier, leafHashes: Iterable<Uint8Array>): Frontier {
  const peaks = [...frontier.peaks]
  let size = frontier.size
  for (const leafHash of leafHashes) {
    let node = leafHash
    for (let rest = size; rest % 2 === 1; rest = half(rest)) {
      const left = peaks.pop()
      if (left === undefined) throw new RangeError(`a frontier of ${frontier.size} leaves lacks a peak`)
      node = nodeHash(left, node)
    }
    peaks.push(node)
    size += 1
  }
  return { size, peaks }
}

export function frontierRoot(frontier: Frontier): Bytes {
  const [last, ...larger] = frontier.peaks.toReversed()
  if (last === undefined) return emptyRoot()
  return larger.reduce<Bytes>((right, left) => nodeHash(left, right), new Uint8Array(last))
}

/** Leaves from `start` up to and without `end`. A proof is the roots of such ranges, in order. */
export interface Range {
  readonly start: number
  readonly end: number
}

/**
 * The ranges whose roots prove that leaf `index` is in the tree of `size` (PATH), so that stored tiles suffice without the
 * leaves. Throws a RangeError where there is no such leaf.
 * @see https://www.rfc-editor.org/rfc/rfc6962#section-2.1.1
 */
export function inclusionRanges(index: number, size: number): readonly Range[] {
  if (!isCount(index) || !isCount(size) || index >= size)
    throw new RangeError(`no leaf ${index} in a tree of ${size}`)
  const ranges: Range[] = []
  let [start, end] = [0, size]
  while (end - start > 1) {
    const middle = start + splitOf(end - start)
    const isLeft = index < middle
    ranges.push(isLeft ? { start: middle, end } : { start, end: middle })
    if (isLeft) end = middle
    else start = middle
  }
  return ranges.toReversed()
}

/**
 * The ranges whose roots prove that the tree of `to` continues the tree of `from` (PROOF); none where they are equal or `from`
 * is 0. Throws a RangeError where `from` is beyond `to`.
 * @see https://www.rfc-editor.org/rfc/rfc6962#section-2.1.2
 */
export function consistencyRanges(from: number, to: number): readonly Range[] {
  if (!isCount(from) || !isCount(to) || from > to)
    throw new RangeError(`a tree of ${to} does not continue one of ${from}`)
  if (from === 0 || from === to) return []
  const ranges: Range[] = []
  let [start, end] = [0, to]
  while (end !== from) {
    const middle = start + splitOf(end - start)
    const isLeft = from <= middle
    ranges.push(isLeft ? { start: middle, end } : { start, end: middle })
    if (isLeft) end = middle
    else start = middle
  }
  // A range that is the whole old tree is omitted: the verifier knows the old root.
  if (start > 0) ranges.push({ start, end })
  return ranges.toReversed()
}

export const inclusionProof = (leafHashes: readonly Uint8Array[], index: number): readonly Bytes[] =>
  inclusionRanges(index, leafHashes.length).map((range) => rangeRoot(leafHashes, range))

/** Proves that the tree over these leaf hashes continues the tree over the first `from` of them. */
export const consistencyProof = (leafHashes: readonly Uint8Array[], from: number): readonly Bytes[] =>
  consistencyRanges(from, leafHashes.length).map((range) => rangeRoot(leafHashes, range))

const rangeRoot = (leafHashes: readonly Uint8Array[], range: Range): Bytes =>
  rootOf(leafHashes.slice(range.start, range.end))

/** Whether the path leads from the leaf to the root. @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2 */
export function verifyInclusion(claim: {
  readonly leafHash: Uint8Array
  readonly index: number
  readonly size: number
  readonly path: readonly Uint8Array[]
  readonly root: Uint8Array
}): boolean {
  const { index, size, path } = claim
  if (!isCount(index) || !isCount(size) || index >= size) return false
  if (![claim.leafHash, ...path].every(isHash)) return false
  let root = claim.leafHash
  const atTop = climb({ index, last: size - 1 }, path, (node, isLeft) => {
    root = isLeft ? nodeHash(node, root) : nodeHash(root, node)
  })
  return atTop && sameBytes(root, claim.root)
}

/** Whether the larger tree continues the smaller. @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.4.2 */
export function verifyConsistency(claim: {
  readonly from: number
  readonly fromRoot: Uint8Array
  readonly to: number
  readonly toRoot: Uint8Array
  readonly path: readonly Uint8Array[]
}): boolean {
  const { from, to, fromRoot, toRoot } = claim
  if (!isCount(from) || !isCount(to) || from > to) return false
  if (![fromRoot, toRoot, ...claim.path].every(isHash)) return false
  if (from === to)
    return claim.path.length === 0 && sameBytes(fromRoot, toRoot) && (to > 0 || isEmptyRoot(toRoot))
  // Every tree continues the empty one.
  if (from === 0) return claim.path.length === 0 && isEmptyRoot(fromRoot)
  const [first, ...path] = isPowerOfTwo(from) ? [fromRoot, ...claim.path] : claim.path
  if (first === undefined) return false
  let [index, last] = [from - 1, to - 1]
  while (index % 2 === 1) [index, last] = [half(index), half(last)]
  let [oldRoot, newRoot] = [first, first]
  const atTop = climb({ index, last }, path, (node, isLeft) => {
    if (isLeft) oldRoot = nodeHash(node, oldRoot)
    newRoot = isLeft ? nodeHash(node, newRoot) : nodeHash(newRoot, node)
  })
  return atTop && sameBytes(oldRoot, fromRoot) && sameBytes(newRoot, toRoot)
}

/** Visits each node of the path with its side. False where the path is longer or shorter than the way up. */
function climb(
  from: { readonly index: number; readonly last: number },
  path: readonly Uint8Array[],
  visit: (node: Uint8Array, isLeft: boolean) => void,
): boolean {
  let { index, last } = from
  for (const node of path) {
    if (last === 0) return false
    const isLeft = index % 2 === 1 || index === last
    visit(node, isLeft)
    if (isLeft) while (index % 2 === 0 && index !== 0) [index, last] = [half(index), half(last)]
    ;[index, last] = [half(index), half(last)]
  }
  return last === 0
}

/** Division instead of shifts, which work on 32 bits only. */
const half = (number: number): number => Math.floor(number / 2)

const isCount = (number: number): boolean => Number.isSafeInteger(number) && number >= 0

/** Lengths are checked, since a node of 31 and one of 33 bytes would hash like two of 32. */
const isHash = (bytes: Uint8Array): boolean => bytes.length === 32

const isEmptyRoot = (root: Uint8Array): boolean => sameBytes(root, emptyRoot())

const isPowerOfTwo = (number: number): boolean => splitOf(number * 2) === number

/** k: the largest power of two below n, for n above 1. */
function splitOf(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}
