// pure · Liquid text split into pieces before any other parsing; anything not allowed is a problem
import { Tokenizer } from 'liquidjs'
import {
  conditionProblem,
  type Expression,
  type FieldNames,
  isRefused,
  readOutput,
  short,
  whenProblem,
} from './expression.ts'

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** Literal output: `{{` written as `\{{`, or nothing in place of a comment. */
  | { readonly kind: 'fixed'; readonly text: string; readonly line: number }
  | {
      readonly kind: 'output'
      readonly source: string
      readonly expression: Expression
      readonly line: number
    }
  | TagPiece

export interface TagPiece {
  readonly kind: 'tag'
  readonly name: TagName
  /** The text after the name. */
  readonly args: string
  readonly line: number
}

export interface Problem {
  /** 1-based; null if unknown. */
  readonly line: number | null
  readonly message: string
}

export interface LiquidText {
  readonly pieces: readonly Piece[]
  readonly problems: readonly Problem[]
}

/** Tags that may divide each block, and its end. */
const blocks = {
  if: { parts: ['elsif', 'else'], end: 'endif' },
  unless: { parts: ['elsif', 'else'], end: 'endunless' },
  case: { parts: ['when', 'else'], end: 'endcase' },
} as const
type BlockName = keyof typeof blocks

const tagNames = ['if', 'elsif', 'else', 'endif', 'unless', 'endunless', 'case', 'when', 'endcase'] as const
export type TagName = (typeof tagNames)[number]

const deepest = 10
/** Per text: each value or tag is compiled twice for every language of the list. */
export const maxPieces = 2000
/** Per pair of braces: brackets and filter chains are parsed recursively. */
const longestCode = 1000

const isTagName = (name: string): name is TagName => tagNames.some((one) => one === name)
export const opensBlock = (name: TagName): name is BlockName => Object.hasOwn(blocks, name)
export const endsBlock = (name: TagName): boolean => name.startsWith('end')

/** Unreadable pieces are left out and reported as problems. */
export function readLiquid(source: string, fields: FieldNames): LiquidText {
  const problems: Problem[] = []
  const cuttings = cut(source)
  const tooMany = cuttings.filter(({ kind }) => kind !== 'text')[maxPieces]
  if (tooMany !== undefined)
    return {
      pieces: [],
      problems: [
        {
          line: tooMany.line,
          message: `This is merge field or tag number ${maxPieces + 1}. A text can have at most ${maxPieces}.`,
        },
      ],
    }
  const pieces = cuttings.flatMap((cutting): readonly Piece[] => {
    const { piece, problem } = read(cutting, fields)
    if (problem !== null) problems.push({ line: cutting.line, message: problem })
    return piece === null || (piece.kind === 'text' && piece.text === '') ? [] : [piece]
  })
  return { pieces, problems: [...problems, ...blockProblems(pieces)] }
}

interface Cutting {
  readonly kind: 'text' | 'fixed' | 'comment' | 'output' | 'tag' | 'unclosed'
  readonly text: string
  readonly line: number
}

/** Text, `{{ output }}` and `{% tag %}` in order; `-` inside the braces trims white space beside them. */
function cut(source: string): readonly Cutting[] {
  const cuttings: Cutting[] = []
  let [at, line, trims] = [0, 1, false]
  const take = (kind: Cutting['kind'], text: string, end: number): void => {
    cuttings.push({ kind, text, line })
    line += newlines(source.slice(at, end))
    at = end
  }
  const takeText = (end: number, trimEnd: boolean): void => {
    const text = source.slice(at, end)
    const trimmed = trims ? text.trimStart() : text
    take('text', trimEnd ? trimmed.trimEnd() : trimmed, end)
    trims = false
  }
  while (at < source.length) {
    const open = nextOpening(source, at)
    if (open === -1) {
      takeText(source.length, false)
      break
    }
    const escaped = isEscaped(source, open)
    takeText(escaped ? open - 1 : open, !escaped && source[open + 2] === '-')
    if (escaped) {
      take('fixed', source.slice(open, open + 2), open + 2)
      continue
    }
    const { kind, text, end } = construct(source, open)
    trims = source[end - 3] === '-'
    take(kind, text, end)
  }
  return cuttings
}

