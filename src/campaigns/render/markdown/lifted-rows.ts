// pure · tags between the rows of a Markdown table, and before and behind them
import type { StateBlock, Token } from 'markdown-it'
import type { Finding } from './html.ts'
import { cutTo, type Edges, type Shape, startOf, textAt } from './lines.ts'

const delimiterRow = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[-:| \t]*)?$/
const hasCells = (text: string): boolean => /(?:^|[^\\])\|/.test(text)

/** `|---|---|{% if … %}`: the tag stands before the first row. */
export function cutDelimiterRow(
  state: StateBlock,
  line: number,
  { trailInRow, tags }: Shape,
  note: (line: number, found: Partial<Edges>) => void,
): void {
  if (line >= state.lineMax || !hasCells(textAt(state, line - 1))) return
  const text = textAt(state, line)
  const trail = trailInRow.exec(text)?.[0] ?? ''
  if (trail === '' || !delimiterRow.test(text.slice(0, -trail.length))) return
  note(line, { trail: tags(trail) })
  state.eMarks[line] = (state.eMarks[line] ?? 0) - trail.length
}

/** `row` and tags are left to the table; `ends` ends it. */
export function rowAt(
  state: StateBlock,
  line: number,
  last: number,
  shape: Shape,
): Partial<Edges> | 'row' | 'ends' {
  const text = textAt(state, line)
  const lead = shape.lead.exec(text)?.[0] ?? ''
  if (lead !== '' && lead.length === text.length)
    return isRowBehind(state, line + 1, last, shape) ? { lead: shape.tags(lead), isWhole: true } : 'ends'
  if (!hasCells(text.slice(lead.length))) {
    if (shape.closing(lead) !== '') return 'ends'
    const before = textAt(state, line - 1)
    return shape.lead.exec(before)?.[0].length === before.length && before !== '' ? 'ends' : 'row'
  }
  const trail = shape.trailInRow.exec(text)?.[0] ?? ''
  if (lead !== '') cutTo(state, line, startOf(state, line) + lead.length)
  if (trail !== '') state.eMarks[line] = (state.eMarks[line] ?? 0) - trail.length
  return lead + trail === '' ? 'row' : { lead: shape.tags(lead), trail: shape.tags(trail) }
}

/** Whether a row of the same table follows, not the head of another table. */
function isRowBehind(state: StateBlock, from: number, last: number, shape: Shape): boolean {
  for (let line = from; line < last; line += 1) {
    const text = textAt(state, line)
    const lead = shape.lead.exec(text)?.[0] ?? ''
    if (lead !== '' && lead.length === text.length) continue
    return hasCells(text.slice(lead.length)) && !delimiterRow.test(textAt(state, line + 1))
  }
  return false
}

/** Without the rows that Markdown made of lines of tags. */
export function withoutRows(tokens: readonly Token[], isWhole: (line: number) => boolean): readonly Token[] {
  let isDropped = false
  return tokens.filter((token) => {
    if (token.type === 'tr_open') isDropped = token.map !== null && isWhole(token.map[0])
    const dropped = isDropped
    if (token.type === 'tr_close') isDropped = false
    return !dropped
  })
}

/** Cells behind the last column would be lost. GFM 4.10 */
export function rowsTooWide(
  tokens: readonly Token[],
  lines: readonly string[],
  tag: string,
): readonly Finding[] {
  const tags = new RegExp(tag, 'g')
  let columns = 0
  return tokens.flatMap((token) => {
    if (token.type === 'table_open') columns = 0
    if (token.type === 'th_open') columns += 1
    const line = token.type === 'tr_open' && token.map !== null ? lines[token.map[0]] : undefined
    if (line === undefined || columns === 0) return []
    const cells = cellsIn(line.replace(tags, ''))
    const message = `This row has ${cells} cells, and its table has ${columns === 1 ? 'one column' : `${columns} columns`}: the last would be lost. Write \\| for a bar that is no border.`
    return cells > columns ? [{ quote: line, message }] : []
  })
}

function cellsIn(line: string): number {
  const cells = line
    .replace(/^[\s>]+/, '')
    .trim()
    .split(/(?<!\\)\|/)
  if (cells[0] === '') cells.shift()
  if (cells.at(-1) === '') cells.pop()
  return cells.length
}
