// pure · Liquid tags and HTML comments at the edges of Markdown blocks: lifted out for the parser, which needs its marks first
import type MarkdownIt from 'markdown-it'
import type { StateBlock, Token } from 'markdown-it'
import { endsBlock, opensBlock } from '../liquid/liquid.ts'
import type { Marks } from '../marks.ts'
import { cutDelimiterRow, rowAt, withoutRows } from './lifted-rows.ts'
import { createShape, cutTo, type Edges, isTag, type Shape, startOf, tagsIn, textAt } from './lines.ts'

/** A tag that stands between blocks. */
export interface LiftedTag {
  readonly mark: string
  /** Of the `if` that the tag belongs to; of a comment, its own. */
  readonly block: string
  readonly opens: boolean
  /** Blocks before this line precede the tag, the others follow. */
  readonly line: number
}

type Parser = InstanceType<typeof MarkdownIt>

/**
 * A line of tags counts as no line: a list or table goes on behind it. Tags before the sign of a list item, heading, quotation or
 * row precede that block; tags at the end of one follow it, if their block began outside. Markdown would take each for text.
 * Returns the tags lifted by the last `parse`, and drops table rows made of tags only.
 */
export function liftTags(markdown: Parser, marks: Marks): (tokens: readonly Token[]) => LiftedTags {
  const edges = new Map<number, Edges>()
  const lifted = new Set<string>()
  let source = ''
  let blocks: ReadonlyMap<string, string> = new Map()
  const isOfLifted = (mark: string): boolean => lifted.has(blocks.get(mark) ?? '')
  const shape = createShape(marks, isOfLifted)
  const note = (line: number, found: Partial<Edges>): void => {
    const before = edges.get(line) ?? { lead: '', trail: '', isWhole: false }
    // Lists inside each other look at the same line.
    if (before.isWhole) return
    for (const { mark } of marks.find(`${found.lead ?? ''}${found.trail ?? ''}`)) lifted.add(mark)
    edges.set(line, {
      lead: before.lead + (found.lead ?? ''),
      trail: (found.trail ?? '') + before.trail,
      isWhole: found.isWhole === true,
    })
  }
  markdown.block.State = class extends markdown.block.State {
    constructor(...args: ConstructorParameters<typeof StateBlock>) {
      super(...args)
      source = this.src
      blocks = blocksIn(source, marks)
    }

    override skipEmptyLines(from: number): number {
      let line = super.skipEmptyLines(from)
      for (let next = line; line < this.lineMax; line = super.skipEmptyLines(next)) {
        next = liftAt(this, line, shape, note)
        if (next === line) break
      }
      return line
    }
  }
  const interrupts = (state: StateBlock, line: number, last: number, silent: boolean): boolean => {
    if (!silent) return false
    if (state.parentType !== 'table') return endsParagraph(state, line, shape)
    const row = rowAt(state, line, last, shape)
    if (row === 'ends') return true
    if (row !== 'row') note(line, row)
    return false
  }
  markdown.block.ruler.before('code', 'lifted_tags', interrupts, {
    alt: ['paragraph', 'reference', 'blockquote', 'list'],
  })
  markdown.core.ruler.after('block', 'trailing_tags', ({ tokens }) => {
    for (const token of tokens) {
      if (token.type !== 'inline' || token.map === null) continue
      const trail = trailOf(token.content, { blocks, isOfLifted, marks })
      if (trail === '') continue
      token.content = token.content.slice(0, -trail.length).trimEnd()
      note(token.map[1] - 1, { trail: tagsIn(trail, marks) })
    }
  })
  return (tokens) => ({
    tokens: withoutRows(tokens, (line) => edges.get(line)?.isWhole === true),
    lifted: inOrder(edges, blocks, marks),
  })
}

export interface LiftedTags {
  readonly tokens: readonly Token[]
  /** In the order of the text. */
  readonly lifted: readonly LiftedTag[]
}

/** The next line to look at: this one if a block begins there. */
function liftAt(
  state: StateBlock,
  line: number,
  shape: Shape,
  note: (line: number, found: Partial<Edges>) => void,
): number {
  const text = textAt(state, line)
  const lead = shape.lead.exec(text)?.[0] ?? ''
  if (lead !== '' && lead.length === text.length) {
    note(line, { lead: shape.tags(lead), isWhole: true })
    return line + 1
  }
  const comment = lead === '' ? commentAt(state, line) : null
  if (comment !== null) {
    note(line, { lead: shape.tags(comment.text), isWhole: true })
    if (comment.rest === null) return comment.line + 1
    cutTo(state, comment.line, comment.rest)
    return liftAt(state, comment.line, shape, note)
  }
  const taken = lead === '' || beginsBlock(state, line, lead) ? lead : shape.closing(lead)
  if (taken !== '') {
    note(line, { lead: shape.tags(taken) })
    cutTo(state, line, startOf(state, line) + taken.length)
  }
  cutDelimiterRow(state, line + 1, shape, note)
  return line
}

