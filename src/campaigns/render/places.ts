// pure · places of marks in our HTML; each block stays within one element, so that no branch breaks the HTML
import type { Place } from './escapes.ts'
import { endsBlock, opensBlock, type Problem, type TagPiece } from './liquid/liquid.ts'
import type { Marked, Marks } from './marks.ts'

export interface PlacedHtml {
  readonly html: string
  readonly problems: readonly Problem[]
  /** Links and words that every reader sees, regardless of conditions. */
  readonly always: { readonly links: ReadonlySet<string>; readonly words: string }
}

/** Attributes in our HTML never contain a bare `>`. */
const markup = /(<!--[\s\S]*?-->|<[!/]?[a-zA-Z][^>]*>)/
const attributes = /([a-zA-Z-]+)="([^"]*)"/g
const withoutEnd = new Set(['area', 'base', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'wbr'])
const addresses = new Set(['href', 'src', 'action', 'background', 'cite', 'poster'])

/** For HTML from Markdown or the layout: attributes double-quoted, elements closed. */
export function placeMarks(html: string, marks: Marks): PlacedHtml {
  const walk = createWalk()
  const placed = html.split(markup).map((part, at) => {
    if (at % 2 === 0) return placeText(part, marks, walk)
    if (part.startsWith('<!')) return marks.put(part, walk.misplaced)
    return placeTag(part, at, marks, walk)
  })
  return {
    html: placed.join(''),
    problems: walk.problems(),
    always: { links: walk.links, words: walk.words.join(' ') },
  }
}

interface Walk {
  /** Names of the open elements. */
  readonly elements: string[]
  readonly links: Set<string>
  readonly words: string[]
  readonly meet: (piece: Marked, place: Place, attribute: string) => Place
  readonly isConditional: () => boolean
  /** Reports a mark outside of text and attribute values. */
  readonly misplaced: (piece: Marked) => Place
  readonly problems: () => readonly Problem[]
}

function createWalk(): Walk {
  const elements: string[] = []
  const links = new Set<string>()
  const problems: Problem[] = []
  const open: { tag: TagPiece; where: string }[] = []
  const isConditional = (): boolean => open.length > 0
  const meet = (piece: Marked, place: Place, attribute: string): Place => {
    if (piece.kind === 'tag') meetTag(piece, `${elements.join(' ')} ${attribute}`)
    else if (piece.kind === 'output' && !isConditional() && place === 'url_start') {
      const { operand, filters } = piece.expression
      if (operand.kind === 'variable' && filters.length === 0) links.add(operand.root)
    }
    return place
  }
  const meetTag = (tag: TagPiece, where: string): void => {
    if (opensBlock(tag.name)) return void open.push({ tag, where })
    const block = endsBlock(tag.name) ? open.pop() : open.at(-1)
    if (block?.where !== where) problems.push(split(block?.tag ?? tag, tag))
  }
  const misplaced = (piece: Marked): Place => {
    problems.push({
      line: piece.line,
      message: 'Liquid cannot stand inside an HTML tag, save in a quoted attribute.',
    })
    return 'attribute'
  }
  const all = (): readonly Problem[] => [...problems, ...open.map(({ tag }) => split(tag, tag))]
  return { elements, links, words: [], meet, isConditional, misplaced, problems: all }
}

const split = (from: TagPiece, to: TagPiece): Problem => ({
  line: from.line,
  message: `"${from.name}" here and "${to.name}" in line ${to.line} stand in different parts of the text, such as a list and a paragraph, or inside and outside of a link. Put both in the same.`,
})

function placeText(text: string, marks: Marks, walk: Walk): string {
  const words: string[] = []
  let from = 0
  const placed = marks.put(text, (piece, at) => {
    if (!walk.isConditional()) words.push(text.slice(from, at))
    const place = walk.meet(piece, 'text', '')
    from = at
    return place
  })
  if (!walk.isConditional()) words.push(text.slice(from))
  walk.words.push(marks.without(words.join(' ')))
  return placed
}

function placeTag(tag: string, at: number, marks: Marks, walk: Walk): string {
  const name = /^<\/?([a-zA-Z0-9]+)/.exec(tag)?.[1]?.toLowerCase() ?? ''
  if (tag.startsWith('</')) {
    walk.elements.pop()
    return marks.put(tag, walk.misplaced)
  }
  const placed = tag.replace(attributes, (_, attribute: string, value: string) => {
    const choose = (piece: Marked, offset: number): Place => {
      const place = placeInAttribute(attribute.toLowerCase(), offset)
      return walk.meet(piece, place, `${attribute} of ${at}`)
    }
    return `${attribute}="${marks.put(value, choose)}"`
  })
  if (!withoutEnd.has(name) && !tag.endsWith('/>')) walk.elements.push(name)
  return marks.put(placed, walk.misplaced)
}

function placeInAttribute(attribute: string, offset: number): Place {
  if (!addresses.has(attribute)) return 'attribute'
  return offset === 0 ? 'url_start' : 'url_part'
}