function nextOpening(source: string, from: number): number {
  const opening = /\{[{%]/g
  opening.lastIndex = from
  return opening.exec(source)?.index ?? -1
}

/** An odd number of backslashes escapes the braces, as in Markdown. */
function isEscaped(source: string, open: number): boolean {
  let first = open
  while (source[first - 1] === '\\') first -= 1
  return (open - first) % 2 === 1
}

/** The construct at the braces, and its end. */
function construct(source: string, open: number): { kind: Cutting['kind']; text: string; end: number } {
  const output = source[open + 1] === '{'
  const end = endOf(source, open, output)
  if (end === -1) return { kind: 'unclosed', text: source.slice(open, open + 2), end: source.length }
  const text = source
    .slice(open + 2, end - 2)
    .replace(/^-|-$/g, '')
    .trim()
  if (output || !/^comment\b/.test(text)) return { kind: output ? 'output' : 'tag', text, end }
  const close = /\{%-?\s*endcomment\s*-?%\}/g
  close.lastIndex = end
  if (close.exec(source) === null) return { kind: 'unclosed', text: '{% comment %}', end: source.length }
  return { kind: 'comment', text: '', end: close.lastIndex }
}

function endOf(source: string, open: number, output: boolean): number {
  const tokenizer = new Tokenizer(source)
  tokenizer.p = open + 2
  return tokenizer.readToDelimiter(output ? '}}' : '%}', output)
}

interface Read {
  readonly piece: Piece | null
  readonly problem: string | null
}

const tooLong = (text: string): string => `"${short(text)}" must have at most ${longestCode} characters.`
const good = (piece: Piece): Read => ({ piece, problem: null })
const bad = (problem: string): Read => ({ piece: null, problem })

function read({ kind, text, line }: Cutting, fields: FieldNames): Read {
  switch (kind) {
    case 'text':
      return good({ kind, text })
    case 'fixed':
      return good({ kind, text, line })
    case 'comment':
      return good({ kind: 'fixed', text: '', line })
    case 'unclosed':
      return bad(`"${text}" is never closed.`)
    case 'output': {
      if (text.length > longestCode) return bad(tooLong(text))
      const expression = readOutput(text, fields)
      return isRefused(expression) ? bad(expression.problem) : good({ kind, source: text, expression, line })
    }
    case 'tag':
      return readTag(text, line, fields)
  }
}

/** A refused condition still opens or ends its block, so that one mistake gives one problem. */
function readTag(text: string, line: number, fields: FieldNames): Read {
  const [, name = '', args = ''] = /^(\S*)\s*([\s\S]*)$/.exec(text) ?? []
  if (!isTagName(name))
    return bad(`There is no tag "${short(name)}". Known tags: ${tagNames.join(', ')}, comment.`)
  return { piece: { kind: 'tag', name, args, line }, problem: argsProblem(name, args, fields) }
}

function argsProblem(name: TagName, args: string, fields: FieldNames): string | null {
  if (args.length > longestCode) return tooLong(args)
  if (name === 'else' || endsBlock(name))
    return args === '' ? null : `"${name}" stands alone, without "${short(args)}".`
  if (name === 'when') return whenProblem(args)
  if (name !== 'case') return conditionProblem(args, fields)
  const value = readOutput(args, fields)
  return isRefused(value) ? value.problem : null
}

/** Every block is closed, parts are in their block, and only the end may follow `else`. */
function blockProblems(pieces: readonly Piece[]): readonly Problem[] {
  const problems: Problem[] = []
  const open: { name: BlockName; line: number; last: TagName }[] = []
  for (const piece of pieces) {
    if (piece.kind !== 'tag') continue
    const { name, line } = piece
    const block = open.at(-1)
    if (opensBlock(name)) {
      open.push({ name, line, last: name })
      if (open.length === deepest + 1)
        problems.push({ line, message: `Blocks can be nested at most ${deepest} deep.` })
    } else if (block === undefined || !belongs(name, block.name)) {
      problems.push({ line, message: `"${name}" does not belong to a block that is open here.` })
    } else if (endsBlock(name)) {
      open.pop()
    } else {
      if (block.last === 'else')
        problems.push({ line, message: `Nothing can follow "else" but "${blocks[block.name].end}".` })
      block.last = name
    }
  }
  const unclosed = open.map(({ name, line }) => ({
    line,
    message: `"${name}" is never closed; it ends with {% ${blocks[name].end} %}.`,
  }))
  return [...problems, ...unclosed]
}

const belongs = (name: TagName, block: BlockName): boolean =>
  [...blocks[block].parts, blocks[block].end].some((one) => one === name)

const newlines = (text: string): number => text.split('\n').length - 1
