// pure · placeholders for Liquid during Markdown and layout: letters and digits that pass through unchanged
import { bytesOf, hexOf } from '../../platform/encoding/bytes.ts'
import { sha256 } from '../../platform/encoding/jcs.ts'
import { escapes, isPlace, type Place } from './escapes.ts'
import type { Piece } from './liquid/liquid.ts'

export type Marked = Exclude<Piece, { kind: 'text' }>

/** Literal text, or the piece behind a placed mark. */
export type Part = string | { readonly piece: Exclude<Marked, { kind: 'fixed' }>; readonly place: Place }

export interface Found {
  readonly piece: Marked
  readonly mark: string
  readonly at: number
}

export interface Marks {
  /** The mark of a piece, without a place yet. */
  readonly add: (piece: Marked) => string
  /** The text with every piece replaced by its mark. */
  readonly addAll: (pieces: readonly Piece[]) => string
  /** Source of a regular expression for the mark of a tag or comment. */
  readonly tag: string
  /** Gives each unplaced mark the place that `choose` returns. */
  readonly put: (text: string, choose: (piece: Marked, at: number) => Place) => string
  /** The unplaced marks in a text, in order. */
  readonly find: (text: string) => readonly Found[]
  /** Splits a text at its marks; fixed pieces become text, escaped for their place. */
  readonly parts: (text: string) => readonly Part[]
  /** The text without any marks. */
  readonly without: (text: string) => string
  /** What stands before, between and behind the marks of a text. */
  readonly between: (text: string) => readonly string[]
  /** Visible characters, each value counted as `valueLength`. */
  readonly measure: (text: string, valueLength: number) => number
}

/** The salt, a hash of the material, keeps marks from occurring in it. */
export function createMarks(material: string): Marks {
  const salt = saltOf(material)
  const pieces: Marked[] = []
  // `t`: a tag or comment, which may have its own line; `v`: shows a value.
  const unplaced = new RegExp(`${salt}(\\d+)[tv]`, 'g')
  const placed = new RegExp(`${salt}(\\d+)\\.([a-z_]+)\\.`)
  const any = new RegExp(`${salt}\\d+(?:[tv]|\\.[a-z_]+\\.)`, 'g')
  const pieceAt = (index: string): Marked => {
    const piece = pieces[Number(index)]
    if (piece === undefined) throw new Error('a mark stands for nothing')
    return piece
  }
  const add = (piece: Marked): string => {
    const letter = piece.kind === 'tag' || (piece.kind === 'fixed' && piece.text === '') ? 't' : 'v'
    return `${salt}${pieces.push(piece) - 1}${letter}`
  }
  return {
    add,
    addAll: (all) => all.map((piece) => (piece.kind === 'text' ? piece.text : add(piece))).join(''),
    tag: `${salt}\\d+t`,
    put: (text, choose) =>
      text.replace(
        unplaced,
        (_, index: string, at: number) => `${salt}${index}.${choose(pieceAt(index), at)}.`,
      ),
    find: (text) =>
      Array.from(text.matchAll(unplaced), (match) => ({
        piece: pieceAt(match[1] ?? ''),
        mark: match[0],
        at: match.index,
      })),
    parts: (text) => partsOf(text.split(placed), pieceAt),
    without: (text) => text.replace(any, ''),
    between: (text) => text.split(any),
    measure: (text, valueLength) =>
      [...text.replace(any, (mark) => (mark.endsWith('t') ? '' : 'x'.repeat(valueLength)))].length,
  }
}

/** `split` with two groups returns text, index, place, text, index, place, … */
function partsOf(split: readonly string[], pieceAt: (index: string) => Marked): readonly Part[] {
  const parts: Part[] = []
  let text = split[0] ?? ''
  for (let at = 1; at < split.length; at += 3) {
    const [index = '', place = '', after = ''] = split.slice(at, at + 3)
    const piece = pieceAt(index)
    if (!isPlace(place)) throw new Error('a mark has no place')
    if (piece.kind === 'fixed') {
      text += escapes[place](piece.text) + after
      continue
    }
    parts.push(text, { piece, place })
    text = after
  }
  return [...parts, text].filter((part) => part !== '')
}

function saltOf(material: string): string {
  const salt = `x${hexOf(sha256(bytesOf(material))).slice(0, 32)}x`
  return material.includes(salt) ? saltOf(material + salt) : salt
}
