// pure · Markdown as plain text, without losing content
import type { Token } from 'markdown-it'
import { endsBlock, opensBlock } from '../liquid/liquid.ts'
import type { Marks } from '../marks.ts'
import { holdToSize } from '../measure.ts'

/** Every block ends with an empty line, so that one omitted by a condition leaves no gap. */
export function plainText(tokens: readonly Token[], marks: Marks): string {
  return marks.put(blocks(tokens, marks), () => 'plain')
}

function blocks(tokens: readonly Token[], marks: Marks): string {
  return groups(tokens)
    .map(([first, ...inner]) => (first === undefined ? '' : block(first, inner.slice(0, -1), marks)))
    .join('')
}

/** An opening token with everything up to its end, or a single token. */
function groups(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const found: Token[][] = []
  let depth = 0
  for (const token of tokens) {
    if (depth === 0) found.push([token])
    else found.at(-1)?.push(token)
    depth += token.nesting
  }
  return found
}

function block(token: Token, inner: readonly Token[], marks: Marks): string {
  switch (token.type) {
    case 'tag_line':
      return token.content
    case 'inline':
      return inline(token.children ?? [], marks)
    case 'paragraph_open':
      return blocks(inner, marks) + (token.hidden ? '\n' : '\n\n')
    case 'heading_open':
      return heading(token.tag, blocks(inner, marks), marks)
    case 'bullet_list_open':
      return list(inner, () => '- ', marks)
    case 'ordered_list_open':
      return list(inner, (at) => `${Number(token.attrGet('start') ?? 1) + at}. `, marks)
    case 'blockquote_open':
      return `${prefixed(blocks(inner, marks).trimEnd(), '> ', '> ')}\n\n`
    case 'fence':
    case 'code_block':
      return `${prefixed(token.content.trimEnd(), '    ', '    ')}\n\n`
    case 'hr':
      return '* * *\n\n'
    case 'table_open':
      return `${table(inner, marks)}\n\n`
    default:
      return blocks(inner, marks)
  }
}

function heading(tag: string, text: string, marks: Marks): string {
  const rule = { h1: '=', h2: '-' }[tag]
  // A value counts as eight characters.
  const width = Math.min(60, marks.measure(text, 8))
  return rule === undefined ? `${text}\n\n` : `${text}\n${rule.repeat(width)}\n\n`
}

/**
 * The line end of an item that a condition may leave out is within the condition. Items in branches are numbered alike; a reader
 * who gets none of them sees a gap.
 */
function list(items: readonly Token[], bullet: (at: number) => string, marks: Marks): string {
  const between = items.some((token) => token.hidden) ? '\n' : '\n\n'
  const count = counter(marks)
  let isFirstForAll = true
  const texts = groups(items).map(([first, ...inner]) => {
    if (first?.type === 'tag_line') {
      count.meet(first.content)
      return first.content
    }
    const sign = bullet(count.next())
    const item = prefixed(blocks(inner.slice(0, -1), marks).trimEnd(), sign, ' '.repeat(sign.length))
    if (!isFirstForAll) return between + item
    isFirstForAll = count.isConditional()
    return isFirstForAll ? item + between : item
  })
  return `${texts.join('').trimEnd()}\n\n`
}

function counter(marks: Marks) {
  let count = 0
  const open: { readonly from: number; most: number }[] = []
  const meet = (mark: string): void => {
    const piece = marks.find(mark)[0]?.piece
    if (piece?.kind !== 'tag') return
    if (opensBlock(piece.name)) return void open.push({ from: count, most: count })
    const block = open.at(-1)
    if (block === undefined) return
    block.most = Math.max(block.most, count)
    count = endsBlock(piece.name) ? block.most : block.from
    if (endsBlock(piece.name)) open.pop()
  }
  return { next: () => count++, meet, isConditional: () => open.length > 0 }
}

function table(tokens: readonly Token[], marks: Marks): string {
  const rows: string[] = []
  let cells: string[] = []
  for (const token of tokens) {
    if (token.type === 'tr_open') cells = []
    if (token.type === 'inline') cells.push(inline(token.children ?? [], marks))
    if (token.type === 'tr_close') rows.push(`\n${cells.join(' | ')}`)
    if (token.type === 'tag_line') rows.push(token.content)
  }
  const [head = '', ...body] = rows
  return `${head.slice(1)}\n${'-'.repeat(Math.min(60, marks.measure(head.slice(1), 8)))}${body.join('')}`
}

function inline(tokens: readonly Token[], marks: Marks): string {
  return groups(tokens)
    .map(([first, ...inner]) => (first === undefined ? '' : inlineOf(first, inner.slice(0, -1), marks)))
    .join('')
}

function inlineOf(token: Token, inner: readonly Token[], marks: Marks): string {
  switch (token.type) {
    case 'text':
    case 'code_inline':
      return token.content
    case 'softbreak':
      return ' '
    case 'hardbreak':
      return '\n'
    case 'image':
      return pictured(inline(token.children ?? [], marks))
    case 's_open':
      return `~~${inline(inner, marks)}~~`
    case 'link_open':
      return link(token, inline(inner, marks), marks)
    default:
      return inline(inner, marks)
  }
}

/** Brackets tell what a picture shows from the sentences around it. */
const pictured = (shown: string): string => (shown.trim() === '' ? '' : `[${shown}]`)

/** `words (address)`; the address alone if the words repeat it. */
function link(token: Token, words: string, marks: Marks): string {
  const href = String(token.attrGet('href') ?? '')
  const address = marks.put(href, (_, at) => (at === 0 ? 'plain_url_start' : 'plain_url_part'))
  if (href === words || words.trim() === '') return address
  if (token.info === 'auto') return href.startsWith('mailto:') || /^www\./i.test(words) ? words : address
  return `${words} (${address})`
}

/** Checked first: twenty quotations deep, a line of one letter gets a prefix of forty octets. */
function prefixed(text: string, first: string, rest: string): string {
  const lines = text.split('\n')
  holdToSize(text.length + lines.length * first.length)
  return lines
    .map((line, at) => (at === 0 ? first + line : line === '' ? rest.trimEnd() : rest + line))
    .join('\n')
}