interface Comment {
  readonly text: string
  /** Where the comment ends. */
  readonly line: number
  /** Offset of what follows on that line; null if nothing. */
  readonly rest: number | null
}

/** A comment of several lines; indented by four, it is code. */
function commentAt(state: StateBlock, line: number): Comment | null {
  const start = startOf(state, line)
  if (!state.src.startsWith('<!--', start) || (state.sCount[line] ?? 0) - state.blkIndent >= 4) return null
  const close = state.src.indexOf('-->', start + 2)
  if (close === -1 || close >= (state.eMarks[state.lineMax - 1] ?? 0)) return null
  let last = line
  while ((state.eMarks[last] ?? 0) < close + 3) last += 1
  const rest = state.skipSpaces(close + 3)
  return {
    text: state.src.slice(start, close + 3),
    line: last,
    rest: rest < (state.eMarks[last] ?? 0) ? rest : null,
  }
}

/** Whether what stands behind the tags begins a block other than a paragraph. */
function beginsBlock(state: StateBlock, line: number, lead: string): boolean {
  const kept = [state.bMarks[line], state.tShift[line], state.sCount[line]] as const
  cutTo(state, line, startOf(state, line) + lead.length)
  const found =
    /^\[[^\]]+\]:/.test(textAt(state, line)) ||
    state.md.block.ruler.getRules('paragraph').some((rule) => rule(state, line, state.lineMax, true))
  const [bMark = 0, tShift = 0, sCount = 0] = kept
  state.bMarks[line] = bMark
  state.tShift[line] = tShift
  state.sCount[line] = sCount
  return found
}

function endsParagraph(state: StateBlock, line: number, shape: Shape): boolean {
  const text = textAt(state, line)
  const lead = shape.lead.exec(text)?.[0] ?? ''
  if (lead === '') return commentAt(state, line) !== null
  return lead.length === text.length || shape.closing(lead) !== '' || beginsBlock(state, line, lead)
}

/** The `if` of every tag; a comment is a block of its own. */
function blocksIn(source: string, marks: Marks): ReadonlyMap<string, string> {
  const blocks = new Map<string, string>()
  const open: string[] = []
  for (const { piece, mark } of marks.find(source)) {
    if (piece.kind !== 'tag') continue
    if (opensBlock(piece.name)) open.push(mark)
    blocks.set(mark, open.at(-1) ?? mark)
    if (endsBlock(piece.name)) open.pop()
  }
  return blocks
}

/** Tags at the end of a block whose own block began outside, or ends there. */
function trailOf(
  content: string,
  about: { blocks: ReadonlyMap<string, string>; isOfLifted: (mark: string) => boolean; marks: Marks },
): string {
  const { blocks, isOfLifted, marks } = about
  const all = marks.find(content).filter(isTag)
  const isClosedHere = (mark: string): boolean =>
    all.some(
      ({ mark: other, piece }) => piece.kind === 'tag' && endsBlock(piece.name) && blocks.get(other) === mark,
    )
  let from = content.length
  for (const { mark, at } of all.toReversed()) {
    if (content.slice(at + mark.length, from).trim() !== '') break
    const block = blocks.get(mark) ?? mark
    if (!isOfLifted(mark) && (block !== mark || isClosedHere(mark))) break
    from = at
  }
  return content.slice(from)
}

function inOrder(
  edges: ReadonlyMap<number, Edges>,
  blocks: ReadonlyMap<string, string>,
  marks: Marks,
): readonly LiftedTag[] {
  const tagsOf = (text: string, line: number): LiftedTag[] =>
    marks.find(text).map(({ mark }) => {
      const block = blocks.get(mark) ?? mark
      return { mark, block, opens: block === mark, line }
    })
  return [...edges]
    .toSorted(([one], [other]) => one - other)
    .flatMap(([line, { lead, trail }]) => [...tagsOf(lead, line), ...tagsOf(trail, line + 1)])
}
